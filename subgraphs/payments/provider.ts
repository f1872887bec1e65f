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
 * The interface of a payment processor. Lists are newest first, except an invoice's lines, which keep their
 * printed order. A record that does not exist is null, and its lists are empty. A malformed id or a
 * filter that no processor supports is `PaymentsRefused`. A position that is not from the list, or whose record no longer exists, is
 * `positionRefused`. All other failures are a `CodedError` of the payments service.
 */
export interface PaymentsProvider extends PaymentsWriter {
  readonly capabilities: PaymentsCapabilities;
  /** @default the vendor has no events */
  readonly events?: VendorEvents;
  /** Returns a provider over the same connections with these custom fields. */
  withCustomFields(fields: CustomFields): PaymentsProvider;

  billingAccount(id: string, fields: Fields, scope: RequestScope): Promise<BillingAccount | null>;
  /**
   * The accounts with each of the e-mail addresses, newest first; case-insensitive if `ignoresEmailCase`.
   * @param emails in lower case, at most `maxEmailsPerSearch`
   * @returns a promise for each address, so that none waits for or fails with another one;
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

  /** The unit amounts of a price, one for each of its currencies. */
  unitAmounts(priceId: string, scope: RequestScope): Promise<readonly Money[]>;

  /** Saved payment methods. */
  paymentMethods(
    billingAccountId: string,
    page: PageRequest,
    scope: RequestScope,
  ): Promise<Page<SavedPaymentMethod>>;

  /** Closes the connections to the vendor. */
  close(): Promise<void>;
}

/**
 * The writes of a payment processor. A retry with the same `key` and record within a day has no further effect and
 * the same result; an interrupted write is completed. A refusal by the processor is in the
 * result. If the outcome is unknown, the error is `OUTCOME_UNKNOWN`.
 */
export interface PaymentsWriter {
  createCheckoutSession(
    record: NewCheckoutSession,
    key: string,
    scope: RequestScope,
  ): Promise<PaymentsWriteResult>;
  /** Creates a draft, which only {@link sendInvoice} sends. */
  createInvoice(record: NewInvoice, key: string, scope: RequestScope): Promise<PaymentsWriteResult>;
  /** Finalizes and sends a draft; sends an open invoice again. */
  sendInvoice(invoiceId: string, key: string, scope: RequestScope): Promise<PaymentsWriteResult>;
  voidInvoice(invoiceId: string, key: string, scope: RequestScope): Promise<PaymentsWriteResult>;
  /** The result contains the id of the refund. */
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

/** Settings that apply to all vendors. */
export interface PaymentsSettings {
  /** IANA time zone in which invoices are due at the end of a day. @default UTC */
  readonly timeZone?: string;
  /** Cache lifetimes. @default as the vendor's headers allow */
  readonly lifetimes?: Lifetimes;
  /** Custom fields that the provider reads into `extra`. @default none */
  readonly customFields?: CustomFields;
}

/** Capabilities of this payment processor. */
export interface PaymentsCapabilities {
  /** The format of billing account ids. Ids from other systems can be any text. */
  readonly billingAccountIdPattern: RegExp;
  /** Maximum number of accounts that {@link PaymentsProvider.billingAccountsByEmail} returns for an address; more are an error. */
  readonly maxAccountsPerEmail: number;
  /** Maximum number of addresses in a call of {@link PaymentsProvider.billingAccountsByEmail}. */
  readonly maxEmailsPerSearch: number;
  /** Whether accounts are found regardless of the case of their e-mail address; it can change while the processor runs. */
  readonly ignoresEmailCase: boolean;
  /** Number of lines that come with an invoice; others need a call. */
  readonly leadingInvoiceLines: number;
  /** Minimum number of seconds for which the processor remembers the key of a write. */
  readonly keySeconds: number;
  /** Maximum number of calls of each write, including those that find the reason of a refusal. */
  readonly writeCalls: Readonly<Record<keyof PaymentsWriter, number>>;
}

/** The selected fields of the record; others may be left empty. */
export type Fields = ReadonlySet<string>;

/** Filter conditions; all of them must hold. */
export interface PaymentFilter {
  readonly billingAccountId?: string;
  /** Created at this time or later. */
  readonly createdFrom?: Date;
  /** Created before this time. */
  readonly createdBefore?: Date;
}

/** Filter conditions; all of them must hold. */
export interface InvoiceFilter extends PaymentFilter {
  readonly recurringPlanId?: string;
  /** `UNKNOWN` is refused: no processor can look for it. */
  readonly status?: InvoiceStatus;
}
