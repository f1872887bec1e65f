import { afterEach, beforeAll, afterAll, describe, expect, it } from '@jest/globals';
import { createCallTrace, type RequestScope } from '../../../request/request-scope.ts';
import { openRedisState } from '../../../state/redis-state.ts';
import type { SharedState } from '../../../state/shared-state.ts';
import type { SourcePolicy } from '../../../subgraphs/connect/source-policy.ts';
import { type RedisServer, startRedis } from '../../state/redis-server.ts';
import { type Api, type ApiRequest, type ApiResponse, startApi } from './start-api.ts';
import { fuse, HEAD, readFile } from './start-connectors.ts';

const SDL = `
  type Order { id: ID! article: String! note: String }
  input NewOrder { article: String! idempotencyKey: String }
  type Query { health: String @connect(source: "erp", http: { GET: "/health" }, selection: "$.status") }
  type Mutation {
    order(article: String!, idempotencyKey: String): Order
      @connect(source: "erp", http: { POST: "/orders", body: "article: $args.article", headers: [{ name: "x-tenant", from: "x-tenant" }] },
        selection: "id article note")
    orderByInput(input: NewOrder!): Order
      @connect(source: "erp", http: { POST: "/orders", body: "article: $args.input.article" }, selection: "id article")
    orderWithoutKey(article: String!): Order
      @connect(source: "erp", http: { POST: "/orders", body: "article: $args.article" }, selection: "id article")
  }
`;

const ORDER =
  'mutation ($key: String) { order(article: "lamp", idempotencyKey: $key) { id article } }';
const WITHOUT_KEY = 'mutation { orderWithoutKey(article: "lamp") { id } }';
const KEYED = { idempotencyKey: { header: 'idempotency-key', rememberedSeconds: undefined } };

/** An API that does each order once for its key, if it knows keys at all; `answers` say what becomes of the response, one call each. */
interface Shop {
  readonly api: Api;
  readonly orders: { id: number; article: string }[];
  readonly keys: (string | undefined)[];
  readonly answers: ((order: object) => ApiResponse)[];
}

async function startShop({ note }: { note?: string } = {}): Promise<Shop> {
  const orders: Shop['orders'] = [];
  const byKey = new Map<string, object>();
  const keys: Shop['keys'] = [];
  const answers: Shop['answers'] = [];
  const api = await startApi(({ body, headers }: ApiRequest): ApiResponse => {
    const key = headers['idempotency-key'];
    keys.push(typeof key === 'string' ? key : undefined);
    let order = typeof key === 'string' ? byKey.get(key) : undefined;
    if (order === undefined) {
      const { article } = JSON.parse(body) as { article: string };
      orders.push({ id: orders.length + 1, article });
      order = { ...orders.at(-1), ...(note !== undefined && { note }) };
      if (typeof key === 'string') byKey.set(key, order);
    }
    const answer = answers.shift();
    return answer === undefined ? { status: 201, body: order } : answer(order);
  });
  return { api, orders, keys, answers };
}

const graphOf = (
  { api }: Pick<Shop, 'api'>,
  policy: Partial<SourcePolicy> = {},
  resources: { readonly state?: SharedState } = {},
) =>
  fuse(
    readFile(`${HEAD} @source(name: "erp", http: { baseURL: "${api.url}" }) ${SDL}`, {
      erp: policy,
    }),
    [],
    { UPSTREAM_MAX_TRIES: '3', UPSTREAM_MAX_FAILURES: '0' },
    resources,
  );

const scopeOf = (more: Partial<RequestScope> = {}) => ({
  scope: { signal: new AbortController().signal, trace: createCallTrace(), ...more },
});

/** Of a client that waits no longer than this. */
const impatient = () => {
  const signal = AbortSignal.timeout(300);
  return scopeOf({ signal, deadlineAt: performance.now() + 300 });
};

const closing: (() => PromiseLike<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function start(policy: Partial<SourcePolicy>, options: { note?: string } = {}) {
  const shop = await startShop(options);
  const graph = graphOf(shop, policy);
  closing.push(graph.close, () => shop.api[Symbol.asyncDispose]());
  return { ...shop, ...graph };
}

const lost: Shop['answers'][number] = () => 'broken';
const failed: Shop['answers'][number] = () => ({ status: 500, body: {} });
const hung: Shop['answers'][number] = () => undefined;

describe('a mutation of a source without idempotency keys', () => {
  it.each([
    ['a connection that breaks', lost],
    ['the status 500', failed],
    ['the status 503', () => ({ status: 503, body: {} })],
    ['the status 408, which proxies use too', () => ({ status: 408, body: {} })],
    ['a redirect to what was made', () => ({ status: 303, headers: { location: '/orders/1' } })],
    ['a response that is no JSON', () => ({ status: 201, body: '<html>' })],
  ] as const)('is sent once and OUTCOME_UNKNOWN after %s', async (_title, answer) => {
    const { answers, orders, run } = await start({});
    answers.push(answer);
    const { errors } = await run(ORDER, { key: 'k1' });
    expect(errors?.map(({ extensions }) => extensions)).toEqual([
      { code: 'OUTCOME_UNKNOWN', retryable: false, service: 'erp' },
    ]);
    expect(errors?.[0]?.message).toContain('Check what was done');
    expect(orders).toHaveLength(1);
  });

  it('is sent once and OUTCOME_UNKNOWN if the source hangs until the deadline', async () => {
    const { answers, orders, run } = await start({});
    answers.push(hung);
    const { errors } = await run(ORDER, {}, impatient());
    expect(errors?.map(({ extensions }) => extensions)).toEqual([
      { code: 'OUTCOME_UNKNOWN', retryable: false, service: 'erp' },
    ]);
    expect(orders).toHaveLength(1);
  });

  it('is retried after a 429, which means that it was not executed', async () => {
    const { answers, keys, run } = await start({});
    answers.push(() => ({ status: 429, headers: { 'retry-after': '0' } }));
    const { errors } = await run(ORDER);
    expect(errors).toBeUndefined();
    expect(keys).toEqual([undefined, undefined]);
  });

  it('has no unknown outcome if the source cannot be reached', async () => {
    const { api, run } = await start({});
    await api[Symbol.asyncDispose]();
    closing.pop();
    const { errors } = await run(ORDER);
    expect(errors?.[0]?.extensions?.['code']).toBe('UPSTREAM_UNAVAILABLE');
  });
});

describe('a mutation of a source with idempotency keys', () => {
  it("is sent with a key, and executed once for the client's key, whose repeated request gets the first outcome", async () => {
    const { orders, keys, run } = await start(KEYED);
    const first = await run(ORDER, { key: 'k1' });
    const again = await run(ORDER, { key: 'k1' });
    expect(first).toEqual({ data: { order: { id: '1', article: 'lamp' } } });
    expect(again).toEqual(first);
    expect(orders).toHaveLength(1);
    expect(keys).toEqual([expect.stringMatching(/^[\da-f]{64}$/)]);
  });

  it('uses the key in a field of its input', async () => {
    const { orders, run } = await start(KEYED);
    const mutation =
      'mutation { orderByInput(input: { article: "lamp", idempotencyKey: "k1" }) { id } }';
    expect(await run(mutation)).toEqual(await run(mutation));
    expect(orders).toHaveLength(1);
  });

  it.each([
    [
      'other arguments',
      'mutation { order(article: "desk", idempotencyKey: "k1") { id } }',
      'north',
    ],
    ['another header', 'mutation { order(article: "lamp", idempotencyKey: "k1") { id } }', 'south'],
  ])('is refused with the key of a mutation with %s', async (_title, mutation, tenant) => {
    const { orders, run } = await start(KEYED);
    await run(ORDER, { key: 'k1' }, scopeOf({ clientHeaders: { 'x-tenant': 'north' } }));
    const { errors } = await run(mutation, {}, scopeOf({ clientHeaders: { 'x-tenant': tenant } }));
    expect(errors?.map(({ extensions }) => extensions)).toEqual([
      { code: 'BAD_USER_INPUT', retryable: false, field: ['idempotencyKey'] },
    ]);
    expect(orders).toHaveLength(1);
  });

  it('is a different mutation for another caller with the same key', async () => {
    const { orders, run } = await start(KEYED);
    await run(ORDER, { key: 'k1' }, scopeOf({ callerId: 'ann' }));
    await run(ORDER, { key: 'k1' }, scopeOf({ callerId: 'bob' }));
    expect(orders).toHaveLength(2);
  });

  it.each([
    ['a connection that breaks', lost],
    ['the status 503', () => ({ status: 503, headers: { 'retry-after': '0' } })],
  ] as const)('is retried with its key after %s', async (_title, answer) => {
    const { answers, orders, keys, run } = await start(KEYED);
    answers.push(answer);
    const { data, errors } = await run(ORDER, { key: 'k1' });
    expect(errors).toBeUndefined();
    expect(data).toEqual({ order: { id: '1', article: 'lamp' } });
    expect(orders).toHaveLength(1);
    expect(new Set(keys).size).toBe(1);
  });

  it.each([
    ['answers 500', failed, scopeOf],
    ['hangs until the deadline', hung, impatient],
  ] as const)(
    'is OUTCOME_UNKNOWN with its key if the source %s, and a retry returns the outcome',
    async (_title, answer, scope) => {
      const { answers, orders, keys, run } = await start(KEYED);
      answers.push(answer);
      const { errors } = await run(ORDER, { key: 'k1' }, scope());
      expect(errors?.map(({ extensions }) => extensions)).toEqual([
        { code: 'OUTCOME_UNKNOWN', retryable: true, service: 'erp', idempotencyKey: 'k1' },
      ]);
      expect(await run(ORDER, { key: 'k1' })).toEqual({
        data: { order: { id: '1', article: 'lamp' } },
      });
      expect(orders).toHaveLength(1);
      expect(new Set(keys).size).toBe(1);
    },
  );

  it('returns the key that was generated for a client without one', async () => {
    const { answers, orders, run } = await start(KEYED);
    answers.push(failed);
    const { errors } = await run(ORDER);
    const key = errors?.[0]?.extensions?.['idempotencyKey'];
    expect(await run(ORDER, { key })).toEqual({ data: { order: { id: '1', article: 'lamp' } } });
    expect(orders).toHaveLength(1);
  });

  it('is refused by a 409 to its first try, which is not about the key, and can be retried', async () => {
    const { answers, keys, run } = await start(KEYED);
    answers.push(() => ({ status: 409, body: {} }));
    const { errors } = await run(ORDER, { key: 'k1' });
    expect(errors?.[0]?.extensions?.['code']).toBe('UPSTREAM_REJECTED');
    expect(keys).toHaveLength(1);
    expect((await run(ORDER, { key: 'k1' })).errors).toBeUndefined();
  });

  it('waits if a 409 says that an earlier try with its key is pending', async () => {
    const { answers, orders, run } = await start(KEYED);
    answers.push(lost, () => ({ status: 409, headers: { 'retry-after': '0' } }));
    expect(await run(ORDER, { key: 'k1' })).toEqual({
      data: { order: { id: '1', article: 'lamp' } },
    });
    expect(orders).toHaveLength(1);
  });

  it('stays OUTCOME_UNKNOWN while a 409 says that an earlier try is pending', async () => {
    const conflict = () => ({ status: 409, headers: { 'retry-after': '0' } });
    const { answers, orders, run } = await start({ ...KEYED, retries: 1 });
    answers.push(lost, conflict, conflict, conflict);
    const results = [await run(ORDER, { key: 'k1' }), await run(ORDER, { key: 'k1' })];
    expect(results.map(({ errors }) => errors?.[0]?.extensions)).toEqual(
      [1, 2].map(() => expect.objectContaining({ code: 'OUTCOME_UNKNOWN', retryable: true })),
    );
    expect((await run(ORDER, { key: 'k1' })).errors).toBeUndefined();
    expect(orders).toHaveLength(1);
  });

  it('is retried with its key even if clients cannot send one, but clients do not retry', async () => {
    const { answers, orders, keys, run } = await start(KEYED);
    answers.push(lost);
    expect((await run(WITHOUT_KEY)).errors).toBeUndefined();
    expect(new Set(keys).size).toBe(1);
    answers.push(failed);
    const { errors } = await run(WITHOUT_KEY);
    expect(errors?.map(({ extensions }) => extensions)).toEqual([
      { code: 'OUTCOME_UNKNOWN', retryable: false, service: 'erp' },
    ]);
    expect(orders).toHaveLength(2);
  });

  it('reads an outcome that is too large to be stored from the source again', async () => {
    const note = 'x'.repeat(200_000);
    const { orders, keys, run } = await start(KEYED, { note });
    const mutation = 'mutation { order(article: "lamp", idempotencyKey: "k1") { note } }';
    expect(await run(mutation)).toEqual({ data: { order: { note } } });
    expect(await run(mutation)).toEqual({ data: { order: { note } } });
    expect(orders).toHaveLength(1);
    expect(new Set(keys).size).toBe(1);
  });
});

describe('instances that share Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  async function startInstance(shop: Shop) {
    const state = await openRedisState({ url: redis.url, onChange: () => undefined });
    const graph = graphOf(shop, KEYED, { state });
    closing.push(graph.close, () => state.close());
    return graph;
  }

  it('execute a mutation once for a key, also if both get it at the same time', async () => {
    const shop = await startShop();
    closing.push(() => shop.api[Symbol.asyncDispose]());
    const [one, other] = await Promise.all([startInstance(shop), startInstance(shop)]);
    const results = await Promise.all([
      one.run(ORDER, { key: 'k1' }),
      other.run(ORDER, { key: 'k1' }),
      one.run(ORDER, { key: 'k1' }),
    ]);
    for (const result of results)
      expect(result).toEqual({ data: { order: { id: '1', article: 'lamp' } } });
    expect(shop.keys).toHaveLength(1);
  });

  it('share the outcome of a mutation that is unknown to one of them', async () => {
    const shop = await startShop();
    closing.push(() => shop.api[Symbol.asyncDispose]());
    const [one, other] = await Promise.all([startInstance(shop), startInstance(shop)]);
    shop.answers.push(failed);
    const { errors } = await one.run(ORDER, { key: 'k2' });
    expect(errors?.[0]?.extensions?.['code']).toBe('OUTCOME_UNKNOWN');
    expect((await other.run(ORDER, { key: 'k2' })).errors).toBeUndefined();
    expect(shop.orders).toHaveLength(1);
    expect(new Set(shop.keys).size).toBe(1);
  });
});

it('a repeated write whose response has a value of the wrong type gets the same error, not the stored part', async () => {
  const { answers, orders, keys, run } = await start(KEYED);
  const odd: Shop['answers'][number] = (order) => ({ body: { ...order, article: { name: 'x' } } });
  answers.push(odd, odd);
  const first = await run(ORDER, { key: 'order-0001' }, scopeOf());
  const second = await run(ORDER, { key: 'order-0001' }, scopeOf());
  expect(first.data).toEqual({ order: null });
  expect(first.errors?.map(({ extensions }) => extensions?.['code'])).toEqual([
    'UPSTREAM_CONTRACT',
  ]);
  expect(second).toEqual(first);
  expect(orders).toHaveLength(1);
  expect(new Set(keys).size).toBe(1);
});
