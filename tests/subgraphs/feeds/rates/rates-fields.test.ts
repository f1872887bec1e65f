import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FusedSubgraph } from '../../../../gateway/engines/fused/subgraph-schema.ts';
import { SCALARS } from '../../../../subgraphs/scalars.ts';
import type { Run } from '../../../federation/run-operation.ts';
import { startRates } from './start-rates.ts';

const CURRENCIES = ['USD', 'GBP', 'JPY'];

const payments: FusedSubgraph = {
  name: 'payments',
  sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@shareable"])
    scalar Decimal
    scalar CurrencyCode
    type Money @shareable { amount: Decimal! currency: CurrencyCode! }
    type Payment { id: ID! amount: Money! }
    type Query {
      payments: [Payment!]!
      money(amount: Decimal!, currency: CurrencyCode!): Money!
    }`,
  resolvers: {
    CurrencyCode: SCALARS.CurrencyCode,
    Decimal: SCALARS.Decimal,
    Query: {
      payments: () =>
        Array.from({ length: 20 }, (_, index) => ({
          id: String(index),
          amount: { amount: `${String(index + 1)}00.50`, currency: CURRENCIES[index % 3] },
        })),
      money: (_root: unknown, money: object) => money,
    },
  },
  createContext: () => ({}),
};

let rates: Awaited<ReturnType<typeof startRates>>;
// Each has a cache of its own.
beforeEach(async () => {
  rates = await startRates([payments]);
});
afterEach(() => rates[Symbol.asyncDispose]());

const spans = () => rates.ecb.requests.map(({ query }) => query['endPeriod']);

async function convert(amount: string, from: string, to: string, on?: string) {
  const { data, errors } = await rates.graph.run(
    `query ($amount: Decimal!, $from: CurrencyCode!, $to: CurrencyCode!, $on: Date) {
      money(amount: $amount, currency: $from) { in(currency: $to, on: $on) { amount currency } }
    }`,
    { amount, from, to, ...(on !== undefined && { on }) },
  );
  expect(errors).toBeUndefined();
  // A cast: the query says what is in it.
  return (data as { money: { in: { amount: string; currency: string } | null } }).money.in;
}

async function rateOf(from: string, to: string, on?: string) {
  const { data, errors } = await rates.graph.run(
    'query ($from: CurrencyCode!, $to: CurrencyCode!, $on: Date) { exchangeRate(from: $from, to: $to, on: $on) { from to rate day } }',
    { from, to, ...(on !== undefined && { on }) },
  );
  expect(errors).toBeUndefined();
  // A cast: the query says what is in it.
  return (data as { exchangeRate: { rate: string; day: string } | null }).exchangeRate;
}

describe('money in another currency', () => {
  const PAYMENTS = `{
    payments { amount { amount currency in(currency: "EUR", on: "2026-03-02") { amount currency } } }
  }`;

  it.each([
    ['fused', () => rates.graph.run],
    ["behind Apollo's gateway", async () => (await rates.graph.apollo()).run],
  ] as const)('takes one call for twenty payments in three currencies, %s', async (_mode, of) => {
    const run: Run = await of();
    const { data, errors } = await run(PAYMENTS);
    expect(errors).toBeUndefined();
    expect(spans()).toEqual(['2026-03-02']);
    const dollar = await rateOf('USD', 'EUR', '2026-03-02');
    // A cast: the query says what is in it.
    const { payments: paid } = data as { payments: { amount: { in: { amount: string } } }[] };
    expect(paid).toHaveLength(20);
    expect(paid[0]).toEqual({
      amount: {
        amount: '100.50',
        currency: 'USD',
        in: { amount: (100.5 * Number(dollar?.rate)).toFixed(2), currency: 'EUR' },
      },
    });
  });

  it('takes one call for each day that the operation names', async () => {
    await rates.graph.run(`{
      payments { amount {
        before: in(currency: "EUR", on: "2025-03-03") { amount }
        after: in(currency: "CHF", on: "2026-03-03") { amount in(currency: "USD", on: "2026-03-03") { amount } }
      } }
    }`);
    expect(spans().sort()).toEqual(['2025-03-03', '2026-03-03']);
  });

  it('takes no call if it is not selected', async () => {
    await rates.graph.run('{ payments { amount { amount currency } } }');
    expect(spans()).toEqual([]);
  });

  it('is the same amount in its own currency, without a call', async () => {
    expect(await convert('12.3456', 'USD', 'USD')).toEqual({ amount: '12.3456', currency: 'USD' });
    expect(await convert('1', 'KES', 'KES', '2999-01-01')).toEqual({
      amount: '1',
      currency: 'KES',
    });
    expect(spans()).toEqual([]);
  });

  it('has the decimal places of the currency', async () => {
    expect(await convert('100', 'EUR', 'JPY')).toMatchObject({
      amount: expect.stringMatching(/^\d+$/),
    });
    expect(await convert('100', 'EUR', 'USD')).toMatchObject({
      amount: expect.stringMatching(/^\d+\.\d\d$/),
    });
  });

  it('is null without a rate: for a currency without one, a day before the first, a future day', async () => {
    expect(await convert('1', 'EUR', 'KES', '2026-03-02')).toBeNull();
    expect(await convert('1', 'KES', 'EUR', '2026-03-02')).toBeNull();
    expect(await convert('1', 'HRK', 'EUR', '2026-03-02')).toBeNull();
    expect(spans()).toHaveLength(1);
    expect(await convert('1', 'USD', 'EUR', '1999-01-03')).toBeNull();
    expect(await convert('1', 'USD', 'EUR', '2999-01-01')).toBeNull();
    expect(spans()).toHaveLength(1);
  });

  it('refuses an unknown currency code', async () => {
    const { errors } = await rates.graph.run(
      'query ($to: CurrencyCode!) { money(amount: "1", currency: "EUR") { in(currency: $to) { amount } } }',
      { to: 'EURO' },
    );
    expect(errors?.map(({ message }) => message)).toEqual([expect.stringContaining('EURO')]);
    expect(spans()).toEqual([]);
  });

  it.each([
    ['letters', { amount: '1e5', currency: 'USD' }],
    ['more digits than any amount', { amount: '1'.repeat(51), currency: 'USD' }],
    ['no currency', { amount: '1', currency: '' }],
    ['a number', { amount: 1.5, currency: ['USD'] }],
  ])('refuses money that another gateway names by %s, without a call', async (_title, money) => {
    const { errors } = await rates.graph.alone.run(
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Money { in(currency: "EUR") { amount } } } }',
      { of: [{ __typename: 'Money', ...money }] },
    );
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['BAD_USER_INPUT']);
    expect(spans()).toEqual([]);
  });

  it('is null with an error of its own field if the bank does not respond', async () => {
    rates.ecb.fault = '500';
    const { data, errors } = await rates.graph.run(
      '{ money(amount: "1", currency: "USD") { amount in(currency: "EUR") { amount } } }',
    );
    rates.ecb.fault = null;
    expect(data).toEqual({ money: { amount: '1', in: null } });
    expect(errors?.map(({ path, extensions }) => [path, extensions?.['code']])).toEqual([
      [['money', 'in'], 'UPSTREAM_UNAVAILABLE'],
    ]);
  });
});

describe('an exchange rate', () => {
  it('is that of the day, or the last one before it if the bank did not publish any', async () => {
    const friday = await rateOf('EUR', 'USD', '2026-02-27');
    expect(friday).toMatchObject({ day: '2026-02-27', from: 'EUR', to: 'USD' });
    expect(await rateOf('EUR', 'USD', '2026-03-01')).toEqual(friday);
    // Good Friday to Easter Monday.
    expect(await rateOf('EUR', 'USD', '2026-04-06')).toMatchObject({ day: '2026-04-02' });
    expect(await rateOf('EUR', 'USD', '1999-01-04')).toMatchObject({ day: '1999-01-04' });
    expect(await rateOf('EUR', 'HRK', '2023-01-02')).toMatchObject({ day: '2022-12-30' });
  });

  it('is the last one without a day', async () => {
    const last = await rateOf('USD', 'GBP');
    expect(last?.day).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(await rateOf('USD', 'GBP', last?.day)).toEqual(last);
  });

  it('of two currencies is calculated through the euro', async () => {
    const on = '2026-03-02';
    const [dollar, pound, cross] = await Promise.all([
      rateOf('EUR', 'USD', on),
      rateOf('EUR', 'GBP', on),
      rateOf('USD', 'GBP', on),
    ]);
    const expected = Number(pound?.rate) / Number(dollar?.rate);
    expect(Number(cross?.rate)).toBeCloseTo(expected, 9);
    expect(await rateOf('EUR', 'EUR', on)).toMatchObject({ rate: '1' });
  });

  it('refuses an invalid day', async () => {
    const { errors } = await rates.graph.run(
      'query ($on: Date) { exchangeRate(from: "EUR", to: "USD", on: $on) { rate } }',
      { on: '2026-02-30' },
    );
    expect(errors).toHaveLength(1);
    expect(spans()).toEqual([]);
  });
});
