import { describe, expect, it } from '@jest/globals';
import { openStripe, type Wire } from './stripe-requests.ts';

const stripe = openStripe();
const idsOf = (objects: readonly Wire[]) => objects.map(({ id }) => id);

const PATHS = [
  '/v1/customers',
  '/v1/payment_intents',
  '/v1/charges',
  '/v1/refunds',
  '/v1/invoices',
  '/v1/subscriptions',
  '/v1/payment_methods',
  '/v1/invoice_payments',
  '/v1/prices',
  '/v1/products',
  '/v1/balance_transactions',
];

describe('Stripe sandbox vendor, paging', () => {
  it.each(PATHS)('%s returns each item once, newest first, with any page size', (path) => {
    const all = stripe.every(path);
    const created = all.map((object) => object.created);
    expect(new Set(idsOf(all)).size).toBe(all.length);
    expect(created).toEqual([...created].sort((a, b) => b - a));
    const bySevens: Wire[] = [];
    for (let more = true; more && bySevens.length < 70;) {
      const last = bySevens.at(-1);
      const page = stripe.list(`${path}?limit=7${last ? `&starting_after=${last.id}` : ''}`);
      bySevens.push(...page.data);
      more = page.has_more;
    }
    expect(idsOf(bySevens)).toEqual(idsOf(all).slice(0, 70));
  });

  it('returns ten items by default', () => {
    const page = stripe.list('/v1/charges');
    expect(page).toMatchObject({ object: 'list', url: '/v1/charges', has_more: true });
    expect(page.data).toHaveLength(10);
  });

  it('returns the page directly before an object', () => {
    const ids = idsOf(stripe.every('/v1/charges'));
    const page = stripe.list(`/v1/charges?limit=3&ending_before=${ids[10] ?? ''}`);
    expect(idsOf(page.data)).toEqual(ids.slice(7, 10));
    expect(page.has_more).toBe(true);
    expect(stripe.list(`/v1/charges?limit=3&ending_before=${ids[3] ?? ''}`).has_more).toBe(false);
  });

  it('returns ten lines of a long invoice, and the others page by page', () => {
    const long = stripe
      .every('/v1/invoices')
      .find(({ lines }) => (lines as { has_more: boolean }).has_more);
    const lines = long?.['lines'] as { data: Wire[]; total_count: number; url: string };
    expect(lines.data).toHaveLength(10);
    const all = stripe.every(lines.url);
    expect(all).toHaveLength(lines.total_count);
    expect(idsOf(all.slice(0, 10))).toEqual(idsOf(lines.data));
  });
});

describe('Stripe sandbox vendor, filters', () => {
  const customers = stripe.every('/v1/customers');
  const intents = stripe.every('/v1/payment_intents');

  it('finds customers by their e-mail, exactly', () => {
    const email = String(customers.find((customer) => customer['email'] !== null)?.['email']);
    const expected = customers.filter((customer) => customer['email'] === email);
    expect(stripe.list(`/v1/customers?email=${encodeURIComponent(email)}`).data).toEqual(expected);
    expect(
      stripe.list(`/v1/customers?email=${encodeURIComponent(email.toUpperCase())}`).data,
    ).toEqual([]);
  });

  it('returns the objects of a customer', () => {
    const owner = String(intents[0]?.['customer']);
    for (const path of [
      '/v1/payment_intents',
      '/v1/charges',
      '/v1/invoices',
      '/v1/subscriptions',
      '/v1/payment_methods',
    ]) {
      expect(stripe.every(path, { customer: owner })).toEqual(
        stripe.every(path).filter(({ customer }) => customer === owner),
      );
    }
    expect(stripe.every(`/v1/customers/${owner}/payment_methods`)).toEqual(
      stripe.every('/v1/payment_methods', { customer: owner }),
    );
  });

  it('returns objects created within bounds', () => {
    const [later = 0, earlier = 0] = [intents[100]?.created, intents[200]?.created];
    const between = (holds: (created: number) => boolean) =>
      idsOf(intents.filter(({ created }) => holds(created)));
    expect(
      idsOf(
        stripe.every('/v1/payment_intents', {
          'created[gte]': String(earlier),
          'created[lt]': String(later),
        }),
      ),
    ).toEqual(between((created) => created >= earlier && created < later));
    expect(
      idsOf(
        stripe.every('/v1/payment_intents', {
          'created[gt]': String(earlier),
          'created[lte]': String(later),
        }),
      ),
    ).toEqual(between((created) => created > earlier && created <= later));
    expect(idsOf(stripe.every('/v1/payment_intents', { created: String(later) }))).toEqual(
      between((created) => created === later),
    );
  });

  it('omits cancelled subscriptions without a status filter', () => {
    const statuses = (query: Record<string, string>) =>
      new Set(stripe.every('/v1/subscriptions', query).map(({ status }) => status));
    expect(statuses({}).has('canceled')).toBe(false);
    expect(statuses({ status: 'all' }).has('canceled')).toBe(true);
    expect(statuses({ status: 'ended' })).toEqual(new Set(['canceled']));
    expect(statuses({ status: 'past_due' })).toEqual(new Set(['past_due']));
  });

  it('returns the invoices of a subscription, and those of a status', () => {
    const subscription = stripe
      .every('/v1/subscriptions')
      .find(({ status }) => status === 'active');
    const found = stripe.every('/v1/invoices', { subscription: subscription?.id ?? '' });
    expect(found[0]?.id).toBe(subscription?.['latest_invoice']);
    expect(found[0]).toMatchObject({
      parent: { subscription_details: { subscription: subscription?.id } },
    });
    expect(
      new Set(stripe.every('/v1/invoices', { status: 'draft' }).map(({ status }) => status)),
    ).toEqual(new Set(['draft']));
  });

  it('returns the items of a subscription, which is required', () => {
    const [subscription] = stripe.list('/v1/subscriptions').data;
    const items = stripe.list(`/v1/subscription_items?subscription=${subscription?.id ?? ''}`);
    expect(items.data).toEqual((subscription?.['items'] as { data: Wire[] }).data);
    expect(stripe.refusal(stripe.ask('/v1/subscription_items'))).toMatchObject({
      status: 400,
      code: 'parameter_missing',
    });
  });

  it('continues after an object that the list omits', () => {
    const [canceled] = stripe.every('/v1/subscriptions', { status: 'canceled' });
    expect(stripe.ask(`/v1/subscriptions?starting_after=${canceled?.id ?? ''}`).status).toBe(200);
  });

  it('returns the refunds of a payment intent', () => {
    const refund = stripe.every('/v1/refunds')[0];
    const found = stripe.every('/v1/refunds', {
      payment_intent: String(refund?.['payment_intent']),
    });
    expect(idsOf(found)).toContain(refund?.id);
    expect(new Set(found.map((one) => one['payment_intent']))).toEqual(
      new Set([refund?.['payment_intent']]),
    );
    expect(stripe.every(`/v1/charges/${String(refund?.['charge'])}/refunds`)).toEqual(found);
  });
});

describe('Stripe sandbox vendor, expansion', () => {
  const charge = stripe
    .every('/v1/charges')
    .find(({ amount_refunded: amount, status }) => amount !== 0 && status === 'succeeded');

  it('replaces ids by objects, also nested', () => {
    const intent = String(charge?.['payment_intent']);
    const answer = stripe.get(
      `/v1/payment_intents/${intent}?expand[]=latest_charge.balance_transaction&expand[]=latest_charge.refunds&expand[]=customer`,
    );
    expect(answer).toMatchObject({
      customer: { object: 'customer', id: charge?.['customer'] },
      latest_charge: {
        id: charge?.id,
        balance_transaction: { object: 'balance_transaction' },
        refunds: {
          object: 'list',
          data: expect.arrayContaining([
            expect.objectContaining({ object: 'refund', charge: charge?.id }),
          ]),
        },
      },
    });
  });

  it('reads numbered lists, too, and starts with `data` on lists', () => {
    const answer = stripe.list(
      '/v1/subscriptions?expand[0]=data.latest_invoice.payments&expand[1]=data.customer&limit=100',
    );
    const paid = answer.data.find(({ status }) => status === 'active');
    expect(paid).toMatchObject({
      latest_invoice: { object: 'invoice', payments: { data: [{ object: 'invoice_payment' }] } },
      customer: { object: 'customer' },
    });
  });

  it('has at most four levels, including `data`', () => {
    const deep = 'payment_intent.latest_charge.payment_intent.latest_charge';
    expect(stripe.ask(`/v1/charges/${charge?.id ?? ''}?expand[]=${deep}`).status).toBe(200);
    expect(stripe.ask(`/v1/charges/${charge?.id ?? ''}?expand[]=${deep}.customer`).status).toBe(
      400,
    );
    expect(stripe.ask('/v1/subscriptions?expand[]=data.items.data.price').status).toBe(200);
    expect(stripe.ask('/v1/subscriptions?expand[]=data.items.data.price.product').status).toBe(400);
  });

  it('does not change stored objects', () => {
    const url = `/v1/charges/${charge?.id ?? ''}`;
    const before = stripe.get(url);
    stripe.get(`${url}?expand[]=customer&expand[]=refunds.data.payment_intent`);
    expect(stripe.get(url)).toEqual(before);
  });
});
