import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChangeLog, LogEntry } from '../../../events/log/change-log.ts';
import { lossAfter } from '../../../events/log/cursor.ts';
import { comparePositions, ORIGIN, type Position } from '../../../events/log/position.ts';
import { changeOf, eventOf } from '../changes.ts';
import { type LogStorage, LOGS } from './logs.ts';

const FOREVER = new AbortController().signal;

describe.each(Object.entries(LOGS))('a change log in %s', (_kind, createStorage) => {
  let storage: LogStorage;
  let log: ChangeLog;
  beforeEach(async () => {
    storage = await createStorage();
    log = await storage.open();
  });
  afterEach(async () => {
    await log.close();
    await storage.close();
  });

  const all = async (): Promise<readonly LogEntry[]> => (await log.read(ORIGIN, 1000)).entries;
  const ids = async () => (await all()).map(({ change }) => change.id);

  it('returns changes as they were appended, at growing positions', async () => {
    const changes = [
      changeOf('pi_1', { related: [{ type: 'BillingAccount', id: 'cus_1' }], changed: ['email'] }),
      changeOf('7', { vendor: 'hubspot', type: 'Deal', kind: 'MERGED', searchLagMs: 10_000 }),
      changeOf('8', { source: 'write', kind: 'DELETED', isErasure: true }),
    ];
    await log.append([{ key: 'one', changes }, eventOf('two')]);
    const entries = await all();
    expect(entries.map(({ change }) => change)).toEqual([...changes, changeOf('two')]);
    expect(isAscending(entries.map(({ position }) => position))).toBe(true);
  });

  it('stores an event once: in one append, in concurrent ones and later', async () => {
    const results = await Promise.all([
      log.append([eventOf('one'), eventOf('one')]),
      log.append([eventOf('one'), eventOf('two')]),
    ]);
    expect(results).toEqual([
      ['stored', 'duplicate'],
      ['duplicate', 'stored'],
    ]);
    expect(await log.append([eventOf('two')])).toEqual(['duplicate']);
    expect(await ids()).toEqual(['one', 'two']);
  });

  it('recognises an event without changes as a duplicate', async () => {
    expect(await log.append([{ key: 'none', changes: [] }])).toEqual(['stored']);
    expect(await log.append([eventOf('none')])).toEqual(['duplicate']);
    expect(await ids()).toEqual([]);
  });

  it('stores concurrent appends atomically and in order', async () => {
    const keys = Array.from({ length: 300 }, (_, index) => `event ${String(index)}`);
    await Promise.all(keys.map((key) => log.append([eventOf(key, [`${key} a`, `${key} b`])])));
    const found = await ids();
    expect([...found].sort()).toEqual(keys.flatMap((key) => [`${key} a`, `${key} b`]).sort());
    expect(found.filter((_, index) => index % 2 === 1)).toEqual(
      found.filter((_, index) => index % 2 === 0).map((id) => id.replace(/a$/, 'b')),
    );
    expect(isAscending((await all()).map(({ position }) => position))).toBe(true);
  });

  it('is read in pages, each with the position where the next one starts', async () => {
    await log.append(['a', 'b', 'c'].map((key) => eventOf(key)));
    const first = await log.read(ORIGIN, 2);
    expect(first.entries.map(({ change }) => change.id)).toEqual(['a', 'b']);
    expect(first.reached).toEqual(first.entries[1]?.position);
    const second = await log.read(first.reached, 2);
    expect(second.entries.map(({ change }) => change.id)).toEqual(['c']);
    expect(second.reached).toEqual(second.head.position);
    expect(await log.read(second.reached, 2)).toMatchObject({
      entries: [],
      reached: second.reached,
    });
  });

  it('has a name and a head, whose position is that of the newest entry', async () => {
    const empty = await log.head();
    expect(empty).toMatchObject({ position: ORIGIN, floor: ORIGIN });
    expect(empty.log).toMatch(/^[a-z\d]{1,32}$/);
    await log.append([eventOf('one'), eventOf('two')]);
    const [, newest] = await all();
    const head = await log.head();
    expect(head).toMatchObject({ log: empty.log, position: newest?.position, floor: ORIGIN });
    expect(head.time).toBeGreaterThanOrEqual(head.position.ms);
  });

  it('wakes a waiting reader with the next entries', async () => {
    const { position } = await log.head();
    const waiting = log.next(position, 10, FOREVER);
    await log.append([eventOf('one')]);
    const { entries, reached } = await waiting;
    expect(entries.map(({ change }) => change.id)).toEqual(['one']);
    expect(await log.next(position, 10, FOREVER)).toMatchObject({ entries, reached });
  });

  it('returns an empty page to a reader that stops waiting', async () => {
    const ended = new AbortController();
    const waiting = log.next(ORIGIN, 10, ended.signal);
    setImmediate(() => {
      ended.abort();
    });
    expect(await waiting).toMatchObject({ entries: [], reached: ORIGIN });
    await log.append([eventOf('one')]);
    expect((await log.next(ORIGIN, 10, FOREVER)).entries).toHaveLength(1);
  });

  it('detects whether all entries after a cursor are stored', async () => {
    await log.append(['a', 'b'].map((key) => eventOf(key)));
    const head = await log.head();
    const [first] = await all();
    const after = (position: Position) => lossAfter({ log: head.log, position }, head);
    expect([ORIGIN, first?.position ?? ORIGIN, head.position].map(after)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(after({ ms: head.position.ms, seq: head.position.seq + 1 })).toBe('ahead');
    expect(lossAfter({ log: 'another', position: head.position }, head)).toBe('other-log');
  });

  it('trims entries beyond the retention, reports the new floor, and invalidates cursors below it', async () => {
    await log.close();
    log = await storage.open({ retentionMs: 40 });
    await log.append(['a', 'b'].map((key) => eventOf(key)));
    const { log: name, position } = await log.head();
    let [head, count] = [await log.head(), 0];
    while (comparePositions(head.floor, position) < 0) {
      await log.append([eventOf(`later ${String((count += 1))}`)]);
      head = await log.head();
    }
    expect(lossAfter({ log: name, position: ORIGIN }, head)).toBe('trimmed');
    expect(lossAfter({ log: name, position: head.floor }, head)).toBeUndefined();
    expect(lossAfter({ log: name, position: head.position }, head)).toBeUndefined();
  });
});

const isAscending = (positions: readonly Position[]) =>
  positions.every((one, index) => {
    const before = positions[index - 1];
    return before === undefined || comparePositions(before, one) < 0;
  });
