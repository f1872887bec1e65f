import { CHANGE_FIELD, occurredAt } from '../change-resolvers.ts';
import { SCALARS } from '../scalars.ts';
import type { Resolvers } from './__generated__/resolvers.ts';

export const paymentsResolvers: Resolvers = {
  Query: {
    payment: (_query, { id }, { loaders }) => loaders.payment(id),
    payments: (_query, { filter, ...page }, { lists }) => lists.payments.all(filter, page),
    invoice: (_query, { id }, { loaders }) => loaders.invoice(id),
    invoices: (_query, { filter, ...page }, { lists }) => lists.invoices.all(filter, page),
    billingAccount: (_query, { id }, { loaders }) => loaders.billingAccount(id),
    recurringPlan: (_query, { id }, { loaders }) => loaders.recurringPlan(id),
    capabilities: (_query, _arguments, { capabilities }) => capabilities,
  },
  Mutation: {
    createCheckoutSession: (_mutation, { input }, { writes }) =>
      writes.createCheckoutSession(input),
    createInvoice: (_mutation, { input }, { writes }) => writes.createInvoice(input),
    sendInvoice: (_mutation, { input }, { writes }) => writes.sendInvoice(input),
    voidInvoice: (_mutation, { input }, { writes }) => writes.voidInvoice(input),
    refundPayment: (_mutation, { input }, { writes }) => writes.refundPayment(input),
    createBillingAccount: (_mutation, { input }, { writes }) => writes.createBillingAccount(input),
    createRecurringPlan: (_mutation, { input }, { writes }) => writes.createRecurringPlan(input),
    cancelRecurringPlan: (_mutation, { input }, { writes }) => writes.cancelRecurringPlan(input),
  },
  Subscription: {
    paymentChanged: CHANGE_FIELD,
    invoiceChanged: CHANGE_FIELD,
    recurringPlanChanged: CHANGE_FIELD,
    checkoutSessionChanged: CHANGE_FIELD,
    billingAccountChanged: CHANGE_FIELD,
  },
  PaymentChange: {
    at: occurredAt,
    payment: ({ id, kind }, _arguments, { loaders }) =>
      kind === 'DELETED' ? null : loaders.payment(id),
  },
  InvoiceChange: {
    at: occurredAt,
    invoice: ({ id, kind }, _arguments, { loaders }) =>
      kind === 'DELETED' ? null : loaders.invoice(id),
  },
  RecurringPlanChange: {
    at: occurredAt,
    recurringPlan: ({ id, kind }, _arguments, { loaders }) =>
      kind === 'DELETED' ? null : loaders.recurringPlan(id),
  },
  CheckoutSessionChange: {
    at: occurredAt,
    checkoutSession: ({ id, kind }, _arguments, { loaders }) =>
      kind === 'DELETED' ? null : loaders.checkoutSession(id),
  },
  BillingAccountChange: {
    at: occurredAt,
    billingAccount: ({ id, kind }, _arguments, { loaders }) =>
      kind === 'DELETED' ? null : loaders.billingAccount(id),
  },
  CreateCheckoutSessionPayload: {
    checkoutSession: ({ id }, _arguments, { loaders }) =>
      id === null ? null : loaders.checkoutSession(id),
  },
  CreateInvoicePayload: {
    invoice: ({ id }, _arguments, { loaders }) => (id === null ? null : loaders.invoice(id)),
  },
  SendInvoicePayload: {
    invoice: ({ id }, _arguments, { loaders }) => (id === null ? null : loaders.invoice(id)),
  },
  VoidInvoicePayload: {
    invoice: ({ id }, _arguments, { loaders }) => (id === null ? null : loaders.invoice(id)),
  },
  RefundPaymentPayload: {
    refund: ({ id }, _arguments, { loaders }) => (id === null ? null : loaders.refund(id)),
    payment: ({ paymentId }, _arguments, { loaders }) => loaders.payment(paymentId),
  },
  CreateBillingAccountPayload: {
    billingAccount: ({ id }, _arguments, { loaders }) =>
      id === null ? null : loaders.billingAccount(id),
  },
  CreateRecurringPlanPayload: {
    recurringPlan: ({ id }, _arguments, { loaders }) =>
      id === null ? null : loaders.recurringPlan(id),
  },
  CancelRecurringPlanPayload: {
    recurringPlan: ({ id }, _arguments, { loaders }) =>
      id === null ? null : loaders.recurringPlan(id),
  },
  CheckoutSession: {
    billingAccount: (session, _arguments, { loaders }) => loaders.billingAccountOf(session),
    payment: ({ paymentId }, _arguments, { loaders }) =>
      paymentId === null ? null : loaders.payment(paymentId),
  },
  // No `__resolveReference`: the CRM decides whether the customer exists.
  Customer: {
    billingAccounts: (customer, _arguments, { loaders }) => loaders.billingAccountsOf(customer),
    payments: (customer, page, { lists }) => lists.payments.ofCustomer(customer, page),
    invoices: (customer, page, { lists }) => lists.invoices.ofCustomer(customer, page),
    recurringPlans: (customer, page, { lists }) => lists.recurringPlans.ofCustomer(customer, page),
    paymentMethods: (customer, page, { lists }) => lists.paymentMethods.ofCustomer(customer, page),
    balance: (customer, _arguments, { loaders }) => loaders.balanceOf(customer),
    balances: (customer, _arguments, { loaders }) => loaders.balancesOf(customer),
    outstanding: (customer, _arguments, { loaders }) => loaders.outstandingOf(customer),
  },
  BillingAccount: {
    __resolveReference: ({ id }, { loaders }) => loaders.billingAccount(id),
    balances: (account, _arguments, { loaders }) => loaders.balancesOfAccount(account),
    outstanding: ({ id }, _arguments, { loaders }) => loaders.outstanding(id),
    payments: (account, page, { lists }) => lists.payments.ofAccount(account, page),
    invoices: (account, page, { lists }) => lists.invoices.ofAccount(account, page),
    recurringPlans: (account, page, { lists }) => lists.recurringPlans.ofAccount(account, page),
    paymentMethods: (account, page, { lists }) => lists.paymentMethods.ofAccount(account, page),
  },
  Payment: {
    __resolveReference: ({ id }, { loaders }) => loaders.payment(id),
    dispute: ({ id, isDisputed }, _arguments, { loaders }) =>
      isDisputed === true ? loaders.dispute(id) : null,
    refunds: (payment, page, { lists }) => lists.refundsOf(payment, page),
    billingAccount: (payment, _arguments, { loaders }) => loaders.billingAccountOf(payment),
  },
  Invoice: {
    __resolveReference: ({ id }, { loaders }) => loaders.invoice(id),
    lines: (invoice, page, { lists }) => lists.linesOf(invoice, page),
    billingAccount: (invoice, _arguments, { loaders }) => loaders.billingAccountOf(invoice),
    recurringPlan: (invoice, _arguments, { loaders }) => loaders.recurringPlanOf(invoice),
  },
  RecurringPlan: {
    __resolveReference: ({ id }, { loaders }) => loaders.recurringPlan(id),
    billingAccount: (plan, _arguments, { loaders }) => loaders.billingAccountOf(plan),
  },
  RecurringPlanItem: {
    unitAmount: (item, _arguments, { loaders }) => loaders.unitAmountOf(item),
  },
  CountryCode: SCALARS.CountryCode,
  CurrencyCode: SCALARS.CurrencyCode,
  Date: SCALARS.Date,
  DateTime: SCALARS.DateTime,
  Decimal: SCALARS.Decimal,
  URL: SCALARS.URL,
};
