import type Stripe from 'stripe';

/** Stripe's objects as its own package types them, complete in what the adapter reads. */

export const customer = (id: string, changes: Partial<Stripe.Customer> = {}) =>
  ({
    id,
    object: 'customer',
    address: null,
    balance: 0,
    created: 1_700_000_000,
    currency: null,
    delinquent: false,
    email: null,
    name: null,
    phone: null,
    ...changes,
  }) satisfies Partial<Stripe.Customer>;

const card = (changes: Partial<Stripe.PaymentMethod.Card> = {}) =>
  ({
    brand: 'visa',
    last4: '4242',
    exp_month: 8,
    exp_year: 2028,
    country: 'US',
    fingerprint: 'Xt5EWLLDS7FJjR1c',
    funding: 'credit',
    ...changes,
  }) satisfies Partial<Stripe.PaymentMethod.Card>;

export const paymentMethod = (
  id: string,
  created = 1_700_000_000,
  changes: Partial<Stripe.PaymentMethod> = {},
) => ({
  id,
  object: 'payment_method' as const,
  created,
  type: 'card' as const,
  card: card(),
  ...changes,
});

export const paymentIntent = (
  id: string,
  created = 1_700_000_000,
  changes: Record<string, unknown> = {},
) => ({
  ...({
    id,
    object: 'payment_intent',
    amount: 2_500,
    created,
    currency: 'eur',
    customer: 'cus_1',
    description: null,
    last_payment_error: null,
    latest_charge: null,
    payment_method: null,
    status: 'succeeded',
  } satisfies Partial<Stripe.PaymentIntent>),
  ...changes,
});

export const charge = (changes: Partial<Stripe.Charge> = {}) => ({
  id: 'ch_1',
  object: 'charge' as const,
  amount_refunded: 0,
  currency: 'eur',
  payment_method: 'pm_1',
  payment_method_details: { type: 'card', card: card() },
  ...changes,
});

export const checkoutSession = (id: string, changes: Partial<Stripe.Checkout.Session> = {}) =>
  ({
    id,
    object: 'checkout.session',
    amount_total: 2_500,
    created: 1_700_000_000,
    currency: 'eur',
    customer: 'cus_1',
    expires_at: 1_700_086_400,
    payment_intent: null,
    status: 'open',
    url: 'https://checkout.test/c/pay/1',
    ...changes,
  }) satisfies Partial<Stripe.Checkout.Session>;

export const dispute = (id: string, changes: Partial<Stripe.Dispute> = {}) =>
  ({
    id,
    object: 'dispute',
    amount: 1_500,
    created: 1_700_000_000,
    currency: 'eur',
    reason: 'fraudulent',
    status: 'needs_response',
    ...changes,
  }) satisfies Partial<Stripe.Dispute>;

export const refund = (id: string, changes: Partial<Stripe.Refund> = {}) =>
  ({
    id,
    object: 'refund',
    amount: 500,
    created: 1_700_000_100,
    currency: 'eur',
    reason: 'requested_by_customer',
    status: 'succeeded',
    ...changes,
  }) satisfies Partial<Stripe.Refund>;

export const line = (id: string, changes: Partial<Stripe.InvoiceLineItem> = {}) =>
  ({
    id,
    object: 'line_item',
    amount: 1_000,
    currency: 'eur',
    description: 'A thing',
    quantity: 1,
    ...changes,
  }) satisfies Partial<Stripe.InvoiceLineItem>;

export const invoice = (
  id: string,
  created = 1_700_000_000,
  changes: Record<string, unknown> = {},
) => ({
  ...({
    id,
    object: 'invoice',
    amount_due: 1_000,
    amount_paid: 0,
    amount_remaining: 1_000,
    created,
    currency: 'eur',
    customer: 'cus_1',
    due_date: null,
    hosted_invoice_url: null,
    number: null,
    parent: null,
    status: 'open',
    total: 1_000,
  } satisfies Partial<Stripe.Invoice>),
  lines: list([line('il_1')]),
  ...changes,
});

export const subscriptionItem = (id: string, changes: Record<string, unknown> = {}) => ({
  ...({
    id,
    object: 'subscription_item',
    current_period_start: 1_700_000_000,
    current_period_end: 1_702_592_000,
    quantity: 2,
  } satisfies Partial<Stripe.SubscriptionItem>),
  price: {
    currency: 'eur',
    unit_amount: 900,
    unit_amount_decimal: '900',
    recurring: { interval: 'month', interval_count: 1 },
  },
  ...changes,
});

export const subscription = (
  id: string,
  created = 1_700_000_000,
  changes: Record<string, unknown> = {},
) => ({
  ...({
    id,
    object: 'subscription',
    cancel_at_period_end: false,
    canceled_at: null,
    created,
    customer: 'cus_1',
    start_date: created,
    status: 'active',
  } satisfies Partial<Stripe.Subscription>),
  items: list([subscriptionItem('si_1')]),
  ...changes,
});

export const list = <Item>(data: Item[], has_more = false) =>
  ({ object: 'list', data, has_more, url: '/v1/things' }) satisfies Stripe.ApiList<Item>;

export const stripeError = (type: string, changes: Record<string, string> = {}) => ({
  error: { type, message: 'Words that nobody outside is to see: sk_test_secret', ...changes },
});
