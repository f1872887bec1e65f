import { describe, expect, it } from '@jest/globals';
import { shapeDifferences } from './json-shape.ts';
import { readStripeRecordings } from './stripe-recordings.ts';
import { openStripe } from './stripe-requests.ts';

const exchanges = readStripeRecordings() ?? [];
const stripe = openStripe();

const recordedBy = (method: string, path: RegExp, status = 200) =>
  exchanges
    .filter(
      (exchange) =>
        exchange.method === method &&
        path.test(exchange.path.split('?')[0] ?? '') &&
        exchange.status === status,
    )
    .map(({ body }) => body);

const customer = stripe.newCustomer('recorded');
const { id: buyer, currency } = stripe.payingCustomer();
const product = stripe.object(stripe.write('/v1/products', { name: 'Monthly' })).id;
const subscribe = (of: string, more: Readonly<Record<string, string>> = {}) =>
  stripe.write('/v1/subscriptions', {
    customer: of,
    'items[0][price_data][currency]': typeof currency === 'string' ? currency : 'usd',
    'items[0][price_data][product]': product,
    'items[0][price_data][unit_amount]': 1000,
    'items[0][price_data][recurring][interval]': 'month',
    ...more,
  });
const subscription = stripe.object(subscribe(buyer)).id;

/** As the recorded ones were asked. */
const EXPANSIONS = [
  'default_payment_method',
  'discounts',
  'latest_invoice.confirmation_secret',
  'latest_invoice.payments',
]
  .concat(['latest_invoice.total_discount_amounts.discount', 'pending_setup_intent', 'schedule'])
  .map((path, index) => [`expand[${String(index)}]`, path] as const);
const expanded = Object.fromEntries(EXPANSIONS);

const NEWER =
  'subscriptions were recorded under an older version; under ours, only invoices were, which have it';

const NAMELESS = 'the recorded prices were named, which those made on the fly are not';

const meant = {
  meant: {
    'items.data[].plan.nickname': NAMELESS,
    'items.data[].price.nickname': NAMELESS,
    'plan.nickname': NAMELESS,
    'latest_invoice.customer_account': NEWER,
    'latest_invoice.lines.data[].quantity_decimal': NEWER,
    'latest_invoice.lines.data[].subtotal': NEWER,
  },
};

(exchanges.length === 0 ? describe.skip : describe)(
  'Stripe sandbox vendor, writes held against what Stripe was recorded to answer',
  () => {
    it('POST customers', () => {
      const ours = stripe.write('/v1/customers', {
        name: 'Stripe User',
        email: 'stripe@example.org',
        'expand[0]': 'tax',
        'expand[1]': 'invoice_credit_balance',
      }).body;
      expect(
        shapeDifferences([ours], recordedBy('POST', /\/v1\/customers$/), { maps: ['metadata'] }),
      ).toEqual([]);
    });

    it('POST invoiceitems, and the invoice that includes them', () => {
      const item = stripe.write('/v1/invoiceitems', {
        customer,
        amount: 1000,
        currency: 'usd',
        description: 'One-time setup fee',
      }).body;
      expect(shapeDifferences([item], recordedBy('POST', /\/v1\/invoiceitems$/))).toEqual([]);
      const invoice = stripe.write('/v1/invoices', {
        customer,
        pending_invoice_items_behavior: 'include',
      }).body;
      expect(shapeDifferences([invoice], recordedBy('POST', /\/v1\/invoices$/))).toEqual([]);
    });

    it('POST subscriptions, changed and canceled', () => {
      const created = subscribe(buyer, expanded).body;
      expect(
        shapeDifferences([created], recordedBy('POST', /\/v1\/subscriptions$/), meant),
      ).toEqual([]);
      const changed = stripe.write(`/v1/subscriptions/${subscription}`, {
        cancel_at_period_end: 'true',
        ...expanded,
      }).body;
      expect(
        shapeDifferences([changed], recordedBy('POST', /\/v1\/subscriptions\/sub_/), meant),
      ).toEqual([]);
      const query = new URLSearchParams(expanded).toString();
      const canceled = stripe.remove(`/v1/subscriptions/${subscription}?${query}`).body;
      expect(
        shapeDifferences([canceled], recordedBy('DELETE', /\/v1\/subscriptions\/sub_/), meant),
      ).toEqual([]);
    });

    it('refusals of subscriptions, word by word', () => {
      const refusals = [
        subscribe(customer),
        stripe.write('/v1/subscriptions', { customer, 'items[0][price]': 'invalid' }),
      ];
      const recorded = recordedBy('POST', /\/v1\/subscriptions$/, 400);
      expect(recorded.length).toBe(2);
      expect(
        shapeDifferences(
          refusals.map(({ body }) => body),
          recorded,
        ),
      ).toEqual([]);
      const saidBy = (bodies: readonly unknown[]) =>
        bodies.map((body) => {
          const { code, message, param, type } = (body as { error: Record<string, unknown> }).error; // Refusals have it.
          return { code, message, param, type };
        });
      expect(saidBy(refusals.map(({ body }) => body))).toEqual(saidBy(recorded));
    });

    it('headers of a refusal that is stored for its key', () => {
      const recorded = exchanges.find(
        ({ path, status }) => path.startsWith('/v1/subscriptions') && status === 400,
      );
      const answer = subscribe(customer, {});
      const keyed = stripe.write(
        '/v1/subscriptions',
        { customer, 'items[0][price]': 'invalid' },
        { 'idempotency-key': 'refused' },
      );
      expect(Object.keys({ 'content-type': '', ...keyed.headers }).toSorted()).toEqual(
        Object.keys(recorded?.responseHeaders ?? {}).toSorted(),
      );
      expect(answer.headers).not.toHaveProperty('original-request');
    });
  },
);
