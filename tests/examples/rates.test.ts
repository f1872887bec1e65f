import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeBuilt, type Program, startProgram } from '../built-program.ts';
import { sendOperation } from '../gateway/start-gateway.ts';
import { TRACED } from '../gateway/traced.ts';

let gateway: Program;
let service: Program;

beforeAll(async () => {
  const environment = {
    PORT: '0',
    GRAPH: resolve('examples/connectors/rates/graph.yaml'),
    LOG_LEVEL: 'warn',
  };
  gateway = startProgram('gateway.js', [], environment);
  service = startProgram('subgraph.js', ['rates'], environment);
  await Promise.all([gateway.url, service.url]);
});
afterAll(() => Promise.all([gateway.end(), service.end()]));

const MONEY = `{
  payments(first: 20) { nodes { amount { currency in(currency: "EUR", on: "2026-03-02") { amount currency } } } }
  deals(first: 20) { nodes { amount { currency in(currency: "EUR", on: "2026-03-02") { amount currency } } } }
  exchangeRate(from: "USD", to: "EUR", on: "2026-03-02") { rate day }
}`;

describeBuilt('a gateway with the rates feed', () => {
  it('gives the money of payments and deals in one currency with one call to the bank', async () => {
    const { data, errors, extensions } = await sendOperation(
      await gateway.url,
      { query: MONEY },
      TRACED,
    );
    expect(errors).toBeUndefined();
    const amounts = [...data.payments.nodes, ...data.deals.nodes].flatMap(
      ({ amount }: { amount: { currency: string; in: unknown } | null }) => amount ?? [],
    );
    expect(new Set(amounts.map(({ currency }) => currency)).size).toBeGreaterThan(3);
    for (const { currency, in: converted } of amounts) {
      if (currency === 'EUR') continue;
      // The bank has no rate of the Kuwaiti dinar.
      const hasRate = currency !== 'KWD';
      expect(converted).toEqual(
        hasRate ? { amount: expect.stringMatching(/^\d+\.\d\d$/), currency: 'EUR' } : null,
      );
    }
    expect(data.exchangeRate).toEqual({ rate: expect.any(String), day: '2026-03-02' });
    const calls = extensions?.upstream?.filter((call) => call.service === 'rates') ?? [];
    expect(calls.map(({ vendor, path }) => `${vendor} ${path}`)).toEqual([
      'ecb /data/EXR/D..EUR.SP00.A',
    ]);
  });

  it('foresees that call, and none for operations without these fields', async () => {
    const callsOf = async (fields: string) => {
      const query = `{ payments(first: 20) { nodes { amount { ${fields} } } } }`;
      const { extensions } = await sendOperation(
        await gateway.url,
        { query },
        { 'x-tributary-cost': '1' },
      );
      return extensions;
    };
    const estimated = (rates: number) => ({
      cost: { vendorCalls: { estimated: expect.objectContaining({ payments: 1, rates }) } },
    });
    expect(await callsOf('currency')).toMatchObject(estimated(0));
    expect(await callsOf('in(currency: "EUR") { amount }')).toMatchObject(estimated(1));
  });
});

describeBuilt('the rates feed as a service of its own', () => {
  it('responds to any gateway: money by its amount and currency, with one call', async () => {
    const of = ['10.00', '20.00', '30.00'].map((amount) => ({
      __typename: 'Money',
      amount,
      currency: 'USD',
    }));
    const { data, errors, extensions } = await sendOperation(
      await service.url,
      {
        query: `query ($of: [_Any!]!) {
          _entities(representations: $of) { ... on Money { in(currency: "JPY") { amount currency } } }
          _service { sdl }
        }`,
        variables: { of },
      },
      TRACED,
    );
    expect(errors).toBeUndefined();
    expect(data._entities).toEqual(
      of.map(() => ({ in: { amount: expect.stringMatching(/^\d+$/), currency: 'JPY' } })),
    );
    expect(data._service.sdl).toContain('@key(fields: "amount currency")');
    expect(data._service.sdl).not.toMatch(/@connect|@source/);
    expect(extensions?.upstream ?? [{}]).toHaveLength(1);
  });
});
