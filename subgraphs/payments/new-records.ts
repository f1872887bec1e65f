import type { Extensible } from '../extensions/custom-fields.ts';
import type { Money } from '../money.ts';
import type { BillingInterval } from './domain.ts';

/** Records to be written. Texts, numbers and lists are within the limits that the SDL documents. */

export interface NewCheckoutSession {
  readonly billingAccountId: string;
  /** All in one currency. */
  readonly lines: readonly NewLineItem[];
  /** The page after a payment. */
  readonly successUrl: string;
  /** The page after the payer cancels. */
  readonly cancelUrl: string | null;
}

export interface NewInvoice extends Extensible {
  readonly billingAccountId: string;
  /** All in one currency. */
  readonly lines: readonly NewLineItem[];
  /** A day: `2026-03-01`. */
  readonly dueOn: string;
  readonly description: string | null;
}

export interface NewLineItem {
  readonly description: string;
  readonly quantity: number;
  readonly unitAmount: Money;
}

export interface NewRefund {
  readonly paymentId: string;
  /** Null for the whole remaining amount. */
  readonly amount: Money | null;
  readonly reason: RefundReason | null;
}

export type RefundReason = 'DUPLICATE' | 'FRAUDULENT' | 'REQUESTED_BY_CUSTOMER';

export interface NewBillingAccount extends Extensible {
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly address: NewAddress | null;
  readonly description: string | null;
}

export interface NewAddress {
  readonly line1: string | null;
  readonly line2: string | null;
  readonly city: string | null;
  readonly region: string | null;
  readonly postalCode: string | null;
  readonly countryCode: string | null;
}

export interface NewRecurringPlan extends Extensible {
  readonly billingAccountId: string;
  /** All with the same currency and interval. */
  readonly items: readonly NewPlanItem[];
  /** Null if the account's saved payment method is charged. */
  readonly daysUntilDue: number | null;
}

export interface NewPlanItem extends NewLineItem {
  readonly interval: KnownInterval;
  readonly intervalCount: number;
}

export type KnownInterval = Exclude<BillingInterval, 'UNKNOWN'>;

export interface PlanCancellation {
  readonly recurringPlanId: string;
  /** Whether it continues until the end of the paid period. */
  readonly atPeriodEnd: boolean;
}
