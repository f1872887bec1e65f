import type { Money } from '../money.ts';
import type { BillingInterval } from './domain.ts';

/** What a payment processor is asked to write. Texts, numbers and lists are within the limits that the schema names. */

export interface CheckoutOrder {
  readonly billingAccountId: string;
  /** All in one currency. */
  readonly lines: readonly ChargeLine[];
  /** Where the payer goes after paying. */
  readonly successUrl: string;
  /** Where the payer goes to turn back. */
  readonly cancelUrl: string | null;
}

export interface InvoiceOrder {
  readonly billingAccountId: string;
  /** All in one currency. */
  readonly lines: readonly ChargeLine[];
  /** A day: `2026-03-01`. */
  readonly dueOn: string;
  readonly description: string | null;
}

export interface ChargeLine {
  readonly description: string;
  readonly quantity: number;
  readonly unitAmount: Money;
}

export interface RefundOrder {
  readonly paymentId: string;
  /** Null for all that is left. */
  readonly amount: Money | null;
  readonly reason: RefundReason | null;
}

export type RefundReason = 'DUPLICATE' | 'FRAUDULENT' | 'REQUESTED_BY_CUSTOMER';

export interface AccountOrder {
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly address: AddressOrder | null;
  readonly description: string | null;
}

export interface AddressOrder {
  readonly line1: string | null;
  readonly line2: string | null;
  readonly city: string | null;
  readonly region: string | null;
  readonly postalCode: string | null;
  readonly countryCode: string | null;
}

export interface PlanOrder {
  readonly billingAccountId: string;
  /** All in one currency, and due equally often. */
  readonly items: readonly PlanItem[];
  /** Null where the account's saved way to pay is charged. */
  readonly daysUntilDue: number | null;
}

export interface PlanItem extends ChargeLine {
  readonly interval: KnownInterval;
  readonly intervalCount: number;
}

export type KnownInterval = Exclude<BillingInterval, 'UNKNOWN'>;

export interface PlanEnding {
  readonly recurringPlanId: string;
  /** Whether it runs on until the period ends that is paid for. */
  readonly atPeriodEnd: boolean;
}
