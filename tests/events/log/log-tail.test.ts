import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChangeLog, LogHead } from '../../../events/log/change-log.ts';
import { LogTail } from '../../../events/log/log-tail.ts';
import { isAfter, ORIGIN } from '../../../events/log/position.ts';
import { type RedisServer, startRedis } from '../../state/redis-server.ts';
import { until } from '../../until.ts';
import { eventOf } from '../changes.ts';
import { HOUR, type LogStorage, LOGS, openRedisLog, temporaryFolder } from './logs.ts';

/** A started tail, with a listener that records its calls. */
class TestTail {
  readonly ids: string[] = [];
  readonly gaps: LogHead[] = [];
  readonly readable: boolean[] = [];
  readonly tail: LogTail;

  constructor(log: ChangeLog, rebuildMs = HOUR) {
    this.tail = new LogTail({
      log,
      rebuildMs,
      onChange: (isReadable) => this.readable.push(isReadable),
    });
    this.tail.listen(
      (entries) => this.ids.push(...entries.map(({ change }) => change.id)),
      (head) => this.gaps.push(head),
    );
    this.tail.start();
  }
}

const LONG_MS = 20_000;

describe.each(Object.entries(LOGS))('the tail of a log in %s', (_kind, createStorage) => {
  let storage: LogStorage;
  let log: ChangeLog;
  let tested: TestTail | undefined;
  beforeEach(async () => {
    storage = await createStorage();
    log = await storage.open();
  });
  afterEach(async () => {
    await tested?.tail.close();
    await log.close();
    await storage.close();
  });

  it('delivers recent entries, then each new one, once and in order', async () => {
    await log.append([eventOf('a'), eventOf('b')]);
    tested = new TestTail(log);
    await log.append([eventOf('c')]);
    await log.append([eventOf('d'), eventOf('a')]);
    const { position } = await log.head();
    expect(await tested.tail.reach(position, LONG_MS)).toBe(true);
    expect(tested.ids).toEqual(['a', 'b', 'c', 'd']);
    expect(tested.gaps).toEqual([]);
  });

  it('reaches the head of a log without recent entries, and no further', async () => {
    await log.append([eventOf('old')]);
    const { log: name, position } = await log.head();
    tested = new TestTail(log, 0);
    expect(await tested.tail.reach(position, LONG_MS)).toBe(true);
    expect(tested.tail.head).toMatchObject({ log: name, position });
  });

  it('reaches the head of an empty log', async () => {
    tested = new TestTail(log);
    expect(await tested.tail.reach(ORIGIN, LONG_MS)).toBe(true);
    expect(tested.tail.head?.position).toEqual(ORIGIN);
  });

  it('does not reach a position past the head, nor one of another log', async () => {
    tested = new TestTail(log);
    await log.append([eventOf('a')]);
    const { log: name, position } = await log.head();
    expect(await tested.tail.reach(position, LONG_MS, name)).toBe(true);
    expect(await tested.tail.reach({ ...position, seq: position.seq + 1 }, 0)).toBe(false);
    expect(await tested.tail.reach(ORIGIN, 0, 'another')).toBe(false);
  });

  it('delivers recent entries also to listeners that are added later in the turn in which it starts', async () => {
    await log.append([eventOf('a')]);
    tested = new TestTail(log);
    const ids: string[] = [];
    // As many steps as the start of a program may take.
    for (let step = 0; step < 100; step += 1) await Promise.resolve();
    tested.tail.listen((entries) => ids.push(...entries.map(({ change }) => change.id)));
    const { position } = await log.head();
    expect(await tested.tail.reach(position, LONG_MS)).toBe(true);
    expect(ids).toEqual(['a']);
  });

  it('reaches a position also if the process was held up for longer than the timeout', async () => {
    let arrive: () => void = () => undefined;
    const arrival = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    tested = new TestTail({
      ...log,
      head: () => log.head(),
      read: (after, limit) => log.read(after, limit),
      next: async (after, limit, signal) => {
        const page = await log.next(after, limit, signal);
        await arrival;
        return page;
      },
    });
    await tested.tail.reach(ORIGIN, LONG_MS);
    await log.append([eventOf('a')]);
    const { position } = await log.head();
    const reached = tested.tail.reach(position, 200);
    const end = performance.now() + 250;
    while (performance.now() < end);
    // As a response of another process, it arrives after timers have run.
    setImmediate(() => setImmediate(arrive));
    expect(await reached).toBe(true);
  });

  it('delivers to all listeners, even if one of them fails', async () => {
    const failures: unknown[] = [];
    const onFailure = (error: unknown) => failures.push(error);
    const tail = new LogTail({ log, rebuildMs: HOUR, onFailure });
    const failure = new Error('a listener that fails');
    tail.listen(() => {
      throw failure;
    });
    const ids: string[] = [];
    tail.listen((entries) => ids.push(...entries.map(({ change }) => change.id)));
    tail.start();
    await log.append([eventOf('a')]);
    expect(await tail.reach((await log.head()).position, LONG_MS)).toBe(true);
    await tail.close();
    expect(ids).toEqual(['a']);
    expect(failures).toContain(failure);
  });
});

describe('the tail of a log in Redis', () => {
  let server: RedisServer;
  let directory: string;
  let log: ChangeLog;
  let tested: TestTail;
  beforeEach(async () => {
    directory = await temporaryFolder();
    server = await startRedis({ directory, settings: ['--appendfsync', 'always'] });
    log = await openRedisLog(server);
    tested = new TestTail(log);
    await log.append([eventOf('a')]);
    await tested.tail.reach((await log.head()).position, LONG_MS);
  });
  afterEach(async () => {
    server.signal('SIGCONT');
    await tested.tail.close();
    await log.close();
    await server.stop();
    await rm(directory, { recursive: true });
  });

  const appendOnce = async (key: string) => {
    for (;;)
      try {
        return await log.append([eventOf(key)]);
      } catch {
        await new Promise(setImmediate);
      }
  };

  it('continues without loss after a lost connection to Redis, and is not readable meanwhile', async () => {
    await server.stop();
    await until('the tail to be unreadable', () => !tested.tail.isReadable);
    await server.start();
    await appendOnce('b');
    await until('the entry b', () => tested.ids.includes('b'));
    expect(tested.ids).toEqual(['a', 'b']);
    expect(tested.gaps).toEqual([]);
    await until('the tail to be readable', () => tested.tail.isReadable);
    expect(tested.readable).toEqual([false, true]);
  });

  it('reports a gap when the log was lost, then delivers the entries of its successor', async () => {
    const before = tested.tail.head;
    await server.run((client) => client.flushAll());
    await appendOnce('b');
    await until('the entry b', () => tested.ids.includes('b'));
    expect(tested.ids).toEqual(['a', 'b']);
    expect(tested.gaps).toHaveLength(1);
    expect(tested.gaps[0]?.log).not.toBe(before?.log);
    expect(tested.tail.head?.log).toBe(tested.gaps[0]?.log);
  });

  it('reports a gap when the log was trimmed before it could read', async () => {
    const read = tested.tail.head?.position ?? ORIGIN;
    const trimmed = await openRedisLog(server, { maxEntries: 1 });
    // One script appends and trims, so the reader cannot read in between.
    await trimmed.append([eventOf('b', ['b', 'c', 'd'])]);
    const { position, floor } = await log.head();
    expect(isAfter(floor, read)).toBe(true);
    expect(await tested.tail.reach(position, LONG_MS)).toBe(true);
    await trimmed.close();
    expect(tested.ids).toEqual(['a', 'd']);
    expect(tested.gaps).toEqual([expect.objectContaining({ position: floor })]);
  });

  it('reports a gap when Redis was restored from an older copy', async () => {
    const copy = await server.run((client) =>
      client.sendCommand(['DUMP', '{tributary:events}:stream'], { typeMapping: { 36: Buffer } }),
    );
    await appendOnce('b');
    await until('the entry b', () => tested.ids.includes('b'));
    const position = tested.tail.head?.position ?? ORIGIN;
    // A cast: the type mapping makes it a buffer.
    const bytes = copy as unknown as Buffer;
    await server.run((client) =>
      client.sendCommand(['RESTORE', '{tributary:events}:stream', '0', bytes, 'REPLACE']),
    );
    await until('a gap', () => tested.gaps.length > 0);
    expect(isAfter(position, tested.tail.head?.position ?? position)).toBe(true);
    await appendOnce('c');
    await until('the entry c', () => tested.ids.includes('c'));
    expect(tested.ids).toEqual(['a', 'b', 'c']);
  });
});
