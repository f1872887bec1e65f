import { type Json, type JsonObject, type Kind, textAt } from './stripe-json.ts';
import { currencyOption } from './shapes/catalog.ts';
import type { Store } from './stripe-store.ts';

/** What is found at a path inside of an object, for those who ask for more of it. */
export type Expandable =
  /** An id that can be exchanged for the object. */
  | { readonly how: 'reference'; readonly to: Kind }
  /** There anyway, with references of its own. */
  | { readonly how: 'embedded'; readonly to: Kind | Part }
  /** Only in responses that expand it. */
  | {
      readonly how: 'included';
      readonly to: Kind | Part | null;
      readonly value: (owner: JsonObject, store: Store) => Json;
    }
  /** Could be expanded, but never holds anything here. */
  | { readonly how: 'empty' };

/** Kinds that have no endpoint of their own. */
export type Part = 'item' | 'line_item' | 'plan' | 'subscription_item';

const to = (kind: Kind): Expandable => ({ how: 'reference', to: kind });
const embedded = (kind: Kind | Part): Expandable => ({ how: 'embedded', to: kind });
const included = (
  kind: Kind | Part | null,
  value: (owner: JsonObject, store: Store) => Json,
): Expandable => ({
  how: 'included',
  to: kind,
  value,
});
const empty: Expandable = { how: 'empty' };

/**
 * Which paths of which kind can be expanded, as https://docs.stripe.com/api marks them. Lists stand for their items: the `data` between
 * the two is left out.
 */
export const EXPANDABLE: Record<Kind | Part, Readonly<Record<string, Expandable>>> = {
  balance_transaction: { source: to('charge') },
  charge: {
    application: empty,
    balance_transaction: to('balance_transaction'),
    customer: to('customer'),
    failure_balance_transaction: empty,
    on_behalf_of: empty,
    payment_intent: to('payment_intent'),
    refunds: included('refund', refundsOfCharge),
    review: empty,
    source_transfer: empty,
  },
  'checkout.session': {
    customer: to('customer'),
    invoice: empty,
    line_items: included('item', itemsOfSession),
    payment_intent: to('payment_intent'),
    payment_link: empty,
    setup_intent: empty,
    subscription: empty,
  },
  customer: {
    default_source: empty,
    'invoice_settings.default_payment_method': to('payment_method'),
    invoice_credit_balance: included(null, creditBalanceOf),
    subscriptions: included('subscription', subscriptionsOfCustomer),
    tax: included(null, () => ({
      automatic_tax: 'unrecognized_location',
      ip_address: null,
      location: null,
      provider: 'stripe',
    })),
    test_clock: empty,
  },
  dispute: { charge: to('charge'), payment_intent: to('payment_intent') },
  event: {},
  invoice: {
    account_tax_ids: empty,
    application: empty,
    confirmation_secret: included(null, confirmationSecret),
    customer: to('customer'),
    default_payment_method: to('payment_method'),
    default_source: empty,
    discounts: empty,
    latest_revision: empty,
    lines: embedded('line_item'),
    'parent.subscription_details.subscription': to('subscription'),
    payments: included('invoice_payment', paymentsOfInvoice),
    test_clock: empty,
    'total_discount_amounts.discount': empty,
    'total_taxes.tax_rate_details.tax_rate': empty,
  },
  invoice_payment: {
    invoice: to('invoice'),
    'payment.charge': empty,
    'payment.payment_intent': to('payment_intent'),
  },
  invoiceitem: {
    customer: to('customer'),
    discounts: empty,
    invoice: to('invoice'),
    test_clock: empty,
  },
  item: { discounts: empty, price: embedded('price') },
  line_item: { discounts: empty, 'pricing.price_details.price': to('price') },
  payment_intent: {
    application: empty,
    customer: to('customer'),
    latest_charge: to('charge'),
    on_behalf_of: empty,
    payment_method: to('payment_method'),
    review: empty,
    source: empty,
  },
  payment_method: { customer: to('customer') },
  plan: { product: to('product'), tiers: empty },
  price: {
    currency_options: included(null, currencyOptionsOf),
    product: to('product'),
    tiers: empty,
  },
  product: { default_price: to('price'), tax_code: empty },
  refund: {
    balance_transaction: to('balance_transaction'),
    charge: to('charge'),
    failure_balance_transaction: empty,
    payment_intent: to('payment_intent'),
    source_transfer_reversal: empty,
    transfer_reversal: empty,
  },
  subscription: {
    application: empty,
    customer: to('customer'),
    default_payment_method: to('payment_method'),
    default_source: empty,
    discounts: empty,
    items: embedded('subscription_item'),
    latest_invoice: to('invoice'),
    pending_setup_intent: empty,
    plan: embedded('plan'),
    schedule: empty,
    test_clock: empty,
  },
  subscription_item: { discounts: empty, plan: embedded('plan'), price: embedded('price') },
  webhook_endpoint: {},
};

function refundsOfCharge(owner: JsonObject, store: Store): Json {
  const id = textAt(owner, 'id');
  const data = store.all('refund').filter((refund) => refund['charge'] === id);
  return {
    object: 'list',
    data,
    has_more: false,
    total_count: data.length,
    url: `/v1/charges/${id}/refunds`,
  };
}

function subscriptionsOfCustomer(owner: JsonObject, store: Store): Json {
  const id = textAt(owner, 'id');
  const data = store
    .all('subscription')
    .filter(({ customer, status }) => customer === id && status !== 'canceled');
  return {
    object: 'list',
    data,
    has_more: false,
    total_count: data.length,
    url: `/v1/customers/${id}/subscriptions`,
  };
}

/** Empty until there is a balance in another currency than the customer's own, which then is among them, with the opposite sign. */
function creditBalanceOf(owner: JsonObject, store: Store): Json {
  const { currency, balance, ...customer } = store.find('customer', textAt(owner, 'id')) ?? owner;
  const others = customer['invoice_credit_balance'] as JsonObject | undefined; // Of amounts, where there is one.
  if (others === undefined) return {};
  return { ...(typeof currency === 'string' && { [currency]: 0 - Number(balance) }), ...others };
}

/** The price's own currency is among them. */
function currencyOptionsOf(owner: JsonObject, store: Store): Json {
  const options = store.find('price', textAt(owner, 'id'))?.['currency_options'];
  return options ?? { [textAt(owner, 'currency')]: currencyOption(Number(owner['unit_amount'])) };
}

/** Sessions are kept with their items, and shown without. */
function itemsOfSession(owner: JsonObject, store: Store): Json {
  return store.find('checkout.session', textAt(owner, 'id'))?.['line_items'] ?? null;
}

function paymentsOfInvoice({ id }: JsonObject, store: Store): Json {
  const data = store.all('invoice_payment').filter(({ invoice }) => invoice === id);
  return { object: 'list', data, has_more: false, url: '/v1/invoices/payments' };
}

function confirmationSecret({ id }: JsonObject, store: Store): Json {
  const link = store.all('invoice_payment').find(({ invoice }) => invoice === id);
  if (link === undefined) return null;
  const intent = store.find(
    'payment_intent',
    textAt(link['payment'] as JsonObject, 'payment_intent'),
  ); // An object always.
  return intent === undefined
    ? null
    : { client_secret: textAt(intent, 'client_secret'), type: 'payment_intent' };
}
