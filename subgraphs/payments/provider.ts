import type { CustomFields } from '../extensions/custom-fields.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import type { Lifetimes } from '../../upstream/upstream-policy.ts';
import type { Money } from '../money.ts';
import type { Page, PageRequest } from '../paging/connection.ts';
import type {
  BillingAccount,
  CheckoutSession,
  Dispute,
  Invoice,
  InvoiceLine,
  InvoiceStatus,
  Payment,
  RecurringPlan,
  Refund,
  SavedPaymentMethod,
} from './domain.ts';
import type {
  NewBillingAccount,
  NewCheckoutSession,
  NewInvoice,
  PlanCancellation,
  NewRecurringPlan,
  NewRefund,
} from './new-records.ts';
import type { PaymentsWriteResult } from './refusal.ts';
import type { VendorEvents } from '../../events/catch-up/vendor-events.ts';

/**
 * What this subgraph needs of a payment processor. Lists are newest first, except an invoice's lines, which keep their
 * printed order. A record that does not exist is null, and lists below it are empty. A malformed id or a
 * filter that no processor can look for is `PaymentsRefused`, a position that the list did not give or whose record is gone is
 * `positionRefused`; everything else that fails is a `CodedError` of the payments service.
 */
export interface PaymentsProvider extends PaymentsWriter {
  readonly capabilities: PaymentsCapabilities;
  /** @default the vendor tells of no changes */
  readonly events?: VendorEvents;
  /** The same provider, over the same connections, with these custom fields instead of its own. */
  withCustomFields(fields: CustomFields): PaymentsProvider;

  billingAccount(id: string, fields: Fields, scope: RequestScope): Promise<BillingAccount | null>;
  /**
   * The accounts with each of some e-mail addresses, upper and lower case not told apart if `ignoresEmailCase`, newest first.
   * @param emails in lower case, at most `maxEmailsPerSearch`
   * @returns a promise for each address, so that none waits for another one, or fails with it;
   * each can be rejected with the CodedError `OPERATION_TOO_COMPLEX` for more than `maxAccountsPerEmail`
   */
  billingAccountsByEmail(
    emails: readonly string[],
    fields: Fields,
    scope: RequestScope,
  ): readonly Promise<readonly BillingAccount[]>[];

  payment(id: string, fields: Fields, scope: RequestScope): Promise<Payment | null>;
  payments(
    filter: PaymentFilter,
    page: PageRequest,
    fields: Fields,
    scope: RequestScope,
  ): Promise<Page<Payment>>;
  /** The latest dispute of a payment. */
  dispute(paymentId: string, scope: RequestScope): Promise<Dispute | null>;
  refund(id: string, scope: RequestScope): Promise<Refund | null>;
  refunds(paymentId: string, page: PageRequest, scope: RequestScope): Promise<Page<Refund>>;
  checkoutSession(id: string, fields: Fields, scope: RequestScope): Promise<CheckoutSession | null>;

  invoice(id: string, fields: Fields, scope: RequestScope): Promise<Invoice | null>;
  invoices(
    filter: InvoiceFilter,
    page: PageRequest,
    fields: Fields,
    scope: RequestScope,
  ): Promise<Page<Invoice>>;
  invoiceLines(
    invoiceId: string,
    page: PageRequest,
    scope: RequestScope,
  ): Promise<Page<InvoiceLine>>;

  recurringPlan(id: string, fields: Fields, scope: RequestScope): Promise<RecurringPlan | null>;
  recurringPlans(
    billingAccountId: string,
    page: PageRequest,
    fields: Fields,
    scope: RequestScope,
  ): Promise<Page<RecurringPlan>>;

  /** What a unit costs by a price, in each currency that the price has an amount for. */
  unitAmounts(priceId: string, scope: RequestScope): Promise<readonly Money[]>;

  /** Ways to pay that were kept for later. */
  paymentMethods(
    billingAccountId: string,
    page: PageRequest,
    scope: RequestScope,
  ): Promise<Page<SavedPaymentMethod>>;

  /** Ends the connections to the vendor. */
  close(): Promise<void>;
}

/**
 * What is changed at a payment processor. `key` names a change: asked for again with it within a day, and with the same order, it is done
 * once, and has the same result; what was broken off halfway is completed. Whatever the processor has against an order is a refusal of the
 * result; where nobody knows whether it was done, the error is `OUTCOME_UNKNOWN`.
 */
export interface PaymentsWriter {
  createCheckoutSession(
    record: NewCheckoutSession,
    key: string,
    scope: RequestScope,
  ): Promise<PaymentsWriteResult>;
  /** A draft, which only {@link sendInvoice} sends. */
  createInvoice(record: NewInvoice, key: string, scope: RequestScope): Promise<PaymentsWriteResult>;
  /** A draft becomes final; what is open is sent once more. */
  sendInvoice(invoiceId: string, key: string, scope: RequestScope): Promise<PaymentsWriteResult>;
  voidInvoice(invoiceId: string, key: string, scope: RequestScope): Promise<PaymentsWriteResult>;
  /** The result names the refund. */
  refundPayment(record: NewRefund, key: string, scope: RequestScope): Promise<PaymentsWriteResult>;
  createBillingAccount(
    record: NewBillingAccount,
    key: string,
    scope: RequestScope,
  ): Promise<PaymentsWriteResult>;
  createRecurringPlan(
    record: NewRecurringPlan,
    key: string,
    scope: RequestScope,
  ): Promise<PaymentsWriteResult>;
  cancelRecurringPlan(
    cancellation: PlanCancellation,
    key: string,
    scope: RequestScope,
  ): Promise<PaymentsWriteResult>;
}

/** Settings that hold for every vendor. */
export interface PaymentsSettings {
  /** The IANA name of the time zone in which invoices are due at the end of a day. @default UTC */
  readonly timeZone?: string;
  /** How long what was read is kept. @default as long as the vendor's headers allow */
  readonly lifetimes?: Lifetimes;
  /** Fields whose values the provider reads into `extra`. @default none */
  readonly customFields?: CustomFields;
}

/** How this payment processor differs from others. */
export interface PaymentsCapabilities {
  /** What an id of a billing account looks like. What other systems hold as such an id may be anything. */
  readonly billingAccountIdPattern: RegExp;
  /** The most accounts that {@link PaymentsProvider.billingAccountsByEmail} gives for an address; more are an error. */
  readonly maxAccountsPerEmail: number;
  /** For how many addresses {@link PaymentsProvider.billingAccountsByEmail} can be asked at once. */
  readonly maxEmailsPerSearch: number;
  /** Whether accounts are found whatever the case of their e-mail address: it can be lost and come back while the processor runs. */
  readonly ignoresEmailCase: boolean;
  /** How many lines come along with an invoice; the others take a call. */
  readonly leadingInvoiceLines: number;
  /** For how many seconds at least the processor remembers the key of a write. */
  readonly keySeconds: number;
  /** The most calls that each write makes, with those that find out why it was refused. */
  readonly writeCalls: Readonly<Record<keyof PaymentsWriter, number>>;
}

/** Names of the graph's fields that are wanted of the record; the others may be left as if they were unknown. */
export type Fields = ReadonlySet<string>;

/** All that are given must hold. */
export interface PaymentFilter {
  readonly billingAccountId?: string;
  /** Created at this time or later. */
  readonly createdFrom?: Date;
  /** Created before this time. */
  readonly createdBefore?: Date;
}

/** All that are given must hold. */
export interface InvoiceFilter extends PaymentFilter {
  readonly recurringPlanId?: string;
  /** `UNKNOWN` is refused: no processor can look for it. */
  readonly status?: InvoiceStatus;
}
