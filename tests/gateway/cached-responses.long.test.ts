import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { type RedisServer, startRedis } from '../state/redis-server.ts';
import { startTestGateway, type TestGateway } from './start-gateway.ts';
import { TRACED } from './traced.ts';

const CARDS =
  '{ customers(first: 5) { nodes { id name company { name } payments(first: 2) { nodes { amount { amount } } } } } }';
const PLACES =
  '{ customers(first: 5) { nodes { address { place { id location { latitude } } timeZone } } } }';
const FORMATTED = '{ customers(first: 5) { nodes { address { place { formattedAddress } } } } }';
const RENAME = `mutation ($id: ID!, $name: String!) {
  updateCustomer(input: { id: $id, firstName: $name }) { customer { firstName } userErrors { message } }
}`;

const CRM_AND_PAYMENTS = {
  CRM_CACHE: 'Customer=1h, Company=1h',
  PAYMENTS_CACHE: 'BillingAccount=1h,Payment=1h',
};

const callsOf = ({ headers }: { readonly headers: Headers }) =>
  Number(headers.get('x-tributary-upstream-calls'));

describe.each(['embedded', 'distributed'] as const)('cached responses, %s', (mode) => {
  let sandbox: Sandbox;
  const running: TestGateway[] = [];
  const start = async (environment: Record<string, string>) => {
    const gateway = await startTestGateway({ mode, sandbox, environment });
    running.push(gateway);
    return gateway;
  };
  beforeAll(async () => {
    sandbox = await startSandbox();
  });
  afterAll(async () => {
    for (const gateway of running) await gateway.close();
    await sandbox.close();
  });

  it('do not exist unless the operator configures them', async () => {
    const gateway = await start({});
    await gateway.query(CARDS);
    expect(callsOf(await gateway.query(CARDS))).toBeGreaterThan(0);
  });

  it('answer a repeated query without a vendor call, which the metrics count', async () => {
    const gateway = await start(CRM_AND_PAYMENTS);
    const first = await gateway.query(CARDS);
    const again = await gateway.query(CARDS);
    expect(callsOf(first)).toBeGreaterThan(0);
    expect(callsOf(again)).toBe(0);
    expect(again.data).toEqual(first.data);
    expect(again.extensions).toBeUndefined();
    const metrics = await Promise.all(
      gateway.urls.map(async (url) => (await fetch(`${url}/metrics`)).text()),
    );
    const lookups =
      /^tributary_upstream_cache_lookups_total\{vendor="(\w+)",result="hit"\} ([1-9]\d*)$/gm;
    expect([...metrics.join('\n').matchAll(lookups)].map(([, vendor]) => vendor).sort()).toEqual([
      'hubspot',
      'stripe',
    ]);
  });

  it('are invalidated by a mutation: its payload and all later responses are fresh', async () => {
    const gateway = await start(CRM_AND_PAYMENTS);
    const { data } = await gateway.query(CARDS);
    const { id, name } = data.customers.nodes[0];
    const changed = await gateway.query(RENAME, { id, name: `Renamed ${mode}` });
    expect(changed.data).toEqual({
      updateCustomer: { customer: { firstName: `Renamed ${mode}` }, userErrors: [] },
    });
    const after = await gateway.query(CARDS);
    expect(after.data.customers.nodes[0].name).toMatch(`Renamed ${mode}`);
    expect(after.data.customers.nodes[0].name).not.toBe(name);
  });

  it.each(['reset', '503', 'hang'] as const)(
    'are used while a vendor is down (%s) if the operator allows it, and are reported as stale',
    async (fault) => {
      const environment = {
        CRM_CACHE: 'Customer=1s,Company=1s',
        CRM_CACHE_STALE: 'Customer=1h,Company=1h',
        REQUEST_TIMEOUT_MS: '4000',
        UPSTREAM_MAX_TRIES: '1',
      };
      const gateway = await start(environment);
      const query = '{ customers(first: 3) { nodes { name company { name } } } }';
      const before = await gateway.query(query);
      sandbox.hubspot.fault = fault;
      try {
        for (;;) {
          const { data, errors, extensions } = await gateway.query(query);
          expect(errors).toBeUndefined();
          expect(data).toEqual(before.data);
          if (extensions === undefined) continue; // Still as good as new.
          const age = expect.any(Number);
          expect(extensions).toEqual({
            stale: expect.arrayContaining([{ service: 'crm', type: 'Customer', ageSeconds: age }]),
          });
          break;
        }
      } finally {
        sandbox.hubspot.fault = null;
      }
    },
  );

  it('contain place ids and locations with MAPS_KEEP_PLACES, and nothing else of the mapping service', async () => {
    const gateway = await start({ MAPS_KEEP_PLACES: 'true', CRM_CACHE: 'Customer=1h' });
    const first = await gateway.query(PLACES, {}, TRACED);
    const again = await gateway.query(PLACES, {}, TRACED);
    const geocoded = (answer: typeof first) =>
      answer.extensions?.upstream?.filter(({ path }) => path === '/maps/api/geocode/json').length;
    expect(geocoded(first)).toBeGreaterThan(0);
    expect(geocoded(again)).toBe(0);
    expect(again.data).toEqual(first.data);
    const formatted = await gateway.query(FORMATTED, {}, TRACED);
    expect(geocoded(formatted)).toBe(geocoded(first));
    expect(formatted.data.customers.nodes[0].address.place.formattedAddress).toEqual(
      expect.any(String),
    );
  });
});

describe('after a month', () => {
  it('the place id of an address is still cached, and its location is requested again', async () => {
    const gateway = await startTestGateway({ environment: { MAPS_KEEP_PLACES: 'true' } });
    const ask = async (fields: string) =>
      callsOf(
        await gateway.query(`{ geocode(address: "5 Avenue Anatole France, Paris") { ${fields} } }`),
      );
    expect(await ask('id location { latitude }')).toBe(1);
    const later = Date.now() + 31 * 86_400_000;
    jest.spyOn(Date, 'now').mockImplementation(() => later);
    try {
      expect(await ask('id')).toBe(0);
      expect(await ask('location { latitude }')).toBe(1);
      expect(await ask('location { latitude }')).toBe(0);
    } finally {
      jest.restoreAllMocks();
      await gateway.close();
    }
  });
});

describe('with Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it('instances share cached responses, and a mutation on one invalidates them for all', async () => {
    const sandbox = await startSandbox();
    const environment = { ...CRM_AND_PAYMENTS, REDIS_URL: redis.url };
    const one = await startTestGateway({ sandbox, environment });
    const other = await startTestGateway({ sandbox, environment });
    const { data } = await one.query(CARDS);
    expect(callsOf(await other.query(CARDS))).toBe(0);
    await other.query(RENAME, { id: data.customers.nodes[0].id, name: 'Seen by both' });
    expect((await one.query(CARDS)).data.customers.nodes[0].name).toMatch('Seen by both');
    await one.close();
    await other.close();
    await sandbox.close();
  });
});
