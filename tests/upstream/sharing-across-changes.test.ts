import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ownResources } from '../subgraphs/test-resources.ts';
import { openTestEvents, type TestEvents } from './test-events.ts';
import { gate, get, scopeOf, serve } from './loopback.ts';

/** Holds back its first response to a GET, with the state of that moment, until it is released; a POST changes the state. */
function slowVendor() {
  let [state, reads] = ['old', 0];
  const [reached, answer] = [gate(), gate()];
  return {
    listener: (
      { method }: { readonly method?: string | undefined },
      response: { end(text: string): unknown },
    ) => {
      const body = JSON.stringify({ state });
      if (method !== 'GET') {
        state = 'new';
        response.end('{}');
        return;
      }
      reads += 1;
      if (reads > 1) {
        response.end(body);
        return;
      }
      reached.open();
      void answer.opened.then(() => response.end(body));
    },
    change: () => (state = 'new'),
    reads: () => reads,
    reached: reached.opened,
    answer: answer.open,
  };
}

describe('a pending read, when an identical one follows,', () => {
  it('is not shared by a read after a change, which shows the new state', async () => {
    const vendor = slowVendor();
    await using server = await serve(vendor.listener);
    const before = server.client.send(get(), scopeOf());
    await vendor.reached;
    await server.client.send(get('/v1/things', { method: 'POST', semantics: 'unsafe' }), scopeOf());
    expect(await server.client.send(get(), scopeOf())).toEqual({ state: 'new' });
    vendor.answer();
    expect(await before).toEqual({ state: 'old' });
  });

  it('is not shared by a read after a failed change with an unknown outcome', async () => {
    const vendor = slowVendor();
    await using server = await serve((request, response) => {
      if (request.method === 'GET') vendor.listener(request, response);
      else {
        vendor.change();
        response.destroy();
      }
    });
    const before = server.client.send(get(), scopeOf());
    await vendor.reached;
    const change = get('/v1/things', { method: 'POST', semantics: 'unsafe' });
    await expect(server.client.send(change, scopeOf())).rejects.toMatchObject({
      code: 'OUTCOME_UNKNOWN',
    });
    expect(await server.client.send(get(), scopeOf())).toEqual({ state: 'new' });
    vendor.answer();
    await before;
  });

  it('is not shared by another request that needs the current state, which another instance may have changed', async () => {
    const vendor = slowVendor();
    await using server = await serve(vendor.listener);
    const before = server.client.send(get(), scopeOf());
    await vendor.reached;
    vendor.change();
    const current = { ...scopeOf(), bypassCache: true };
    expect(await server.client.send(get(), current)).toEqual({ state: 'new' });
    vendor.answer();
    await before;
  });

  it('is shared by a read without a change between', async () => {
    const vendor = slowVendor();
    await using server = await serve(vendor.listener);
    const reads = [server.client.send(get(), scopeOf()), server.client.send(get(), scopeOf())];
    await vendor.reached;
    vendor.answer();
    expect(await Promise.all(reads)).toEqual([{ state: 'old' }, { state: 'old' }]);
    expect(vendor.reads()).toBe(1);
  });
});

describe.each([
  ['of one process', false],
  ['that instances share', true],
])('a pending read, when an identical one follows, with a log of events %s', (_name, isShared) => {
  let events: TestEvents;
  beforeEach(() => {
    events = openTestEvents({ isShared });
  });
  afterEach(() => events.close());

  const start = (vendor: ReturnType<typeof slowVendor>) =>
    serve(vendor.listener, {
      policy: {
        maxConcurrency: 10,
        cache: {
          account: 'one',
          kindOf: () => undefined,
          freshSeconds: new Map(),
          staleSeconds: new Map(),
          tagsOf: () => ({ types: ['Thing', 'Part'], read: () => ({ records: [], lists: [] }) }),
        },
      },
      resources: { ...ownResources(), invalidation: events.invalidation },
    });

  it.each(['Thing', 'Part'])('is not shared by a read after a change: %s', async (type) => {
    const vendor = slowVendor();
    await using server = await start(vendor);
    const before = server.client.send(get(), scopeOf());
    await vendor.reached;
    vendor.change();
    await events.append({ type });
    if (!isShared) await events.received();
    // Where instances share the log, another one may have sent the change to this client: the read waits until it is known here.
    expect(await server.client.send(get(), scopeOf())).toEqual({ state: 'new' });
    vendor.answer();
    expect(await before).toEqual({ state: 'old' });
  });

  it('is shared across a change of another type, or of another vendor', async () => {
    const vendor = slowVendor();
    await using server = await start(vendor);
    const before = server.client.send(get(), scopeOf());
    await vendor.reached;
    await events.append({ type: 'Other' });
    await events.append({ type: 'Thing', vendor: 'stripe' });
    await events.received();
    const after = server.client.send(get(), scopeOf());
    vendor.answer();
    expect(await Promise.all([before, after])).toEqual([{ state: 'old' }, { state: 'old' }]);
  });

  it('is not shared by a later request while the log cannot be read, if instances share it', async () => {
    const vendor = slowVendor();
    await using server = await start(vendor);
    const before = server.client.send(get(), scopeOf());
    await vendor.reached;
    events.fail();
    vendor.change();
    const after = server.client.send(get(), scopeOf());
    if (!isShared) vendor.answer();
    expect(await after).toEqual({ state: isShared ? 'new' : 'old' });
    vendor.answer();
    await before;
  });
});
