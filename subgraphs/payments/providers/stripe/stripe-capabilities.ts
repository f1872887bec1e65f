import type { PaymentsCapabilities } from '../../provider.ts';

/** The most items that one answer holds: https://docs.stripe.com/api/pagination */
export const MAX_PAGE_SIZE = 100;

/** Of a list that is read to its end. */
export const MAX_PAGES = 5;

/** A plan has at most twenty: https://docs.stripe.com/api/subscriptions/create#create_subscription-items */
const MAX_PLAN_ITEMS = 20;

export const STRIPE_CAPABILITIES: PaymentsCapabilities = {
  billingAccountIdPattern: /^cus_[A-Za-z0-9]{1,255}$/,
  maxAccountsPerEmail: MAX_PAGES * MAX_PAGE_SIZE,
  // https://docs.stripe.com/api/invoices/object#invoice_object-lines
  leadingInvoiceLines: 10,
  // https://docs.stripe.com/api/idempotent_requests
  keySeconds: 86_400,
  writeCalls: {
    createCheckoutSession: 1,
    createInvoice: 2,
    sendInvoice: 2,
    voidInvoice: 2,
    refundPayment: 3,
    createBillingAccount: 1,
    // A product for each item.
    createRecurringPlan: MAX_PLAN_ITEMS + 1,
    cancelRecurringPlan: 4,
  },
};
