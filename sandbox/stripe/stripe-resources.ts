import type { Part } from './stripe-expandable.ts';
import {
  anyOf,
  equals,
  type Filter,
  matching,
  nested,
  oneOf,
  range,
  refersTo,
} from './stripe-filters.ts';
import type { Params } from './stripe-form.ts';
import type { JsonObject, Kind, WireObject } from './stripe-json.ts';
import type { Store } from './stripe-store.ts';

/** What can be read at one path: an object by its id, and a list. */
export interface Resource {
  readonly path: string;
  readonly kind: Kind;
  /** The list's own parameters. */
  readonly filters: Readonly<Record<string, Filter>>;
  /** What the list doesn't show, although it can be read by id. */
  readonly hides?: (object: JsonObject, params: Params) => boolean;
}

const SUBSCRIPTION_STATUSES = [
  'active',
  'past_due',
  'unpaid',
  'canceled',
  'incomplete',
  'incomplete_expired',
  'trialing',
  'paused',
  'all',
  'ended',
];

const METHOD_TYPES = [
  'acss_debit',
  'bacs_debit',
  'card',
  'ideal',
  'klarna',
  'link',
  'paypal',
  'sepa_debit',
  'us_bank_account',
];

const isOver = (status: unknown) => status === 'canceled' || status === 'incomplete_expired';

/** The parameters are those of https://docs.stripe.com/api; sentences there say what a list leaves out. */
export const RESOURCES: readonly Resource[] = [
  {
    path: '/v1/customers',
    kind: 'customer',
    filters: { created: range('created'), email: equals('email') },
    hides: ({ deleted }) => deleted === true,
  },
  {
    path: '/v1/payment_intents',
    kind: 'payment_intent',
    filters: { created: range('created'), customer: refersTo('customer', 'customer') },
  },
  {
    path: '/v1/charges',
    kind: 'charge',
    filters: {
      created: range('created'),
      customer: refersTo('customer', 'customer'),
      payment_intent: refersTo('payment_intent', 'payment_intent'),
    },
  },
  {
    path: '/v1/checkout/sessions',
    kind: 'checkout.session',
    filters: {
      created: range('created'),
      customer: refersTo('customer', 'customer'),
      payment_intent: refersTo('payment_intent', 'payment_intent'),
      status: oneOf('status', ['complete', 'expired', 'open']),
    },
  },
  {
    path: '/v1/disputes',
    kind: 'dispute',
    filters: {
      charge: refersTo('charge', 'charge'),
      created: range('created'),
      payment_intent: refersTo('payment_intent', 'payment_intent'),
    },
  },
  {
    path: '/v1/events',
    kind: 'event',
    filters: {
      created: range('created'),
      delivery_success: oneOf(
        'pending_webhooks',
        ['true', 'false'],
        (choice, pending) => choice === String(pending === 0),
      ),
      type: matching('type'),
      types: anyOf('type', 20),
    },
  },
  {
    path: '/v1/refunds',
    kind: 'refund',
    filters: {
      charge: refersTo('charge', 'charge'),
      created: range('created'),
      payment_intent: refersTo('payment_intent', 'payment_intent'),
    },
  },
  {
    path: '/v1/invoices',
    kind: 'invoice',
    filters: {
      collection_method: oneOf('collection_method', ['charge_automatically', 'send_invoice']),
      created: range('created'),
      customer: refersTo('customer', 'customer'),
      due_date: range('due_date'),
      status: oneOf('status', ['draft', 'open', 'paid', 'uncollectible', 'void']),
      subscription: refersTo('subscription', 'parent.subscription_details.subscription'),
    },
  },
  {
    path: '/v1/invoiceitems',
    kind: 'invoiceitem',
    filters: {
      created: range('created'),
      customer: refersTo('customer', 'customer'),
      invoice: refersTo('invoice', 'invoice'),
      pending: oneOf(
        'invoice',
        ['true', 'false'],
        (choice, invoice) => choice === String(invoice === null),
      ),
    },
  },
  {
    path: '/v1/subscriptions',
    kind: 'subscription',
    filters: {
      collection_method: oneOf('collection_method', ['charge_automatically', 'send_invoice']),
      created: range('created'),
      customer: refersTo('customer', 'customer'),
      price: refersTo('price', 'plan.id'),
      status: oneOf('status', SUBSCRIPTION_STATUSES, (choice, status) =>
        choice === 'all' ? true : choice === 'ended' ? isOver(status) : choice === status,
      ),
    },
    hides: ({ status }, params) => params['status'] === undefined && isOver(status),
  },
  {
    path: '/v1/payment_methods',
    kind: 'payment_method',
    filters: { customer: refersTo('customer', 'customer'), type: oneOf('type', METHOD_TYPES) },
  },
  {
    path: '/v1/invoice_payments',
    kind: 'invoice_payment',
    filters: {
      created: range('created'),
      invoice: refersTo('invoice', 'invoice'),
      payment: nested({
        payment_intent: refersTo('payment_intent', 'payment.payment_intent'),
        type: oneOf('payment.type', ['charge', 'payment_intent', 'payment_record']),
      }),
      status: oneOf('status', ['canceled', 'open', 'paid']),
    },
  },
  {
    path: '/v1/prices',
    kind: 'price',
    filters: {
      active: oneOf('active', ['true', 'false'], (choice, value) => choice === String(value)),
      created: range('created'),
      currency: equals('currency'),
      product: refersTo('product', 'product'),
      type: oneOf('type', ['one_time', 'recurring']),
    },
  },
  {
    path: '/v1/products',
    kind: 'product',
    filters: {
      active: oneOf('active', ['true', 'false'], (choice, value) => choice === String(value)),
      created: range('created'),
    },
  },
  {
    path: '/v1/balance_transactions',
    kind: 'balance_transaction',
    filters: {
      created: range('created'),
      currency: equals('currency'),
      source: equals('source'),
      type: equals('type'),
    },
  },
  {
    path: '/v1/webhook_endpoints',
    kind: 'webhook_endpoint',
    filters: {},
    // Event destinations with thin events are of v2 alone.
    hides: ({ event_payload: payload }) => payload === 'thin',
  },
];

/** A list below one object: `/v1/invoices/:id/lines`. */
export interface Sublist {
  readonly owner: Kind;
  readonly name: string;
  readonly kind: Kind | Part;
  readonly filters: Readonly<Record<string, Filter>>;
  readonly items: (owner: WireObject, store: Store) => readonly JsonObject[];
}

export const SUBLISTS: readonly Sublist[] = [
  {
    owner: 'customer',
    name: 'payment_methods',
    kind: 'payment_method',
    filters: { type: oneOf('type', METHOD_TYPES) },
    items: ({ id }, store) => store.all('payment_method').filter(({ customer }) => customer === id),
  },
  {
    owner: 'charge',
    name: 'refunds',
    kind: 'refund',
    filters: {},
    items: ({ id }, store) => store.all('refund').filter(({ charge }) => charge === id),
  },
  {
    owner: 'checkout.session',
    name: 'line_items',
    kind: 'item',
    filters: {},
    items: (session) => (session['line_items'] as { readonly data: readonly JsonObject[] }).data, // A list always.
  },
  {
    owner: 'invoice',
    name: 'lines',
    kind: 'line_item',
    filters: {},
    items: (invoice) => (invoice['lines'] as { readonly data: readonly JsonObject[] }).data, // A list always.
  },
];
