import { CUSTOM_ID } from './endpoints/stripe-ids.ts';
import type { PaymentsCapabilities } from '../../provider.ts';

/** Maximum number of items in a response: https://docs.stripe.com/api/pagination */
export const MAX_PAGE_SIZE = 100;

/** Maximum number of pages of a list that is read completely. */
export const MAX_PAGES = 5;

/** Maximum number of items in a plan: https://docs.stripe.com/api/subscriptions/create#create_subscription-items */
const MAX_PLAN_ITEMS = 20;

export const STRIPE_CAPABILITIES: PaymentsCapabilities = {
  billingAccountIdPattern: CUSTOM_ID,
  maxAccountsPerEmail: MAX_PAGES * MAX_PAGE_SIZE,
  // Maximum number of clauses in a query: https://docs.stripe.com/search#search-query-language
  maxEmailsPerSearch: 10,
  ignoresEmailCase: true,
  // https://docs.stripe.com/api/invoices/object#invoice_object-lines
  leadingInvoiceLines: 10,
  // https://docs.stripe.com/api/idempotent_requests
  keySeconds: 86_400,
  writeCalls: {
    createCheckoutSession: 1,
    // Including the deletion of a refused draft.
    createInvoice: 3,
    sendInvoice: 2,
    voidInvoice: 2,
    refundPayment: 3,
    createBillingAccount: 1,
    // A product for each item, and the deletion of those of a refused plan.
    createRecurringPlan: 2 * MAX_PLAN_ITEMS + 1,
    cancelRecurringPlan: 4,
  },
};
