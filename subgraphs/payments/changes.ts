import type { ChangeFields } from '../change-fields.ts';

const ACCOUNT = { billingAccountId: 'BillingAccount' };

/** The subgraph's fields of `Subscription`. */
export const PAYMENTS_CHANGES: ChangeFields = {
  paymentChanged: { type: 'Payment', filters: ACCOUNT },
  invoiceChanged: { type: 'Invoice', filters: ACCOUNT },
  recurringPlanChanged: { type: 'RecurringPlan', filters: ACCOUNT },
  checkoutSessionChanged: { type: 'CheckoutSession', filters: ACCOUNT },
  billingAccountChanged: { type: 'BillingAccount', filters: {} },
};
