import type { RequestListener } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { createCallTrace, type RequestScope } from '../../request/request-scope.ts';
import { NO_MONITOR } from '../../upstream/upstream-monitor.ts';
import type { UpstreamPolicy } from '../../upstream/upstream-policy.ts';
import { ownResources } from '../subgraphs/test-resources.ts';
import { until } from '../until.ts';
import { gate, get, serve } from './loopback.ts';

/** Its deadline is far away. */
const scope = (over: Partial<RequestScope> = {}): RequestScope => ({
  signal: new AbortController().signal,
  trace: createCallTrace(),
  deadlineAt: performance.now() + 60_000,
  ...over,
});

const search = { method: 'POST', json: {} } as const;
const write = get('/v1/things', { method: 'POST', json: {}, semantics: 'unsafe' });
const timeout = { status: 'rejected', reason: { code: 'UPSTREAM_TIMEOUT' } };
const limited = { status: 'rejected', reason: { code: 'UPSTREAM_RATE_LIMITED' } };

/** Answers nothing until `answer` is called, and then everything. */
function silentVendor() {
  const answers: (() => void)[] = [];
  const cut: string[] = [];
  let arrived: () => void = () => undefined;
  const listener: RequestListener = ({ url = '' }, response) => {
    answers.push(() => response.end('{}'));
    response.once('close', () => {
      if (!response.writableFinished) cut.push(url);
    });
    arrived();
  };
  return {
    listener,
    cut,
    asked: () => answers.length,
    /** Waits until so many requests have arrived. */
    reached: async (count: number) => {
      while (answers.length < count) await new Promise<void>((resolve) => (arrived = resolve));
    },
    answer: () => {
      for (const answer of answers) answer();
    },
  };
}

async function start(
  listener: RequestListener,
  policy: Partial<UpstreamPolicy> = {},
  environment: Record<string, string> = {},
) {
  const states: string[] = [];
  const retry = gate();
  const resources = {
    ...ownResources({ VENDOR_TIMEOUT_MS: '3000', UPSTREAM_MAX_FAILURES: '1', ...environment }),
    monitor: {
      ...NO_MONITOR,
      breakerChanged: (_vendor: string, _calls: string, state: string) => void states.push(state),
      retried: retry.open,
    },
  };
  const server = await serve(listener, { policy: { maxConcurrency: 10, ...policy }, resources });
  return {
    server,
    states,
    /** Once a call is going to be made again. */
    retried: retry.opened,
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** What has come of promises by now. */
function watch(promises: readonly Promise<unknown>[]) {
  const settled = Promise.allSettled(promises);
  const done = promises.map(() => false);
  for (const [index, promise] of promises.entries())
    void promise.then(
      () => (done[index] = true),
      () => (done[index] = true),
    );
  return { settled, done };
}

describe('VENDOR_TIMEOUT_MS', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['Date', 'nextTick', 'queueMicrotask', 'setImmediate'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it.each([
    ['a GET', {}],
    ['a search by POST', search],
  ])('cancels %s without a response, which is a failure of the vendor', async (_what, over) => {
    const vendor = silentVendor();
    await using started = await start(vendor.listener);
    const { settled, done } = watch([started.server.client.send(get('/v1/a', over), scope())]);
    await vendor.reached(1);
    await jest.advanceTimersByTimeAsync(2999);
    expect(done).toEqual([false]);
    await jest.advanceTimersByTimeAsync(1);
    expect(await settled).toMatchObject([timeout]);
    expect(started.states).toEqual(['open']);
  });

  it.each([
    ['a write', write, {}],
    ['a read that a mutation depends on', get(), { bypassCache: true }],
    ['a search that a mutation depends on', get('/v1/a', search), { bypassCache: true }],
  ])('leaves %s until the deadline of the request', async (_what, request, over) => {
    const vendor = silentVendor();
    await using started = await start(vendor.listener);
    const { settled } = watch([started.server.client.send(request, scope(over))]);
    await vendor.reached(1);
    await jest.advanceTimersByTimeAsync(59_000);
    vendor.answer();
    expect(await settled).toMatchObject([{ status: 'fulfilled' }]);
  });

  it.each([
    ['0 in the environment', '0', {}],
    ['Infinity in the policy of the vendor', '3000', { timeoutMs: Infinity }],
  ])('leaves reads until the deadline of the request with %s', async (_what, setting, policy) => {
    const vendor = silentVendor();
    await using started = await start(vendor.listener, policy, { VENDOR_TIMEOUT_MS: setting });
    const { settled } = watch([started.server.client.send(get(), scope())]);
    await vendor.reached(1);
    await jest.advanceTimersByTimeAsync(59_000);
    vendor.answer();
    expect(await settled).toMatchObject([{ status: 'fulfilled' }]);
  });

  it('is replaced by the policy of a vendor, and a short one opens the breaker too', async () => {
    const vendor = silentVendor();
    await using started = await start(vendor.listener, { timeoutMs: 500 });
    const { settled } = watch([started.server.client.send(get(), scope())]);
    await vendor.reached(1);
    await jest.advanceTimersByTimeAsync(500);
    expect(await settled).toMatchObject([timeout]);
    expect(started.states).toEqual(['open']);
  });

  it('cancels a read that waits for a rate-limit slot, which is no failure of the vendor', async () => {
    const vendor = silentVendor();
    const limits = {
      account: 'a',
      rates: { calls: { limit: 1, windowMs: 60_000 } },
      limitOf: () => 'calls',
    };
    await using started = await start(vendor.listener, { limits });
    const { client } = started.server;
    const first = client.send(write, scope());
    await vendor.reached(1);
    const { settled } = watch([
      client.send(get(), scope()),
      client.send(get('/b', search), scope()),
    ]);
    await jest.advanceTimersByTimeAsync(3000);
    expect(await settled).toMatchObject([limited, limited]);
    vendor.answer();
    expect([await first, vendor.asked(), started.states]).toEqual([{}, 1, []]);
  });

  it('cancels a read that waits for a connection, which is no failure of the vendor', async () => {
    const vendor = silentVendor();
    await using started = await start(vendor.listener, { maxConcurrency: 1 });
    const { client } = started.server;
    const first = client.send(write, scope());
    await vendor.reached(1);
    const { settled } = watch([client.send(get(), scope())]);
    await jest.advanceTimersByTimeAsync(3000);
    expect(await settled).toMatchObject([timeout]);
    vendor.answer();
    expect([await first, vendor.asked(), started.states]).toEqual([{}, 1, []]);
  });

  it('is no failure of the vendor if most of it passed before the connection was open', async () => {
    const vendor = silentVendor();
    await using started = await start(vendor.listener, { maxConcurrency: 1 });
    const { client } = started.server;
    const first = client.send(write, scope());
    await vendor.reached(1);
    const { settled } = watch([client.send(get(), scope())]);
    await jest.advanceTimersByTimeAsync(2500);
    vendor.answer();
    await vendor.reached(2);
    await jest.advanceTimersByTimeAsync(500);
    expect(await settled).toMatchObject([timeout]);
    expect([await first, started.states]).toEqual([{}, []]);
  });

  it('includes the retries: one that would be too late is not made', async () => {
    let asked = 0;
    await using started = await start(
      (_request, response) => {
        asked += 1;
        response.writeHead(503, { 'retry-after': '3' }).end('{}');
      },
      {},
      { UPSTREAM_MAX_FAILURES: '0' },
    );
    await expect(started.server.client.send(get(), scope())).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
    });
    expect(asked).toBe(1);
  });

  it('counts from the start of each client: a shared call continues for the one that joined later', async () => {
    const vendor = silentVendor();
    await using started = await start(vendor.listener);
    const { client } = started.server;
    const first = watch([client.send(get(), scope())]);
    await vendor.reached(1);
    await jest.advanceTimersByTimeAsync(2000);
    const second = watch([client.send(get(), scope())]);
    await jest.advanceTimersByTimeAsync(1000);
    expect(await first.settled).toMatchObject([timeout]);
    expect([second.done, vendor.asked(), vendor.cut]).toEqual([[false], 1, []]);
    vendor.answer();
    expect(await second.settled).toMatchObject([{ status: 'fulfilled' }]);
    expect(started.states).toEqual([]);
  });

  it('retries a shared call while the client that joined last waits', async () => {
    const [reached, answer] = [gate(), gate()];
    let asked = 0;
    await using started = await start(
      (_request, response) => {
        asked += 1;
        if (asked > 1) response.end('{}');
        else {
          reached.open();
          void answer.opened.then(() => response.writeHead(503, { 'retry-after': '2' }).end('{}'));
        }
      },
      {},
      { UPSTREAM_MAX_FAILURES: '0' },
    );
    const { client } = started.server;
    const first = watch([client.send(get(), scope())]);
    await reached.opened;
    await jest.advanceTimersByTimeAsync(2000);
    const second = client.send(get(), scope());
    answer.open();
    await started.retried;
    await jest.advanceTimersByTimeAsync(2000);
    expect(await second).toEqual({});
    expect(await first.settled).toMatchObject([timeout]);
  });

  it('cancels a shared call with the last client that waits for it', async () => {
    const vendor = silentVendor();
    await using started = await start(vendor.listener);
    const { client } = started.server;
    const calls = watch([client.send(get('/v1/a'), scope()), client.send(get('/v1/a'), scope())]);
    await vendor.reached(1);
    await jest.advanceTimersByTimeAsync(3000);
    expect(await calls.settled).toMatchObject([timeout, timeout]);
    await until('a cancelled call', () => vendor.cut.length > 0);
    expect(vendor.cut).toEqual(['/v1/a']);
  });

  it('is not longer than the deadline of the request', async () => {
    const vendor = silentVendor();
    await using started = await start(vendor.listener);
    const client = new AbortController();
    const { settled } = watch([
      started.server.client.send(
        get(),
        scope({ signal: client.signal, deadlineAt: performance.now() + 1000 }),
      ),
    ]);
    await vendor.reached(1);
    client.abort(new DOMException('Too late.', 'TimeoutError'));
    expect(await settled).toMatchObject([timeout]);
    expect(started.states).toEqual([]);
  });

  it('leaves no timer behind', async () => {
    await using started = await start((_request, response) => response.end('{}'));
    expect(await started.server.client.send(get(), scope())).toEqual({});
    const left = jest.getTimerCount();
    for (let id = 0; id < 5; id += 1)
      await started.server.client.send(get(`/${String(id)}`), scope());
    expect(jest.getTimerCount()).toBe(left);
  });
});
