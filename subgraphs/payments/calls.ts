import type { CallTable, Read } from '../call-table.ts';
import { PAYMENTS_CAPABILITIES } from './capabilities.ts';
import type { PaymentsWriter } from './provider.ts';

/**
 * The calls to a payment processor: one for each record, and for each page of each account's list. Numbers are the maximum over all
 * processors.
 */

const ONE: readonly Read[] = [{ per: 'object' }];

/** Most customers have one account and one e-mail address; a customer with more than two accounts needs more calls than calculated. */
const ACCOUNTS_OF_A_CUSTOMER = 2;

const EMAILS_PER_SEARCH = Math.min(
  ...PAYMENTS_CAPABILITIES.map(({ maxEmailsPerSearch }) => maxEmailsPerSearch),
);

/** A customer's accounts are looked up once for all their fields: by a search, and by a call for each customer whom it does not find. */
const ACCOUNTS: readonly Read[] = [
  { per: 'batch', of: EMAILS_PER_SEARCH, name: 'search of accounts' },
  { per: 'object', name: 'accounts' },
];
const LISTS_OF_ACCOUNTS: readonly Read[] = [
  ...ACCOUNTS,
  { per: 'object', calls: ACCOUNTS_OF_A_CUSTOMER },
];

/** An account that comes with another record lacks its balances in other currencies. */
const BALANCES: readonly Read[] = ['Payment', 'Invoice', 'RecurringPlan', 'CheckoutSession'].map(
  (type) => ({
    per: 'object',
    name: `balances of ${type}.billingAccount`,
    selected: `${type}.billingAccount`,
  }),
);

const LEADING_LINES = Math.min(
  ...PAYMENTS_CAPABILITIES.map(({ leadingInvoiceLines }) => leadingInvoiceLines),
);

const write = (name: keyof PaymentsWriter): readonly Read[] => [
  {
    per: 'object',
    calls: Math.max(...PAYMENTS_CAPABILITIES.map(({ writeCalls }) => writeCalls[name])),
  },
];

export const PAYMENTS_CALLS: CallTable = {
  'Query.payment': ONE,
  'Query.payments': ONE,
  'Query.invoice': ONE,
  'Query.invoices': ONE,
  'Query.billingAccount': ONE,
  'Query.recurringPlan': ONE,
  'Query.capabilities': [],
  'Customer.billingAccounts': ACCOUNTS,
  'Customer.balance': ACCOUNTS,
  'Customer.balances': ACCOUNTS,
  'Customer.outstanding': LISTS_OF_ACCOUNTS,
  'Customer.payments': LISTS_OF_ACCOUNTS,
  'Customer.invoices': LISTS_OF_ACCOUNTS,
  'Customer.recurringPlans': LISTS_OF_ACCOUNTS,
  'Customer.paymentMethods': LISTS_OF_ACCOUNTS,
  'BillingAccount.balances': BALANCES,
  // Few accounts have more than a page of open invoices.
  'BillingAccount.outstanding': ONE,
  'BillingAccount.payments': ONE,
  'BillingAccount.invoices': ONE,
  'BillingAccount.recurringPlans': ONE,
  'BillingAccount.paymentMethods': ONE,
  // Few payments are disputed.
  'Payment.dispute': [{ per: 'field' }],
  'Payment.refunds': ONE,
  'Invoice.lines': [{ per: 'object', beyond: LEADING_LINES }],
  // A plan that comes with an invoice lacks its account.
  'RecurringPlan.billingAccount': [{ per: 'object', selected: 'Invoice.recurringPlan' }],
  // Few plans have another currency than their price, and most of those share their prices.
  'RecurringPlanItem.unitAmount': [{ per: 'field' }],
  'CheckoutSession.payment': ONE,
  'Mutation.createCheckoutSession': write('createCheckoutSession'),
  'Mutation.createInvoice': write('createInvoice'),
  'Mutation.sendInvoice': write('sendInvoice'),
  'Mutation.voidInvoice': write('voidInvoice'),
  'Mutation.refundPayment': write('refundPayment'),
  'Mutation.createBillingAccount': write('createBillingAccount'),
  'Mutation.createRecurringPlan': write('createRecurringPlan'),
  'Mutation.cancelRecurringPlan': write('cancelRecurringPlan'),
  'Subscription.paymentChanged': [],
  'Subscription.invoiceChanged': [],
  'Subscription.recurringPlanChanged': [],
  'Subscription.checkoutSessionChanged': [],
  'Subscription.billingAccountChanged': [],
  'PaymentChange.payment': ONE,
  'InvoiceChange.invoice': ONE,
  'RecurringPlanChange.recurringPlan': ONE,
  'CheckoutSessionChange.checkoutSession': ONE,
  'BillingAccountChange.billingAccount': ONE,
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
