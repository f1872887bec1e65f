import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { UNKNOWN_AGE } from '../../request/cache-tags.ts';
import { createMemoryState } from '../../state/memory-state.ts';
import { openRedisState } from '../../state/redis-state.ts';
import type { SharedState } from '../../state/shared-state.ts';
import type { CachePolicy } from '../../upstream/upstream-policy.ts';
import { startRedis } from '../state/redis-server.ts';
import { ownResources } from '../subgraphs/test-resources.ts';
import { gate, get, scopeOf, serve } from './loopback.ts';
import { openTestEvents, type TestEvents } from './test-events.ts';

/** Sells things whose price rises with each call that reaches it. */
function shop() {
  let price = 0;
  const listener: RequestListener = (_request, response) => {
    price += 1;
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ price }));
  };
  return { listener, calls: () => price };
}

/** The response to `/v1/things/1` is about that thing; other things have no events. */
const POLICY: CachePolicy = {
  account: 'one',
  kindOf: () => 'Thing',
  freshSeconds: new Map(),
  staleSeconds: new Map(),
  isLive: true,
  tagsOf: ({ path }) => {
    const id = /^\/v1\/things\/(\w+)$/.exec(path)?.[1];
    return id === undefined
      ? undefined
      : {
          types: ['Thing'],
          read: () => ({ records: [{ type: 'Thing', id }], lists: [] }),
        };
  },
  changesOf: ({ path }) =>
    path === '/v1/unknown'
      ? undefined
      : [{ type: 'Thing', id: path.slice(-1), kind: 'UPDATED', related: [], changed: [] }],
};

interface Options {
  readonly events: TestEvents;
  readonly listener: RequestListener;
  readonly policy?: Partial<CachePolicy>;
  readonly state?: SharedState;
}

const start = ({ events, listener, policy, state = createMemoryState() }: Options) =>
  serve(listener, {
    policy: { maxConcurrency: 10, cache: { ...POLICY, ...policy } },
    resources: { ...ownResources(), state, invalidation: events.invalidation },
  });

const [ONE, TWO] = ['/v1/things/1', '/v1/things/2'];
const write = (path: string) => get(path, { method: 'POST', semantics: 'unsafe' });

const opened: TestEvents[] = [];
const open = (options?: Parameters<typeof openTestEvents>[0]) => {
  const events = openTestEvents(options);
  opened.push(events);
  return events;
};
afterEach(async () => {
  jest.restoreAllMocks();
  for (const events of opened.splice(0)) await events.close();
});

/** Whether events can be relied on, until it is set. */
const switched = () => {
  const health = { isOn: true, isHealthy: () => health.isOn };
  return health;
};

describe('a live cache', () => {
  it('serves a response until an event names its record, 15 minutes at most', async () => {
    const [events, { listener }] = [open(), shop()];
    await using server = await start({ events, listener });
    const read = () => server.client.send(get(ONE), scopeOf());
    expect([await read(), await read()]).toEqual([{ price: 1 }, { price: 1 }]);
    await events.append({ id: '2' });
    expect(await read()).toEqual({ price: 1 });
    await events.append({ id: '1' });
    expect([await read(), await read()]).toEqual([{ price: 2 }, { price: 2 }]);
    const later = Date.now() + 901_000;
    jest.spyOn(Date, 'now').mockImplementation(() => later);
    expect(await read()).toEqual({ price: 3 });
  });

  it('does not cache responses about types without events', async () => {
    const [events, { listener }] = [open(), shop()];
    await using server = await start({ events, listener });
    await server.client.send(get('/v1/owners'), scopeOf());
    expect(await server.client.send(get('/v1/owners'), scopeOf())).toEqual({ price: 2 });
  });

  it('serves no response while events are unreliable, not even an earlier one', async () => {
    const health = switched();
    const [events, { listener }] = [open({ health }), shop()];
    await using server = await start({ events, listener });
    const read = () => server.client.send(get(ONE), scopeOf());
    await read();
    health.isOn = false;
    expect([await read(), await read()]).toEqual([{ price: 2 }, { price: 3 }]);
    health.isOn = true;
    // The first is valid again: what was missed is in the log by now.
    expect(await read()).toEqual({ price: 1 });
  });

  it('serves no response while the log cannot be read', async () => {
    const [events, { listener }] = [open(), shop()];
    await using server = await start({ events, listener });
    const read = () => server.client.send(get(ONE), scopeOf());
    await read();
    events.fail();
    expect([await read(), await read()]).toEqual([{ price: 2 }, { price: 3 }]);
  });

  it('serves no response that was stored with another log', async () => {
    const [events, { listener }] = [open(), shop()];
    await using server = await start({ events, listener });
    const read = () => server.client.send(get(ONE), scopeOf());
    await read();
    await events.lose();
    expect([await read(), await read()]).toEqual([{ price: 2 }, { price: 2 }]);
  });

  it('does not store a response that was in flight when its record changed', async () => {
    const [reached, released] = [gate(), gate()];
    let reads = 0;
    const events = open();
    await using server = await start({
      events,
      listener: (_request, response) => {
        const [state] = [(reads += 1)];
        const answer = () =>
          response.writeHead(200, { 'content-type': 'application/json' }).end(String(state));
        if (reads > 1) answer();
        else {
          reached.open();
          void released.opened.then(answer);
        }
      },
    });
    const early = server.client.send(get(ONE), scopeOf());
    await reached.opened;
    await events.append({ id: '1' });
    released.open();
    expect(await early).toBe(1);
    expect(await server.client.send(get(ONE), scopeOf())).toBe(2);
    expect(await server.client.send(get(ONE), scopeOf())).toBe(2);
  });

  it('reports the log position at which a used cached response was requested', async () => {
    const [events, { listener }] = [open(), shop()];
    await using server = await start({ events, listener });
    const scopes = [scopeOf(), scopeOf()];
    for (const scope of scopes) await server.client.send(get(ONE), scope);
    const [first, second] = scopes.map(({ trace }) => trace.olderReads);
    expect(first).toEqual([]);
    const requestedAt = {
      log: expect.any(String),
      position: { ms: 0, seq: 0 },
      time: expect.any(Number),
    };
    expect(second).toEqual([{ requestedAt, lagMs: 0 }]);
  });
});

const times = { isLive: false, freshSeconds: new Map([['Thing', 60]]) };

describe('a cache for a time', () => {
  it('is voided by events, and by writes alone while the log cannot be read', async () => {
    const [events, { listener }] = [open(), shop()];
    await using server = await start({ events, listener, policy: times });
    let scope = scopeOf();
    const read = () => {
      scope = scopeOf();
      return server.client.send(get(ONE), scope);
    };
    expect([await read(), await read()]).toEqual([{ price: 1 }, { price: 1 }]);
    await events.append({ id: '1' });
    expect(await read()).toEqual({ price: 2 });
    events.fail();
    // Whether the earlier response is void is unknown.
    expect(await read()).toEqual({ price: 3 });
    expect(scope.trace.olderReads).toEqual([]);
    expect(await read()).toEqual({ price: 3 });
    expect(scope.trace.olderReads).toEqual([UNKNOWN_AGE]);
    await server.client.send(write(TWO), scopeOf());
    expect(await read()).toEqual({ price: 5 });
  });
});

describe('a write', () => {
  it.each([
    ['live', {}],
    ['for a time', times],
  ])(
    'invalidates the records that it names while events report the others; cached %s',
    async (_name, policy) => {
      const [events, { listener }] = [open(), shop()];
      await using server = await start({ events, listener, policy });
      const read = (path: string) => server.client.send(get(path), scopeOf());
      await read(ONE);
      await read(TWO);
      await server.client.send(write(ONE), scopeOf());
      expect([await read(ONE), await read(TWO)]).toEqual([{ price: 4 }, { price: 2 }]);
    },
  );

  it('invalidates everything while its side effects have no events', async () => {
    const events = open({ health: { isHealthy: () => false } });
    const { listener } = shop();
    await using server = await start({ events, listener, policy: times });
    const read = (path: string) => server.client.send(get(path), scopeOf());
    await read(ONE);
    await read(TWO);
    await server.client.send(write(ONE), scopeOf());
    expect([await read(ONE), await read(TWO)]).toEqual([{ price: 4 }, { price: 5 }]);
  });

  it('invalidates everything if its effects are unknown', async () => {
    const [events, { listener }] = [open(), shop()];
    await using server = await start({ events, listener });
    const read = (path: string) => server.client.send(get(path), scopeOf());
    await read(ONE);
    await server.client.send(write('/v1/unknown'), scopeOf());
    expect(await read(ONE)).toEqual({ price: 3 });
  });

  it('is logged as a change of this graph, before and after it is sent', async () => {
    const [events, { listener }] = [open(), shop()];
    await using server = await start({ events, listener });
    await server.client.send(write(ONE), scopeOf());
    const { entries } = await events.log.read({ ms: 0, seq: 0 }, 10);
    expect(entries.map(({ change }) => [change.id, change.source])).toEqual([
      ['1', 'write'],
      ['1', 'write'],
    ]);
  });
});

describe('two instances with one log and one Redis', () => {
  it('share cached responses, and neither uses one that a change known to the other has invalidated', async () => {
    const redis = await startRedis();
    const one = open({ isShared: true });
    const { listener, calls } = shop();
    const states = await Promise.all(
      [0, 1].map(() => openRedisState({ url: redis.url, onChange: () => undefined })),
    );
    const [ownState, otherState] = states;
    const other = open({ isShared: true, log: one.log });
    await using first = await start({
      events: one,
      listener,
      ...(ownState && { state: ownState }),
    });
    await using second = await start({
      events: other,
      listener,
      ...(otherState && { state: otherState }),
    });
    const read = ({ client }: typeof first) => client.send(get(ONE), scopeOf());
    expect([await read(first), await read(second)]).toEqual([{ price: 1 }, { price: 1 }]);
    await one.append({ id: '1' });
    // At once: it waits until it knows what the log has.
    expect(await read(second)).toEqual({ price: 2 });
    expect(await read(first)).toEqual({ price: 2 });
    await second.client.send(write(ONE), scopeOf());
    expect(await read(first)).toEqual({ price: 4 });
    expect(calls()).toBe(4);
    for (const state of states) await state.close();
    await redis.stop();
  });
});

describe('an erasure', () => {
  it.each(['memory', 'Redis'])(
    'deletes the cached responses of its vendor from %s, and no others',
    async (where) => {
      const redis = where === 'Redis' ? await startRedis() : undefined;
      const state =
        redis === undefined
          ? createMemoryState()
          : await openRedisState({ url: redis.url, onChange: () => undefined });
      const events = open();
      events.invalidation.eraseFrom(state.responses);
      await state.responses.set('hubspot:one:digest', 'Jane', 60);
      await state.responses.set('stripe:one:digest', 'John', 60);
      await events.append({ id: '1', kind: 'DELETED', isErasure: true });
      while ((await state.responses.get('hubspot:one:digest')) !== null) await events.received();
      expect(await state.responses.get('stripe:one:digest')).toBe('John');
      await state.close();
      await redis?.stop();
    },
  );

  it('is repeated when Redis is back', async () => {
    const events = open();
    const deleted: string[] = [];
    let isLost = true;
    const done = gate();
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate'] });
    events.invalidation.eraseFrom({
      deleteAll: (prefix) => {
        deleted.push(prefix);
        if (!isLost) done.open();
        return Promise.resolve(!isLost);
      },
    });
    await events.append({ isErasure: true });
    await events.received();
    await jest.advanceTimersByTimeAsync(0);
    isLost = false;
    await jest.advanceTimersByTimeAsync(5000);
    jest.useRealTimers();
    await done.opened;
    expect(deleted).toEqual(['hubspot:', 'hubspot:']);
  });
});
