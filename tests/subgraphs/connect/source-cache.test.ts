import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createCallTrace, type RequestScope } from '../../../request/request-scope.ts';
import { createMemoryState } from '../../../state/memory-state.ts';
import { openRedisState } from '../../../state/redis-state.ts';
import type { SharedState } from '../../../state/shared-state.ts';
import type { SourcePolicy } from '../../../subgraphs/connect/source-policy.ts';
import { type RedisServer, startRedis } from '../../state/redis-server.ts';
import { type Api, type ApiRequest, type ApiResponse, startApi } from './start-api.ts';
import { fuse, HEAD, readFile } from './start-connectors.ts';

const SDL = `
  type Item @connect(source: "erp", http: { POST: "/items", body: "ids: $batch.id" }, selection: "id name", batch: { maxSize: 10 }) { id: ID! name: String }
  type Query {
    price(id: ID): Int @connect(source: "erp", http: { GET: "/price", queryParams: "id: $args.id" }, selection: "$.price")
    live: Int @connect(source: "erp", http: { GET: "/live" }, selection: "$.price")
    pages: String @connect(source: "erp", http: { GET: "/pages" }, selection: "$response.headers.'x-pages'->first")
    items: [Item!] @connect(source: "erp", http: { GET: "/item-ids" }, selection: "id")
    mine: Int @connect(source: "erp", http: { GET: "/mine", headers: [{ name: "x-tenant", from: "x-tenant" }] }, selection: "$.price")
    ours: Int @connect(source: "erp", http: { GET: "/ours", queryParams: "tenant: $request.headers.'x-tenant'->first" }, selection: "$.price")
  }
  type Mutation { reprice: Int @connect(source: "erp", http: { POST: "/reprice" }, selection: "$.price") }
`;

/** Each call that reaches it gets a higher price. */
const pricesWith =
  (headersOf: (request: ApiRequest, number: number) => Record<string, string> = () => ({})) =>
  () => {
    let calls = 0;
    return (request: ApiRequest): ApiResponse => {
      calls += 1;
      const headers = headersOf(request, calls);
      if (request.path === '/item-ids') return { body: [{ id: '1' }], headers };
      if (request.path === '/items')
        return { body: [{ id: '1', name: `n${String(calls)}` }], headers };
      return { body: { price: calls }, headers: { 'x-pages': String(calls), ...headers } };
    };
  };

const closing: (() => PromiseLike<unknown>)[] = [];
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(closing.splice(0).map((close) => close()));
});

const CACHE = { ttl: 30, stale: 0, fields: {} };

function graphOf(api: Api, policy: Partial<SourcePolicy>, state: SharedState) {
  const file = readFile(`${HEAD} @source(name: "erp", http: { baseURL: "${api.url}" }) ${SDL}`, {
    erp: policy,
  });
  const graph = fuse(file, [], { UPSTREAM_MAX_TRIES: '1' }, { state });
  closing.push(graph.close);
  return graph;
}

async function start(
  policy: Partial<SourcePolicy>,
  prices: () => (request: ApiRequest) => ApiResponse = pricesWith(),
  state = createMemoryState(),
) {
  const api = await startApi(prices());
  closing.push(() => api[Symbol.asyncDispose]());
  const { run } = graphOf(api, policy, state);
  const read = async (query: string, scope: Partial<RequestScope> = {}) => {
    const { data, errors } = await run(
      query,
      {},
      {
        scope: { signal: new AbortController().signal, trace: createCallTrace(), ...scope },
      },
    );
    return errors === undefined ? Object.values(data ?? {})[0] : errors[0]?.extensions?.['code'];
  };
  return { api, read };
}

/** The clock says so many seconds more. */
function later(seconds: number): void {
  const time = Date.now() + seconds * 1000;
  jest.spyOn(Date, 'now').mockImplementation(() => time);
}

describe('the cache of a source', () => {
  it('stores nothing without a policy, whatever the headers allow', async () => {
    const { read } = await start(
      {},
      pricesWith(() => ({ 'cache-control': 'max-age=60' })),
    );
    expect([await read('{ price }'), await read('{ price }')]).toEqual([1, 2]);
  });

  it('stores reads for the time of its policy, each by its arguments', async () => {
    const { read } = await start({ cache: CACHE });
    expect([await read('{ price }'), await read('{ price }')]).toEqual([1, 1]);
    expect(await read('{ price(id: 2) }')).toBe(2);
    later(31);
    expect(await read('{ price }')).toBe(3);
  });

  it('stores batches, by their keys', async () => {
    const { api, read } = await start({ cache: CACHE });
    expect(await read('{ items { name } }')).toEqual(await read('{ items { name } }'));
    expect(api.requests).toHaveLength(2);
  });

  it('has times for single fields and types, and stores none that are never cached', async () => {
    const fields = { 'Query.price': 60, 'Query.live': 0, Item: 60 };
    const { api, read } = await start({ cache: { ttl: 5, stale: 0, fields } });
    await read('{ price }');
    expect([await read('{ live }'), await read('{ live }')]).toEqual([2, 3]);
    await read('{ items { name } }');
    later(10);
    expect(await read('{ price }')).toBe(1);
    await read('{ items { name } }');
    expect(api.requests.slice(3).map(({ path }) => path)).toEqual([
      '/item-ids',
      '/items',
      '/item-ids',
    ]);
  });

  it('stores the headers that a selection reads', async () => {
    const { api, read } = await start({ cache: CACHE });
    expect([await read('{ pages }'), await read('{ pages }')]).toEqual(['1', '1']);
    expect(api.requests).toHaveLength(1);
  });

  it('is void after a mutation of the source', async () => {
    const { read } = await start({ cache: CACHE });
    await read('{ price }');
    await read('mutation { reprice }');
    expect(await read('{ price }')).toBe(3);
  });

  it.each(['503', 'no answer'])(
    'serves stale responses for a source that fails with %s, for the configured time',
    async (failure) => {
      let isDown = false;
      const prices = pricesWith()();
      const { read } = await start(
        { cache: { ttl: 5, stale: 60, fields: {} }, timeoutMs: 2000 },
        () => (request) =>
          !isDown ? prices(request) : failure === '503' ? { status: 503, body: {} } : undefined,
      );
      await read('{ price }');
      isDown = true;
      later(10);
      expect(await read('{ price }')).toBe(1);
      later(60);
      expect(await read('{ price }')).toMatch(/^UPSTREAM_/);
    },
  );
});

describe('the headers of a response', () => {
  it.each(['no-store', 'private', 'max-age=0', 'no-cache', 'private, max-age=600'])(
    'prevent caching by cache-control: %s',
    async (control) => {
      const { read } = await start(
        { cache: CACHE },
        pricesWith(() => ({ 'cache-control': control })),
      );
      expect([await read('{ price }'), await read('{ price }')]).toEqual([1, 2]);
    },
  );

  it('set its lifetime, in place of the policy', async () => {
    const { read } = await start(
      { cache: CACHE },
      pricesWith(() => ({ 'cache-control': 'max-age=5' })),
    );
    await read('{ price }');
    later(4);
    expect(await read('{ price }')).toBe(1);
    later(6);
    expect(await read('{ price }')).toBe(2);
  });

  it.each([
    [{ etag: '"v1"' }, 'if-none-match', '"v1"'],
    [
      { 'last-modified': 'Sat, 28 Nov 2026 10:00:00 GMT' },
      'if-modified-since',
      'Sat, 28 Nov 2026 10:00:00 GMT',
    ],
  ])('select the header that revalidates it: %j', async (validator, name, value) => {
    const expires = new Date(Date.now() + 60_000).toUTCString();
    const prices = pricesWith(() => ({ ...validator, expires }))();
    const { api, read } = await start(
      { cache: { ...CACHE, ttl: 0 } },
      () => (request) =>
        request.headers[name] === value
          ? { status: 304, headers: { expires: new Date(Date.now() + 60_000).toUTCString() } }
          : prices(request),
    );
    await read('{ price }');
    later(30);
    expect(await read('{ price }')).toBe(1);
    expect(api.requests).toHaveLength(1);
    later(90);
    expect(await read('{ price }')).toBe(1);
    expect(api.requests.map(({ headers }) => headers[name])).toEqual([undefined, value]);
    later(30);
    expect(await read('{ price }')).toBe(1);
    expect(api.requests).toHaveLength(2);
  });

  it('forbid a stale response while the source fails, by must-revalidate', async () => {
    let isDown = false;
    const prices = pricesWith(() => ({ 'cache-control': 'max-age=5, must-revalidate' }))();
    const { read } = await start(
      { cache: { ttl: 5, stale: 60, fields: {} } },
      () => (request) => (isDown ? { status: 503, body: {} } : prices(request)),
    );
    await read('{ price }');
    isDown = true;
    later(10);
    expect(await read('{ price }')).toBe('UPSTREAM_UNAVAILABLE');
  });
});

describe('a header of a client', () => {
  const tenant = (name: string, callerId?: string) => ({
    clientHeaders: { 'x-tenant': name },
    ...(callerId !== undefined && { callerId }),
  });

  it.each(['mine', 'ours'])(
    'is part of the key of %s, which uses a header of the client',
    async (field) => {
      const { read } = await start({ cache: CACHE });
      expect(await read(`{ ${field} }`, tenant('north'))).toBe(1);
      expect(await read(`{ ${field} }`, tenant('south'))).toBe(2);
      expect(await read(`{ ${field} }`, tenant('north'))).toBe(1);
    },
  );

  it.each(['mine', 'ours'])(
    'makes the cache private to a caller in %s, also if another sends the same',
    async (field) => {
      const { read } = await start({ cache: CACHE });
      expect(await read(`{ ${field} }`, tenant('north', 'ann'))).toBe(1);
      expect(await read(`{ ${field} }`, tenant('north', 'bob'))).toBe(2);
      expect(await read(`{ ${field} }`, tenant('north', 'ann'))).toBe(1);
    },
  );

  it('allows a private response to be stored for its caller', async () => {
    const { read } = await start(
      { cache: CACHE },
      pricesWith(() => ({ 'cache-control': 'private, max-age=60' })),
    );
    expect(await read('{ mine }', tenant('north', 'ann'))).toBe(1);
    expect(await read('{ mine }', tenant('north', 'ann'))).toBe(1);
  });

  it('does not affect connectors that do not use it', async () => {
    const { read } = await start({ cache: CACHE });
    expect(await read('{ price }', tenant('north', 'ann'))).toBe(1);
    expect(await read('{ price }', tenant('south', 'bob'))).toBe(1);
  });
});

describe('a source with OAuth2', () => {
  it('has one cache for all of its tokens', async () => {
    let tokens = 0;
    const prices = pricesWith()();
    const { api, read } = await start({}, () => (request) => {
      if (request.path !== '/token') return prices(request);
      tokens += 1;
      return {
        body: { access_token: `t${String(tokens)}`, token_type: 'Bearer', expires_in: 0.001 },
      };
    });
    const auth = {
      kind: 'oauth2',
      tokenUrl: `${api.url}/token`,
      clientId: 'me',
      clientSecret: 's',
      scopes: [],
    } as const;
    const { run } = graphOf(api, { cache: CACHE, auth }, createMemoryState());
    expect(await read('{ price }')).toBe(1);
    expect((await run('{ price }')).data).toEqual({ price: 2 });
    expect((await run('{ price }')).data).toEqual({ price: 2 });
    expect(tokens).toBe(2);
  });
});

describe('instances that share Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  it('share cached responses and their invalidation', async () => {
    const states = await Promise.all(
      [0, 1].map(() => openRedisState({ url: redis.url, onChange: () => undefined })),
    );
    const api = await startApi(pricesWith()());
    closing.push(() => api[Symbol.asyncDispose](), ...states.map((state) => () => state.close()));
    const [one, other] = states.map((state) => graphOf(api, { cache: CACHE }, state));
    await one?.run('{ price }');
    expect((await other?.run('{ price }'))?.data).toEqual({ price: 1 });
    await other?.run('mutation { reprice }');
    expect((await one?.run('{ price }'))?.data).toEqual({ price: 3 });
  });
});
