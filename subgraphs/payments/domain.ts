import type { Extensible } from '../extensions/custom-fields.ts';
import type { Connection } from '../paging/connection.ts';
import type { Money } from '../money.ts';
import type { PostalAddress } from '../postal-address.ts';

/** A CRM contact in this subgraph. */
export interface CustomerReference {
  readonly id: string;
  /** Part of the representation if a field of the customer is selected. */
  readonly billingLink?: BillingLink | null;
}

/** How a CRM contact is found at the processor: by its own id if the CRM contains one, otherwise by any of the e-mail addresses. */
interface BillingLink {
  readonly reference?: string | null;
  readonly emails?: readonly string[] | null;
}

interface Payer {
  readonly reference: string;
  /** Null if unknown or not selected. */
  readonly email: string | null;
}

export interface BillingAccount extends Extensible {
  readonly id: string;
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly address: PostalAddress | null;
  readonly balance: Money | null;
  /** One for each currency. Null if those of other currencies were not read. */
  readonly balances: readonly Money[] | null;
  readonly isDelinquent: boolean | null;
  readonly createdAt: string;
  readonly payer: Payer;
}

/** The billing account of a record. */
export interface OfAccount {
  /** Null for a guest. */
  readonly billingAccountId: string | null;
  /** The account, if it came with the record; null if the processor has deleted it. */
  readonly billingAccount?: BillingAccount | null;
  readonly payer: Payer | null;
}

export interface Payment extends OfAccount, Extensible {
  readonly id: string;
  readonly status: PaymentStatus;
  readonly amount: Money;
  readonly receivedAmount: Money | null;
  /** Null if not selected. */
  readonly isDisputed: boolean | null;
  /** Null if not selected. */
  readonly refundedAmount: Money | null;
  readonly failure: { readonly code: string | null; readonly message: string | null } | null;
  readonly description: string | null;
  /** Null if unknown or not selected. */
  readonly method: PaymentMethod | null;
  readonly createdAt: string;
}

export type PaymentStatus =
  | 'PENDING'
  | 'ACTION_REQUIRED'
  | 'PROCESSING'
  | 'AUTHORIZED'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'CANCELED'
  | 'UNKNOWN';

export interface Dispute {
  readonly id: string;
  readonly status: DisputeStatus;
  readonly reason: string | null;
  readonly amount: Money;
  readonly createdAt: string;
}

export type DisputeStatus =
  | 'WARNING_NEEDS_RESPONSE'
  | 'WARNING_UNDER_REVIEW'
  | 'WARNING_CLOSED'
  | 'NEEDS_RESPONSE'
  | 'UNDER_REVIEW'
  | 'APPEAL_NEEDS_RESPONSE'
  | 'APPEAL_UNDER_REVIEW'
  | 'WON'
  | 'LOST'
  | 'PREVENTED'
  | 'UNKNOWN';

export interface PaymentMethod {
  readonly id: string;
  readonly type: PaymentMethodType;
  readonly card: CardSummary | null;
}

/** A saved payment method. */
export interface SavedPaymentMethod extends PaymentMethod {
  readonly createdAt: string;
}

export type PaymentMethodType =
  'CARD' | 'BANK_DEBIT' | 'BANK_TRANSFER' | 'WALLET' | 'PAY_LATER' | 'VOUCHER' | 'UNKNOWN';

interface CardSummary {
  readonly brand: string;
  readonly last4: string;
  readonly expMonth: number | null;
  readonly expYear: number | null;
}

export interface Refund {
  readonly id: string;
  readonly status: RefundStatus;
  readonly amount: Money;
  readonly reason: string | null;
  readonly createdAt: string;
}

export type RefundStatus =
  'PENDING' | 'ACTION_REQUIRED' | 'SUCCEEDED' | 'FAILED' | 'CANCELED' | 'UNKNOWN';

/** A page for a single payment. */
export interface CheckoutSession extends OfAccount {
  readonly id: string;
  readonly status: CheckoutSessionStatus;
  readonly url: string | null;
  readonly total: Money | null;
  readonly expiresAt: string;
  /** Null until the payer has begun to pay. */
  readonly paymentId: string | null;
  readonly createdAt: string;
}

export type CheckoutSessionStatus = 'OPEN' | 'COMPLETE' | 'EXPIRED' | 'UNKNOWN';

export interface Invoice extends OfAccount, Extensible {
  readonly id: string;
  readonly number: string | null;
  readonly status: InvoiceStatus;
  /** The day of `dueAt` in the time zone of the settings. */
  readonly dueOn: string | null;
  readonly dueAt: string | null;
  readonly total: Money;
  readonly amountDue: Money;
  readonly amountPaid: Money;
  readonly amountRemaining: Money;
  readonly hostedUrl: string | null;
  readonly recurringPlanId: string | null;
  /** The plan, if it came with the invoice. */
  readonly recurringPlan?: RecurringPlan;
  /** The first lines of the invoice, which came with it. */
  readonly leadingLines: { readonly lines: readonly InvoiceLine[]; readonly hasMore: boolean };
  readonly createdAt: string;
}

export type InvoiceStatus = 'DRAFT' | 'OPEN' | 'PAID' | 'UNCOLLECTIBLE' | 'VOID' | 'UNKNOWN';

export interface InvoiceLine {
  readonly id: string;
  readonly description: string | null;
  /** Decimal text. */
  readonly quantity: string | null;
  readonly amount: Money;
}

export interface RecurringPlan extends OfAccount, Extensible {
  readonly id: string;
  readonly status: RecurringPlanStatus;
  readonly items: readonly RecurringPlanItem[];
  readonly currentPeriodStart: string | null;
  readonly currentPeriodEnd: string | null;
  readonly cancelsAtPeriodEnd: boolean;
  /** Null after its end. */
  readonly cancelsAt: string | null;
  /** When the cancellation was requested. */
  readonly canceledAt: string | null;
  readonly isCollectionPaused: boolean;
  readonly collectionPausedUntil: string | null;
  readonly startedAt: string;
  readonly createdAt: string;
}

export type RecurringPlanStatus =
  | 'INCOMPLETE'
  | 'EXPIRED'
  | 'TRIALING'
  | 'ACTIVE'
  | 'PAST_DUE'
  | 'UNPAID'
  | 'PAUSED'
  | 'CANCELED'
  | 'UNKNOWN';

export interface RecurringPlanItem {
  readonly id: string;
  /** Decimal text. */
  readonly quantity: string | null;
  /** In the plan's currency. */
  readonly unitAmount: Money | null;
  /** If the price's main currency differs from the plan's: the price, and the plan's currency. */
  readonly priceOfOtherCurrency: { readonly id: string; readonly currency: string } | null;
  readonly unitsPerPrice: number;
  readonly interval: BillingInterval | null;
  readonly intervalCount: number | null;
}

export type BillingInterval = 'DAY' | 'WEEK' | 'MONTH' | 'YEAR' | 'UNKNOWN';

export type PaymentConnection = Connection<Payment>;
export type RefundConnection = Connection<Refund>;
export type InvoiceConnection = Connection<Invoice>;
export type InvoiceLineConnection = Connection<InvoiceLine>;
export type RecurringPlanConnection = Connection<RecurringPlan>;
export type PaymentMethodConnection = Connection<SavedPaymentMethod>;

/** Types with a configurable cache lifetime. */
export const CACHED_TYPES = [
  'BillingAccount',
  'Payment',
  'PaymentMethod',
  'Refund',
  'CheckoutSession',
  'Invoice',
  'RecurringPlan',
] as const;

export type CachedType = (typeof CACHED_TYPES)[number];
