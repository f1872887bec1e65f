import type { Resolvers } from './__generated__/resolvers.ts';

/** Resolvers of the graph's changes and of what they give back. */
export const paymentsMutations: Resolvers = {
  Mutation: {
    createCheckoutSession: (_mutation, { input }, { writes }) => writes.createCheckoutSession(input),
    createInvoice: (_mutation, { input }, { writes }) => writes.createInvoice(input),
    sendInvoice: (_mutation, { input }, { writes }) => writes.sendInvoice(input),
    voidInvoice: (_mutation, { input }, { writes }) => writes.voidInvoice(input),
    refundPayment: (_mutation, { input }, { writes }) => writes.refundPayment(input),
    createBillingAccount: (_mutation, { input }, { writes }) => writes.createBillingAccount(input),
    createRecurringPlan: (_mutation, { input }, { writes }) => writes.createRecurringPlan(input),
    cancelRecurringPlan: (_mutation, { input }, { writes }) => writes.cancelRecurringPlan(input),
  },
  CreateCheckoutSessionPayload: {
    checkoutSession: ({ id }, _arguments, { loaders }) => (id === null ? null : loaders.checkoutSession(id)),
  },
  CreateInvoicePayload: { invoice: ({ id }, _arguments, { loaders }) => (id === null ? null : loaders.invoice(id)) },
  SendInvoicePayload: { invoice: ({ id }, _arguments, { loaders }) => (id === null ? null : loaders.invoice(id)) },
  VoidInvoicePayload: { invoice: ({ id }, _arguments, { loaders }) => (id === null ? null : loaders.invoice(id)) },
  RefundPaymentPayload: {
    refund: ({ id }, _arguments, { loaders }) => (id === null ? null : loaders.refund(id)),
    payment: ({ paymentId }, _arguments, { loaders }) => loaders.payment(paymentId),
  },
  CreateBillingAccountPayload: { billingAccount: ({ id }, _arguments, { loaders }) => (id === null ? null : loaders.billingAccount(id)) },
  CreateRecurringPlanPayload: { recurringPlan: ({ id }, _arguments, { loaders }) => (id === null ? null : loaders.recurringPlan(id)) },
  CancelRecurringPlanPayload: { recurringPlan: ({ id }, _arguments, { loaders }) => (id === null ? null : loaders.recurringPlan(id)) },
  CheckoutSession: {
    billingAccount: (session, _arguments, { loaders }) => loaders.billingAccountOf(session),
    payment: ({ paymentId }, _arguments, { loaders }) => (paymentId === null ? null : loaders.payment(paymentId)),
  },
};
