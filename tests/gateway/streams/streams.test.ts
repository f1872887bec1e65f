import { once } from 'node:events';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { parseCursor } from '../../../events/log/cursor.ts';
import { comparePositions } from '../../../events/log/position.ts';
import { accessSettings } from '../../../gateway/access/access-config.ts';
import { createCallers } from '../../../gateway/access/callers.ts';
import { createTokenCheck } from '../../../gateway/access/jwt/token-check.ts';
import type { Caller } from '../../../request/caller.ts';
import { parseSettings } from '../../../settings/settings.ts';
import { TIMERS } from '../../timers.ts';
import { bearer, inSeconds, startTokenIssuer } from '../access/token-issuer.ts';
import {
  NO_KEYS,
  openTestEvents,
  type ServedStreams,
  type ServedStreamsOptions,
  serveStreams,
  settled,
  TYPES,
} from './served-streams.ts';

/** A retention that is over before it begins; milliseconds. */
const NOTHING_KEPT = -1;

describe('a stream', () => {
  it('sends a payload for each change of its record, each with a cursor of its own', async () => {
    const { open, append } = await serve();
    const { sink } = await open({ id: '1' });
    await append({ kind: 'CREATED' });
    await sink.received(1);
    await append({ id: '2' }, {});
    await sink.received(2);
    expect(sink.summary).toEqual(['1 CREATED', '1 UPDATED']);
    expectGrowing(sink.cursors);
  });

  it('tells its cursor at once and every ten seconds', async () => {
    const { open, append, clock } = await serve();
    const { sink } = await open({ id: '1' });
    await sink.until(({ heartbeats }) => heartbeats.length === 1);
    await append({ id: '2' });
    await settled();
    clock.advance(10_000);
    await sink.until(({ heartbeats }) => heartbeats.length === 2);
    clock.advance(9_000);
    await settled();
    expect(sink.heartbeats).toHaveLength(2);
    expectGrowing(sink.heartbeats);
  });

  it('sends the changes of a record in their order, one after the other', async () => {
    const { open, append, finish } = await serveHeld();
    const { sink } = await open();
    await append({ kind: 'CREATED' });
    await settled();
    await append({ kind: 'UPDATED' }, { id: '2' });
    await settled();
    expect(sink.payloads).toHaveLength(0);
    finish();
    await sink.received(3);
    expect(sink.summary).toEqual(['1 CREATED', '1 UPDATED', '2 UPDATED']);
  });

  it.each([
    'yesterday',
    '.1-0',
    'log.1',
    'log.1-0 ',
    'the log.1-0',
    'log\n\nevent: next\ndata: {}\n\nid: log.1-0',
    `${'a'.repeat(33)}.1-0`,
  ])('is refused for %j, which no server sends as a cursor', async (resumeFrom) => {
    const { open } = await serve();
    expect((await open({ resumeFrom })).refused).toBe('BAD_USER_INPUT');
  });

  it('is refused for a query', async () => {
    const { open, streams } = await serve();
    expect((await open({ query: '{ record(id: 1) { value } }' })).refused).toBe('BAD_REQUEST');
    expect(streams.held).toEqual(NOTHING_HELD);
  });

  it('leaves nothing behind once its client has left', async () => {
    const { open, append, streams, clock, finish } = await serveHeld();
    const opened = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        open({ id: String(index % 3), headers: { 'x-api-key': `key ${String(index)}` } }),
      ),
    );
    await append({}, { id: '2' });
    await settled();
    for (const { stream } of opened) stream?.close();
    finish();
    await settled();
    clock.advance(2000);
    expect(streams.held).toEqual(NOTHING_HELD);
  });
});

describe('a client that reads slowly', () => {
  it('gets the changes of a record as one, with the kind of all together', async () => {
    const { open, append } = await serve();
    const { sink, stream } = await open();
    sink.isFull = true;
    await append({ id: '1', kind: 'CREATED' }, { id: '2' }, { id: '3', kind: 'DELETED' });
    await append({ id: '1' }, { id: '2', kind: 'DELETED' }, { id: '3', kind: 'CREATED' });
    await append({ id: '2' }, { id: '4', kind: 'MERGED' }, { id: '4' });
    await settled();
    sink.isFull = false;
    stream?.drained();
    await sink.received(4);
    await settled();
    expect(sink.summary).toEqual(['1 CREATED', '2 DELETED', '3 UPDATED', '4 MERGED']);
  });

  it('causes no execution', async () => {
    const reads: string[] = [];
    const { open, append, clock } = await serve({ read: (id) => reads.push(id) });
    const { sink, stream } = await open();
    sink.isFull = true;
    await append({}, { id: '2' });
    await settled();
    clock.advance(20_000);
    expect([reads, sink.heartbeats]).toEqual([[], []]);
    sink.isFull = false;
    stream?.drained();
    await sink.received(2);
    expect(reads).toEqual(['1', '2']);
  });

  it('resumes without a gap from a payload that was merged: its cursor is before all that waited', async () => {
    const { open, append } = await serve();
    const first = await open();
    first.sink.isFull = true;
    await append({ id: 'A', kind: 'CREATED' }, { id: 'B' }, { id: 'A' });
    await settled();
    first.sink.isFull = false;
    first.stream?.drained();
    await first.sink.received(1);
    first.stream?.close();
    const [cursor] = first.sink.cursors;
    const second = await open({ resumeFrom: cursor });
    await second.sink.received(2);
    expect(second.sink.summary).toEqual(['B UPDATED', 'A UPDATED']);
  });

  it('gets EVENTS_LOST once more than 1,000 records wait, and goes on from then', async () => {
    const { open, append, monitoring } = await serve();
    const { sink, stream } = await open();
    sink.isFull = true;
    await append(...Array.from({ length: 1001 }, (_, index) => ({ id: String(index) })));
    await append({ id: 'ignored' });
    await settled();
    sink.isFull = false;
    stream?.drained();
    await sink.received(1);
    await append({ id: 'later' });
    await sink.received(2);
    expect(sink.summary).toEqual(['EVENTS_LOST', 'later UPDATED']);
    expect(sink.payloads[0]?.errors?.[0]?.extensions).toMatchObject({ retryable: true });
    expect(await monitoring.exposition()).toContain(
      'tributary_stream_events_lost_total{reason="slow"} 1',
    );
  });

  it('does not delay others', async () => {
    const { open, append } = await serve();
    const slow = await open();
    const fast = await open();
    slow.sink.isFull = true;
    await append({}, { id: '2' });
    await fast.sink.received(2);
    expect(slow.sink.payloads).toEqual([]);
  });
});

describe('a stream that is resumed', () => {
  it('gets what has happened since its cursor, also a retention later, and then what comes', async () => {
    const { open, append } = await serve();
    const first = await open();
    await first.sink.until(({ heartbeats }) => heartbeats.length === 1);
    const [cursor] = first.sink.heartbeats;
    first.stream?.close();
    for (let page = 0; page < 3; page += 1)
      await append(
        ...Array.from({ length: 400 }, (_, index) => ({ id: `${String(page)}-${String(index)}` })),
      );
    const { sink } = await open({ resumeFrom: cursor });
    await append({ id: 'now' });
    await sink.received(1201);
    await settled();
    expect(new Set(sink.summary).size).toBe(1201);
    expect(sink.summary.at(-1)).toBe('now UPDATED');
    expectGrowing(sink.cursors);
  });

  it.each([
    ['of another log', 'deadbeef00.1700000000000-0'],
    ['beyond the end of the log', undefined],
  ])('gets EVENTS_LOST for a cursor %s, with a new cursor', async (_title, given) => {
    const { open, append } = await serve();
    const first = await open();
    await first.sink.until(({ heartbeats }) => heartbeats.length === 1);
    const [own = ''] = first.sink.heartbeats;
    const beyond = `${own.slice(0, own.indexOf('.'))}.${String(Date.now() + 1e9)}-0`;
    const { sink } = await open({ resumeFrom: given ?? beyond });
    await sink.received(1);
    await append({});
    await sink.received(2);
    expect(sink.summary).toEqual(['EVENTS_LOST', '1 UPDATED']);
    const resumed = await open({ resumeFrom: sink.cursors[0] });
    await resumed.sink.received(1);
    expect(resumed.sink.summary).toEqual(['1 UPDATED']);
  });

  it('gets EVENTS_LOST for a cursor whose changes have been trimmed', async () => {
    const { open, append } = await serve({ events: openTestEvents(NOTHING_KEPT) });
    const first = await open();
    await first.sink.until(({ heartbeats }) => heartbeats.length === 1);
    await append({}, { id: '2' });
    const { sink } = await open({ resumeFrom: first.sink.heartbeats[0] });
    await sink.received(1);
    expect(sink.summary).toEqual(['EVENTS_LOST']);
  });
});

describe('equal streams', () => {
  it('cause one execution for each change: a thousand of them too', async () => {
    const reads: string[] = [];
    const { open, append } = await serve({
      read: (id) => reads.push(id),
      limits: { perCaller: 1000, perProcess: 1000 },
    });
    const opened = [await open({ id: '1' })];
    opened.push(...(await Promise.all(Array.from({ length: 999 }, () => open({ id: '1' })))));
    for (let change = 1; change <= 3; change += 1) {
      await append({});
      for (const { sink } of opened) await sink.received(change);
    }
    expect(reads).toEqual(['1', '1', '1']);
  });

  it('do not share where something of the caller goes into the response', async () => {
    const reads: string[] = [];
    const { open, append } = await serve({
      read: (_id, caller) => reads.push(caller.id),
      isCallerIndependent: false,
    });
    const opened = await Promise.all([
      open({ caller: callerCalled('one') }),
      open({ caller: callerCalled('two') }),
      open({ caller: callerCalled('two') }),
      open({ caller: callerCalled('two'), headers: { 'x-tenant': 'other' } }),
    ]);
    await append({});
    for (const { sink } of opened) await sink.received(1);
    expect(reads.sort()).toEqual(['key:one', 'key:two', 'key:two']);
  });

  it('share where callers differ and the response does not depend on them', async () => {
    const reads: string[] = [];
    const { open, append } = await serve({ read: (_id, caller) => reads.push(caller.id) });
    const opened = [
      await open({ caller: callerCalled('one') }),
      await open({ caller: callerCalled('two') }),
    ];
    await append({});
    for (const { sink } of opened) await sink.received(1);
    expect(reads).toEqual(['key:one']);
  });

  it('do not share with those whose variables or operations differ', async () => {
    const reads: string[] = [];
    const { open, append } = await serve({ read: (id) => reads.push(id) });
    const opened = [
      await open({ id: '1' }),
      await open(),
      await open({ query: 'subscription { recordChanged { id kind record { value } } }' }),
    ];
    await append({});
    for (const { sink } of opened) await sink.received(1);
    expect(reads).toHaveLength(3);
  });

  it('go on with an execution when the one that began it leaves, and end it when all have left', async () => {
    const { open, append, finish, streams } = await serveHeld();
    const [one, two] = [await open(), await open()];
    await append({});
    await settled();
    one.stream?.close();
    expect(streams.held.executions).toBe(1);
    two.stream?.close();
    expect(streams.held.executions).toBe(0);
    finish();
  });
});

describe('limits of streams', () => {
  it('refuse one more of a caller, and let it in when another has ended', async () => {
    const { open } = await serve();
    const opened = await Promise.all(Array.from({ length: 20 }, () => open()));
    expect((await open()).refused).toBe('RATE_LIMITED');
    expect((await open({ ip: '203.0.113.7' })).refused).toBeUndefined();
    opened[0]?.stream?.close();
    expect((await open()).refused).toBeUndefined();
  });

  it('refuse one more of the process', async () => {
    const { open } = await serve({ limits: { perCaller: 10, perProcess: 2 } });
    await Promise.all([open({ ip: '203.0.113.7' }), open({ ip: '198.51.100.7' })]);
    expect((await open()).refused).toBe('RATE_LIMITED');
  });

  it('keep what the budget of the caller refuses pending until there is some again', async () => {
    const { open, append, clock, monitoring } = await serve({
      callerLimits: { requestsPerMinute: 10 },
    });
    const { sink } = await open();
    await append(...Array.from({ length: 12 }, (_, index) => ({ id: String(index) })));
    const refused = async (times: number) => {
      const line = `payloads_deferred_total ${String(times)}`;
      while (!(await monitoring.exposition()).includes(line)) await settled();
    };
    await refused(1);
    expect(sink.payloads).toHaveLength(10);
    clock.advance(7000);
    await refused(2);
    expect(sink.payloads).toHaveLength(11);
    clock.advance(7000);
    await sink.received(12);
    expect(new Set(sink.summary).size).toBe(12);
    expectGrowing(sink.cursors);
  });

  it('leave the cursor before a payload that waits for the budget: a resume gets it', async () => {
    const { open, append, clock, monitoring } = await serve({
      callerLimits: { requestsPerMinute: 1 },
    });
    const { sink, stream } = await open({ caller: callerCalled('one') });
    await append({ id: 'A' }, { id: 'B' }, { id: 'C' });
    while (!(await monitoring.exposition()).includes('payloads_deferred_total 1')) await settled();
    // Merged while it waits.
    await append({ id: 'C', kind: 'DELETED' }, { id: 'B' });
    await settled();
    clock.advance(10_000);
    await sink.until(({ heartbeats }) => heartbeats.length === 2);
    expect(sink.summary).toEqual(['A UPDATED']);
    const cursor = sink.heartbeats.at(-1);
    stream?.close();
    const resumed = await open({ caller: callerCalled('two'), resumeFrom: cursor });
    while (!(await monitoring.exposition()).includes('payloads_deferred_total 2')) await settled();
    clock.advance(60_000);
    await resumed.sink.received(2);
    expect(resumed.sink.summary).toEqual(['B UPDATED', 'C DELETED']);
  });

  it('charge each caller for its payload, also of a shared execution', async () => {
    const { open, append } = await serve({ callerLimits: { requestsPerMinute: 10 } });
    const [one, two] = [
      await open({ caller: callerCalled('one') }),
      await open({ caller: callerCalled('two') }),
    ];
    await append(...Array.from({ length: 11 }, (_, index) => ({ id: String(index) })));
    await one.sink.received(10);
    await two.sink.received(10);
    await settled();
    expect([one.sink.payloads.length, two.sink.payloads.length]).toEqual([10, 10]);
  });

  it('refuse an operation that costs more than the caller may use in a minute', async () => {
    const { open } = await serve({ callerLimits: { costPerMinute: 0.5 } });
    expect((await open()).refused).toBe('OPERATION_TOO_COMPLEX');
  });

  it('end a stream after an hour at most, with a cursor', async () => {
    const { open, clock, append } = await serve();
    const { sink } = await open();
    clock.advance(50 * 60_000);
    expect(sink.ended).toBeUndefined();
    clock.advance(11 * 60_000);
    await append({});
    await settled();
    expect(sink.ended).toEqual([
      expect.objectContaining({
        extensions: {
          code: 'STREAM_EXPIRED',
          retryable: true,
          cursor: expect.stringMatching(/^\w+\.\d+-\d+$/),
        },
      }),
    ]);
    expect(sink.payloads).toEqual([]);
  });
});

describe('a stream of a token', () => {
  afterEach(() => {
    jest.useRealTimers();
  });

  it('ends some seconds after the token has expired, before requests with it are refused', async () => {
    jest.useFakeTimers({ doNotFake: [...TIMERS], now: Date.now() });
    const issuer = await startTokenIssuer();
    const settings = accessSettings({ isSandbox: true });
    const { tokens } = parseSettings(settings, issuer.environment, []) ?? {};
    if (tokens === undefined) throw new Error('The issuer is trusted.');
    const callers = createCallers({ ...NO_KEYS, tokens: createTokenCheck(tokens) });
    const { open, clock } = await serve({ callers });
    const exp = inSeconds(60);
    const headers = bearer(await issuer.token({ claims: { exp } }));
    const { sink } = await open({ headers, caller: await callers.identify(headers) });
    const checkAt = async (seconds: number) => {
      jest.setSystemTime(exp * 1000 + seconds * 1000);
      clock.advance(2000);
      await settled();
    };
    await checkAt(1.9);
    expect(sink.ended).toBeUndefined();
    await checkAt(2);
    await sink.until(({ ended }) => ended !== undefined);
    expect(sink.ended?.[0]?.extensions).toMatchObject({ code: 'TOKEN_EXPIRED' });
    expect(await callers.identify(headers)).toMatchObject({ isAuthenticated: true });
    await issuer.close();
  });
});

describe('a server that drains', () => {
  it('ends its streams little by little with a cursor, and opens no more', async () => {
    const { open, streams, clock } = await serve();
    const opened = await Promise.all(Array.from({ length: 10 }, () => open()));
    streams.drain(1000);
    clock.advance(500);
    const ended = opened.filter(({ sink }) => sink.ended !== undefined);
    expect(ended).toHaveLength(5);
    expect(ended[0]?.sink.ended?.[0]?.extensions).toMatchObject({
      code: 'SERVER_DRAINING',
      cursor: expect.any(String),
    });
    expect((await open()).refused).toBe('SERVER_DRAINING');
    streams.close();
    expect(opened.every(({ sink }) => sink.ended !== undefined)).toBe(true);
    expect(clock.timers).toBe(0);
  });
});

describe('a reload of the graph', () => {
  it('moves streams to the new graph, and ends those that are not valid there', async () => {
    const { open, append, reload } = await serve();
    const valid = await open({ query: 'subscription { recordChanged { id kind } }' });
    const invalid = await open();
    await reload(TYPES.replace('record: Record', 'subject: Record'));
    await append({});
    await valid.sink.received(1);
    await invalid.sink.until(({ ended }) => ended !== undefined);
    expect(valid.sink.summary).toEqual(['1 UPDATED']);
    expect(invalid.sink.ended?.[0]?.extensions?.['code']).toBe('GRAPHQL_VALIDATION_FAILED');
  });

  it('closes the graph before it, whatever streams are open', async () => {
    let isReleased = false;
    const release = () => {
      isReleased = true;
      return Promise.resolve();
    };
    const { open, reload } = await serve({ release });
    await open();
    await reload(TYPES);
    await settled();
    expect(isReleased).toBe(true);
  });
});

type Held = ServedStreams & { readonly finish: () => void };

const served: ServedStreams[] = [];

afterEach(async () => {
  for (const one of served.splice(0)) await one.close();
});

async function serve(options?: ServedStreamsOptions): Promise<ServedStreams> {
  const one = await serveStreams(options);
  served.push(one);
  return one;
}

/** Executions wait until the test lets them finish. */
async function serveHeld(): Promise<Held> {
  const finished = new AbortController();
  const held = once(finished.signal, 'abort').then(() => 'at last');
  const finish = () => {
    finished.abort();
  };
  return { ...(await serve({ read: () => held })), finish };
}

const NOTHING_HELD = { streams: 0, live: 0, clients: 0, credentials: 0, executions: 0 };

const callerCalled = (id: string): Caller => ({
  id: `key:${id}`,
  isAuthenticated: true,
  scopes: new Set(),
  claims: {},
});

/** Each is behind the one before it. */
function expectGrowing(cursors: readonly string[]): void {
  const positions = cursors.map((cursor) => parseCursor(cursor)?.position);
  positions.forEach((position, index) => {
    const before = positions[index - 1];
    if (position === undefined) throw new Error('A cursor was expected.');
    if (before !== undefined) expect(comparePositions(before, position)).toBeLessThan(0);
  });
}
