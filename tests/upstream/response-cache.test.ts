import type { IncomingMessage, RequestListener } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createMemoryState } from '../../state/memory-state.ts';
import { openRedisState } from '../../state/redis-state.ts';
import type { SharedState } from '../../state/shared-state.ts';
import { NO_MONITOR } from '../../upstream/upstream-monitor.ts';
import { accountOf, type CachePolicy } from '../../upstream/upstream-policy.ts';
import { type RedisServer, startRedis } from '../state/redis-server.ts';
import { gate, get, scopeOf, SECRET, serve } from './loopback.ts';

interface Shop {
  readonly asked: IncomingMessage[];
  readonly listener: RequestListener;
}

/** Sells things whose price rises with each call that reaches it. */
function shop(headers: (request: IncomingMessage) => Record<string, string> = () => ({})): Shop {
  const asked: IncomingMessage[] = [];
  return {
    asked,
    listener: (request, response) => {
      asked.push(request);
      response
        .writeHead(200, { 'content-type': 'application/json', ...headers(request) })
        .end(JSON.stringify({ price: asked.length }));
    },
  };
}

const account = accountOf(SECRET);
const cached = (times: Partial<CachePolicy> = {}) => ({
  maxConcurrency: 10,
  cache: {
    account,
    kindOf: () => 'Thing',
    freshSeconds: new Map(),
    staleSeconds: new Map(),
    ...times,
  },
});
const cachedFor = (seconds: number) => cached({ freshSeconds: new Map([['Thing', seconds]]) });
const ours = (state: SharedState, found: string[] = []) => ({
  monitor: {
    ...NO_MONITOR,
    cacheLookup: (vendor: string, result: string) => void found.push(`${vendor} ${result}`),
  },
  state,
  timeoutMs: Infinity,
  maxTries: 1,
  maxFailures: Infinity,
});
const post = (path: string, json: object) => get(path, { method: 'POST', json });
const change = get('/v1/things', { method: 'POST', json: {}, semantics: 'unsafe' });

/** The clock says so many seconds more. */
const later = (seconds: number) => {
  const now = Date.now() + seconds * 1000;
  jest.spyOn(Date, 'now').mockImplementation(() => now);
};
afterEach(() => {
  jest.restoreAllMocks();
});

describe('the response cache', () => {
  it('caches nothing by default', async () => {
    const { asked, listener } = shop();
    await using server = await serve(listener, { policy: cached() });
    expect(await server.client.send(get(), scopeOf())).toEqual({ price: 1 });
    expect(await server.client.send(get(), scopeOf())).toEqual({ price: 2 });
    expect(asked).toHaveLength(2);
  });

  it('caches responses for the configured time, batch reads by their bodies', async () => {
    const found: string[] = [];
    await using server = await serve(shop().listener, {
      policy: cachedFor(30),
      resources: ours(createMemoryState(), found),
    });
    const { client } = server;
    expect(await client.send(post('/v1/things/read', { ids: ['1'] }), scopeOf())).toEqual({
      price: 1,
    });
    expect(await client.send(post('/v1/things/read', { ids: ['1'] }), scopeOf())).toEqual({
      price: 1,
    });
    expect(await client.send(post('/v1/things/read', { ids: ['2'] }), scopeOf())).toEqual({
      price: 2,
    });
    later(31);
    expect(await client.send(post('/v1/things/read', { ids: ['1'] }), scopeOf())).toEqual({
      price: 3,
    });
    expect(found).toEqual(['hubspot miss', 'hubspot hit', 'hubspot miss', 'hubspot miss']);
  });

  it('is separate for each credential', async () => {
    const state = createMemoryState();
    const { asked, listener } = shop();
    await using one = await serve(listener, { policy: cachedFor(30), resources: ours(state) });
    const cache = { ...cachedFor(30).cache, account: accountOf('another') };
    await using other = await serve(listener, {
      policy: { maxConcurrency: 10, cache },
      resources: ours(state),
    });
    await one.client.send(get(), scopeOf());
    await other.client.send(get(), scopeOf());
    expect(asked).toHaveLength(2);
  });

  it('is invalidated by a write through this graph, on any instance', async () => {
    const state = createMemoryState();
    const { listener } = shop();
    await using one = await serve(listener, { policy: cachedFor(30), resources: ours(state) });
    await using other = await serve(listener, { policy: cachedFor(30), resources: ours(state) });
    expect(await one.client.send(get(), scopeOf())).toEqual({ price: 1 });
    later(1);
    await other.client.send(change, scopeOf());
    later(2);
    expect(await one.client.send(get(), scopeOf())).toEqual({ price: 3 });
  });

  it('does not store a response that was in flight during a write', async () => {
    const { opened, open } = gate();
    let reads = 0;
    const listener: RequestListener = (request, response) => {
      const answer = () =>
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(JSON.stringify({ reads }));
      if (request.method === 'GET' && (reads += 1) === 1) void opened.then(answer);
      else answer();
    };
    await using server = await serve(listener, {
      policy: cachedFor(30),
      resources: ours(createMemoryState()),
    });
    const early = server.client.send(get(), scopeOf());
    await server.client.send(change, scopeOf());
    open();
    await early;
    await server.client.send(get(), scopeOf());
    expect(reads).toBe(2);
  });

  it('is bypassed by requests that need the current state', async () => {
    const { asked, listener } = shop();
    await using server = await serve(listener, {
      policy: cachedFor(30),
      resources: ours(createMemoryState()),
    });
    await server.client.send(get(), scopeOf());
    expect(await server.client.send(get(), { ...scopeOf(), bypassCache: true })).toEqual({
      price: 2,
    });
    expect(asked).toHaveLength(2);
  });

  it('does not store refusals', async () => {
    const statuses = [404, 200];
    await using server = await serve(
      (_request, response) =>
        response
          .writeHead(statuses.shift() ?? 200, { 'content-type': 'application/json' })
          .end('{}'),
      { policy: cachedFor(30), resources: ours(createMemoryState()) },
    );
    expect(await server.client.find(get(), scopeOf())).toBeNull();
    expect(await server.client.find(get(), scopeOf())).toEqual({});
  });
});

describe("the vendor's cache headers", () => {
  it('allow caching for as long as they say', async () => {
    await using server = await serve(
      shop(() => ({ 'cache-control': 'private, max-age=60' })).listener,
      {
        policy: cached(),
        resources: ours(createMemoryState()),
      },
    );
    expect(await server.client.send(get(), scopeOf())).toEqual({ price: 1 });
    later(59);
    expect(await server.client.send(get(), scopeOf())).toEqual({ price: 1 });
    later(2);
    expect(await server.client.send(get(), scopeOf())).toEqual({ price: 2 });
  });

  it.each(['no-store', 'no-cache', 'max-age=0'])('prevent caching: %s', async (control) => {
    await using server = await serve(shop(() => ({ 'cache-control': control })).listener, {
      policy: cached(),
      resources: ours(createMemoryState()),
    });
    await server.client.send(get(), scopeOf());
    expect(await server.client.send(get(), scopeOf())).toEqual({ price: 2 });
  });

  it('allow revalidation without a body', async () => {
    const asked: (string | undefined)[] = [];
    await using server = await serve(
      ({ headers }, response) => {
        asked.push(headers['if-none-match']);
        if (headers['if-none-match'] === '"one"') response.writeHead(304, { etag: '"one"' }).end();
        else
          response
            .writeHead(200, { 'content-type': 'application/json', etag: '"one"' })
            .end('{"price":1}');
      },
      { policy: cached(), resources: ours(createMemoryState()) },
    );
    expect(await server.client.send(get(), scopeOf())).toEqual({ price: 1 });
    expect(await server.client.send(get(), scopeOf())).toEqual({ price: 1 });
    expect(await server.client.send(get(), scopeOf())).toEqual({ price: 1 });
    expect(asked).toEqual([undefined, '"one"', '"one"']);
  });

  it('leave no credential in the cache', async () => {
    const texts: string[] = [];
    const state = createMemoryState();
    const responses = {
      ...state.responses,
      set: (key: string, text: string) => Promise.resolve(void texts.push(key, text)),
    };
    await using server = await serve(
      shop(() => ({ etag: '"one"', vary: 'authorization' })).listener,
      {
        policy: cachedFor(30),
        resources: ours({ ...state, responses }),
      },
    );
    await server.client.send(get(), scopeOf());
    expect(texts.join()).toContain('price');
    expect(texts.join()).not.toContain(SECRET);
  });
});

describe('while the vendor does not respond', () => {
  const failing = (status: number) => {
    let isDown = false;
    const listener: RequestListener = (_request, response) => {
      response
        .writeHead(isDown ? status : 200, { 'content-type': 'application/json' })
        .end('{"price":1}');
    };
    return { listener, fail: () => (isDown = true) };
  };
  const policy = cached({
    freshSeconds: new Map([['Thing', 10]]),
    staleSeconds: new Map([['Thing', 60]]),
  });

  it('a stale response is used and reported for the configured time', async () => {
    const { listener, fail } = failing(503);
    await using server = await serve(listener, { policy, resources: ours(createMemoryState()) });
    await server.client.send(get(), scopeOf());
    fail();
    later(20);
    const scope = scopeOf();
    expect(await server.client.send(get(), scope)).toEqual({ price: 1 });
    expect(scope.trace.stale).toEqual([{ service: 'crm', type: 'Thing', ageSeconds: 20 }]);
    later(60);
    await expect(server.client.send(get(), scopeOf())).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
  });

  it('no stale response replaces a refusal', async () => {
    const { listener, fail } = failing(403);
    await using server = await serve(listener, { policy, resources: ours(createMemoryState()) });
    await server.client.send(get(), scopeOf());
    fail();
    later(20);
    await expect(server.client.send(get(), scopeOf())).rejects.toMatchObject({
      code: 'UPSTREAM_AUTH',
    });
  });

  it('no stale response is used by default', async () => {
    const { listener, fail } = failing(503);
    await using server = await serve(listener, {
      policy: cachedFor(10),
      resources: ours(createMemoryState()),
    });
    await server.client.send(get(), scopeOf());
    fail();
    later(20);
    await expect(server.client.send(get(), scopeOf())).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
  });
});

describe('two instances with one Redis, whose clocks differ by five minutes', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.stop());

  /** Each has a credential of its own test, a client and a clock. */
  async function startInstances(
    name: string,
    { listener }: Pick<Shop, 'listener'>,
    seconds: number,
  ) {
    const policy = { ...cachedFor(seconds), cache: { ...cachedFor(seconds).cache, account: name } };
    const start = async (aheadMs: number) => {
      const state = await openRedisState({ url: redis.url, onChange: () => undefined });
      const server = await serve(listener, { policy, resources: ours(state) });
      const send = (request = get()) => {
        jest.restoreAllMocks();
        const { now } = Date;
        jest.spyOn(Date, 'now').mockImplementation(() => now() + aheadMs);
        return server.client.send(request, scopeOf());
      };
      return { state, server, send };
    };
    const [behind, ahead] = [await start(0), await start(300_000)];
    return {
      behind: behind.send,
      ahead: ahead.send,
      [Symbol.asyncDispose]: async () => {
        for (const { server, state } of [behind, ahead]) {
          await server[Symbol.asyncDispose]();
          await state.close();
        }
      },
    };
  }

  it.each(['behind', 'ahead'] as const)(
    'use responses that the instance that is %s has cached',
    async (first) => {
      const { asked, listener } = shop();
      await using instances = await startInstances(`used ${first}`, { listener }, 30);
      expect(await instances[first]()).toEqual({ price: 1 });
      expect([await instances.behind(), await instances.ahead()]).toEqual([
        { price: 1 },
        { price: 1 },
      ]);
      expect(asked).toHaveLength(1);
    },
  );

  it.each([
    ['behind', 'ahead'],
    ['ahead', 'behind'],
  ] as const)(
    'use no response cached before a write through the instance that is %s',
    async (changing, other) => {
      const { asked, listener } = shop();
      await using instances = await startInstances(`changed ${changing}`, { listener }, 30);
      for (let round = 0; round < 3; round += 1) {
        const before = asked.length;
        await instances[other]();
        await instances[changing](change);
        const after = { price: before + 3 };
        expect([await instances[other](), await instances[changing]()]).toEqual([after, after]);
        await instances[other](change);
        expect(await instances[changing]()).toEqual({ price: before + 5 });
        await instances[changing](change);
      }
    },
  );

  it.each([
    ['behind', 'ahead'],
    ['ahead', 'behind'],
  ] as const)(
    'use no response that was in flight during a write through the instance that is %s',
    async (changing, reading) => {
      const [reached, released] = [gate(), gate()];
      let reads = 0;
      const listener: RequestListener = (request, response) => {
        const answer = () =>
          response
            .writeHead(200, { 'content-type': 'application/json' })
            .end(JSON.stringify({ reads }));
        if (request.method === 'GET' && (reads += 1) === 1) {
          reached.open();
          void released.opened.then(answer);
        } else answer();
      };
      await using instances = await startInstances(`under way ${changing}`, { listener }, 30);
      const early = instances[reading]();
      await reached.opened;
      await instances[changing](change);
      released.open();
      await early;
      expect([await instances[reading](), await instances[changing]()]).toEqual([
        { reads: 2 },
        { reads: 2 },
      ]);
    },
  );

  it.each([
    ['behind', 'ahead'],
    ['ahead', 'behind'],
  ] as const)(
    'use responses that the instance that is %s has cached for the configured time only',
    async (first, other) => {
      const { asked, listener } = shop();
      await using instances = await startInstances(`lifetime ${first}`, { listener }, 1);
      await instances[first]();
      while (asked.length === 1) await instances[other]();
      expect(asked).toHaveLength(2);
    },
  );
});
