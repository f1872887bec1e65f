import { connections, type DependencyTable, valueObjects } from '../dependencies.ts';

/** The records whose changes affect the fields of this subgraph. */
export const PAYMENTS_DEPENDENCIES: DependencyTable = {
  Query: [],
  'Query.capabilities': null,
  Capabilities: null,
  BillingAccount: ['BillingAccount'],
  'BillingAccount.outstanding': ['BillingAccount', 'Invoice'],
  // The set of a customer's accounts.
  Customer: ['BillingAccount'],
  'Customer.id': [],
  'Customer.outstanding': ['BillingAccount', 'Invoice'],
  Payer: ['BillingAccount'],
  Payment: ['Payment'],
  // The processor reports it as a change of the payment.
  Dispute: ['Payment'],
  Refund: ['Refund', 'Payment'],
  PaymentMethod: ['PaymentMethod', 'BillingAccount'],
  Invoice: ['Invoice'],
  InvoiceLine: ['Invoice'],
  RecurringPlan: ['RecurringPlan'],
  RecurringPlanItem: ['RecurringPlan'],
  CheckoutSession: ['CheckoutSession'],
  ...connections('Payment', 'Refund', 'Invoice', 'RecurringPlan', 'PaymentMethod'),
  InvoiceLineConnection: ['Invoice'],
  InvoiceLineEdge: ['Invoice'],
  ...valueObjects(
    'BillingLink',
    'CardSummary',
    'Money',
    'PageInfo',
    'PaymentFailure',
    'PostalAddress',
  ),
};
