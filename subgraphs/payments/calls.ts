import type { CallTable, Read } from '../../limits/call-table.ts';

/** The calls to a payment processor: one for each record and for each page of each account's list. */

const ONE: readonly Read[] = [{ per: 'object' }];

/** Most people have one account; who has more than two takes more calls than are foreseen. */
const ACCOUNTS_OF_A_CUSTOMER = 2;

/** Which accounts a person has is looked up once, whatever is wanted of them. */
const ACCOUNTS: Read = { per: 'object', name: 'accounts' };
const LISTS_OF_ACCOUNTS: readonly Read[] = [ACCOUNTS, { per: 'object', calls: ACCOUNTS_OF_A_CUSTOMER }];

/** An invoice brings its first lines along. */
const LINES_OF_AN_INVOICE = 10;

/** A write, with what is read to find out what stands against it or what came of an earlier try. */
const write = (calls: number): readonly Read[] => [{ per: 'object', calls }];

/** A product for each of its items, which are twenty at most. */
const NEW_PLAN = 21;

export const PAYMENTS_CALLS: CallTable = {
  'Query.payment': ONE,
  'Query.payments': ONE,
  'Query.invoice': ONE,
  'Query.invoices': ONE,
  'Query.billingAccount': ONE,
  'Query.recurringPlan': ONE,
  'Customer.billingAccounts': [ACCOUNTS],
  'Customer.balance': [ACCOUNTS],
  'Customer.payments': LISTS_OF_ACCOUNTS,
  'Customer.invoices': LISTS_OF_ACCOUNTS,
  'Customer.recurringPlans': LISTS_OF_ACCOUNTS,
  'Customer.paymentMethods': LISTS_OF_ACCOUNTS,
  'BillingAccount.payments': ONE,
  'BillingAccount.invoices': ONE,
  'BillingAccount.recurringPlans': ONE,
  'BillingAccount.paymentMethods': ONE,
  'Payment.refunds': ONE,
  'Invoice.lines': [{ per: 'object', beyond: LINES_OF_AN_INVOICE }],
  // A plan that comes along with an invoice comes without its account.
  'RecurringPlan.billingAccount': [{ per: 'object', selected: 'Invoice.recurringPlan' }],
  'CheckoutSession.payment': ONE,
  'Mutation.createCheckoutSession': write(1),
  'Mutation.createInvoice': write(2),
  'Mutation.sendInvoice': write(2),
  'Mutation.voidInvoice': write(2),
  'Mutation.refundPayment': write(3),
  'Mutation.createBillingAccount': write(1),
  'Mutation.createRecurringPlan': write(NEW_PLAN),
  'Mutation.cancelRecurringPlan': write(4),
  'CreateCheckoutSessionPayload.checkoutSession': ONE,
  'CreateInvoicePayload.invoice': ONE,
  'SendInvoicePayload.invoice': ONE,
  'VoidInvoicePayload.invoice': ONE,
  'RefundPaymentPayload.refund': ONE,
  'RefundPaymentPayload.payment': ONE,
  'CreateBillingAccountPayload.billingAccount': ONE,
  'CreateRecurringPlanPayload.recurringPlan': ONE,
  'CancelRecurringPlanPayload.recurringPlan': ONE,
};
