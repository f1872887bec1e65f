import { describe, expect, it } from '@jest/globals';
import { mockStripe } from './stripe-mock.ts';
import { line, invoice, list, subscription, subscriptionItem } from './stripe-objects.ts';

const stripe = mockStripe();

const PERIOD_END = 1_702_592_000;

async function planOf(changes: Record<string, unknown>, selection: string) {
  stripe.get('/v1/subscriptions/sub_1', {}, subscription('sub_1', 50, changes));
  const { data, errors } = await stripe.graph.ask(
    `{ recurringPlan(id: "sub_1") { ${selection} } }`,
  );
  expect(errors).toEqual([]);
  return data?.['recurringPlan'];
}

describe('the end of a recurring plan', () => {
  const at = (seconds: number) => new Date(seconds * 1000).toISOString();

  it.each([
    [
      'the flag alone means the period’s end',
      { cancel_at_period_end: true, cancel_at: null },
      { cancelsAtPeriodEnd: true, cancelsAt: at(PERIOD_END) },
    ],
    [
      'a cancel_at equal to the period’s end means the same',
      { cancel_at_period_end: false, cancel_at: PERIOD_END },
      { cancelsAtPeriodEnd: true, cancelsAt: at(PERIOD_END) },
    ],
    [
      'a cancel_at on another date is visible',
      { cancel_at_period_end: false, cancel_at: PERIOD_END + 86_400 },
      { cancelsAtPeriodEnd: false, cancelsAt: at(PERIOD_END + 86_400) },
    ],
    [
      'neither means that it goes on',
      { cancel_at_period_end: false, cancel_at: null },
      { cancelsAtPeriodEnd: false, cancelsAt: null },
    ],
    [
      'it is over once the plan has ended',
      { status: 'canceled', cancel_at_period_end: false, cancel_at: PERIOD_END + 1 },
      { cancelsAtPeriodEnd: false, cancelsAt: null },
    ],
  ])('%s', async (_rule, changes, expected) => {
    expect(await planOf(changes, 'cancelsAtPeriodEnd cancelsAt')).toEqual(expected);
  });

  it('at the end of any item’s own period counts as a period’s end', async () => {
    const items = list([
      subscriptionItem('si_1'),
      subscriptionItem('si_2', { current_period_end: PERIOD_END + 5 }),
    ]);
    expect(await planOf({ items, cancel_at: PERIOD_END + 5 }, 'cancelsAtPeriodEnd')).toEqual({
      cancelsAtPeriodEnd: true,
    });
  });

  it('has a time of its request, which is not the time of its end', async () => {
    const changes = { cancel_at: PERIOD_END, canceled_at: 1_700_000_000 };
    expect(await planOf(changes, 'status canceledAt cancelsAt')).toEqual({
      status: 'ACTIVE',
      canceledAt: at(1_700_000_000),
      cancelsAt: at(PERIOD_END),
    });
  });
});

describe('a recurring plan whose collection is paused', () => {
  it.each([
    [null, { isCollectionPaused: false, collectionPausedUntil: null }],
    [
      { behavior: 'void', resumes_at: null },
      { isCollectionPaused: true, collectionPausedUntil: null },
    ],
    [
      { behavior: 'keep_as_draft', resumes_at: 1_800_000_000 },
      { isCollectionPaused: true, collectionPausedUntil: '2027-01-15T08:00:00.000Z' },
    ],
  ])('keeps its status: pause_collection %j', async (pause, expected) => {
    expect(
      await planOf({ pause_collection: pause }, 'status isCollectionPaused collectionPausedUntil'),
    ).toEqual({ status: 'ACTIVE', ...expected });
  });
});

describe('a quantity', () => {
  it('of a recurring plan can be more than 32 bits hold', async () => {
    const items = list([subscriptionItem('si_1', { quantity: 3_000_000_000 })]);
    expect(await planOf({ items }, 'items { quantity }')).toEqual({
      items: [{ quantity: '3000000000' }],
    });
  });

  it('of an invoice line has the decimals that its whole number leaves out', async () => {
    const lines = [
      { ...line('il_1', { quantity: 1 }), quantity_decimal: '1.5' },
      { ...line('il_2', { quantity: 3_000_000_000 }), quantity_decimal: '3000000000' },
      line('il_3', { quantity: 2 }),
      line('il_4', { quantity: null }),
    ];
    stripe.get('/v1/invoices/in_1', {}, invoice('in_1', 1, { lines: list(lines) }));
    const { data, errors } = await stripe.graph.ask(
      '{ invoice(id: "in_1") { lines(first: 5) { nodes { quantity } } } }',
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      invoice: {
        lines: {
          nodes: ['1.5', '3000000000', '2', null].map((quantity) => ({ quantity })),
        },
      },
    });
  });

  it('is sold in packages if the price says so', async () => {
    const { price } = subscriptionItem('si_1');
    const items = list([
      subscriptionItem('si_1', {
        price: { ...price, transform_quantity: { divide_by: 100, round: 'up' } },
      }),
      subscriptionItem('si_2', { price: { ...price, transform_quantity: null } }),
    ]);
    expect(await planOf({ items }, 'items { unitAmount { amount } unitsPerPrice }')).toEqual({
      items: [
        { unitAmount: { amount: '9.00' }, unitsPerPrice: 100 },
        { unitAmount: { amount: '9.00' }, unitsPerPrice: 1 },
      ],
    });
  });
});

describe('an item whose price is listed in another currency than its plan is charged in', () => {
  const usd = {
    id: 'price_1',
    currency: 'usd',
    unit_amount: 1_000,
    unit_amount_decimal: '1000',
    recurring: { interval: 'month', interval_count: 1 },
  };
  const items = list([
    subscriptionItem('si_1', { price: usd }),
    subscriptionItem('si_2', { price: usd }),
  ]);
  const SELECTION = 'items { unitAmount { amount currency } }';
  const query = `{ recurringPlan(id: "sub_1") { ${SELECTION} } }`;

  it("has the price's amount in the plan’s currency, with one call per price", async () => {
    stripe.get(
      '/v1/prices/price_1',
      { 'expand[]': 'currency_options' },
      {
        ...usd,
        object: 'price',
        currency_options: {
          usd: { unit_amount: 1_000, unit_amount_decimal: '1000' },
          eur: { unit_amount: 925, unit_amount_decimal: '925' },
        },
      },
    );
    const unitAmount = { amount: '9.25', currency: 'EUR' };
    expect(await planOf({ currency: 'eur', items }, SELECTION)).toEqual({
      items: [{ unitAmount }, { unitAmount }],
    });
  });

  it('has an unknown amount if the price has none in that currency or is deleted', async () => {
    const nothing = { items: [{ unitAmount: null }, { unitAmount: null }] };
    stripe.get('/v1/prices/price_1', { 'expand[]': 'currency_options' }, usd);
    expect(await planOf({ currency: 'eur', items }, SELECTION)).toEqual(nothing);
    const missing = {
      error: { type: 'invalid_request_error', code: 'resource_missing', param: 'price' },
    };
    stripe.get('/v1/prices/price_1', { 'expand[]': 'currency_options' }, missing, 404);
    expect(await planOf({ currency: 'eur', items }, SELECTION)).toEqual(nothing);
  });

  it('is not looked up if the amount is not selected or the currencies are equal', async () => {
    expect(await planOf({ currency: 'eur', items }, 'items { id }')).toEqual({
      items: [{ id: 'si_1' }, { id: 'si_2' }],
    });
    expect(await planOf({ currency: 'usd', items }, SELECTION)).toEqual({
      items: Array.from({ length: 2 }, () => ({
        unitAmount: { amount: '10.00', currency: 'USD' },
      })),
    });
  });

  it.each(['search', '..', 'a/b'])('never reads another endpoint: id %j', async (id) => {
    const odd = list([subscriptionItem('si_1', { price: { ...usd, id } })]);
    stripe.get(
      '/v1/subscriptions/sub_1',
      {},
      subscription('sub_1', 50, { currency: 'eur', items: odd }),
    );
    const { data, errors, calls } = await stripe.graph.ask(query);
    expect([errors, calls.length]).toEqual([[], 1]);
    expect(data).toEqual({ recurringPlan: { items: [{ unitAmount: null }] } });
  });
});
