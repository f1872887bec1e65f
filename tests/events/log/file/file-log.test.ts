import {
  appendFile,
  open,
  readdir,
  readFile,
  rename,
  rm,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LogUnavailable, NotStored } from '../../../../events/log/change-log.ts';
import { lossAfter } from '../../../../events/log/cursor.ts';
import { FileLog, type FileLogOptions } from '../../../../events/log/file/file-log.ts';
import { comparePositions, ORIGIN } from '../../../../events/log/position.ts';
import type { OpenFile } from '../../../../events/log/file/segment.ts';
import { readFileLog } from '../../../../events/log/file/file-log-reader.ts';
import { failToOpen, startAppending } from '../../appending-process.ts';
import { eventOf } from '../../changes.ts';
import { HOUR, temporaryFolder } from '../logs.ts';

let directory: string;
let file: string;
const opened: FileLog[] = [];
beforeEach(async () => {
  directory = await temporaryFolder();
  file = join(directory, 'events.log');
});
afterEach(async () => {
  for (const log of opened.splice(0)) await log.close().catch(() => undefined);
  await rm(directory, { recursive: true });
});

async function openLog(options: Partial<FileLogOptions> = {}): Promise<FileLog> {
  const log = await FileLog.open({ file, retentionMs: HOUR, ...options });
  opened.push(log);
  return log;
}

const ids = async (log: FileLog) =>
  (await log.read(ORIGIN, 100_000)).entries.map(({ change }) => change.id);

const segments = async () =>
  (await readdir(directory)).filter((name) => /\.\d{6}$/.test(name)).sort();

const first = () => join(directory, 'events.log.000001');

/** Creates and closes a log with some events. */
async function written(...keys: readonly string[]): Promise<void> {
  const log = await openLog();
  for (const key of keys) await log.append([eventOf(key)]);
  await log.close();
}

describe('a log in a file', () => {
  it('has the same name, entries and marks when it is reopened', async () => {
    const before = await openLog();
    await before.append([eventOf('one', ['a', 'b']), { key: 'none', changes: [] }]);
    const head = await before.head();
    const page = await before.read(ORIGIN, 10);
    await before.close();
    const after = await openLog();
    expect(await after.head()).toMatchObject({ log: head.log, position: head.position });
    expect((await after.read(ORIGIN, 10)).entries).toEqual(page.entries);
    expect(await after.append([eventOf('one'), eventOf('none'), eventOf('two')])).toEqual([
      'duplicate',
      'duplicate',
      'stored',
    ]);
    expect(await ids(after)).toEqual(['a', 'b', 'two']);
  });

  it.each([
    ['is cut in the middle', () => truncateBy(5)],
    ['has no newline', () => truncateBy(1)],
    ['is garbage', () => appendFile(first(), Buffer.alloc(300))],
    ['is garbage of many lines', () => appendFile(first(), 'x\n'.repeat(1000))],
  ])('continues after a last line that %s, under the same name', async (what, damage) => {
    await written('one', 'two');
    const { log } = await (await reopened()).head();
    await closeAll();
    await damage();
    const after = await openLog();
    expect((await after.head()).log).toBe(log);
    const left = what.startsWith('is garbage') ? ['one', 'two'] : ['one'];
    expect(await ids(after)).toEqual(left);
    await after.append([eventOf('two'), eventOf('three')]);
    await after.close();
    expect(await ids(await openLog())).toEqual(['one', 'two', 'three']);
  });

  it.each([
    [
      'has a damaged line before a whole one',
      async () => {
        const text = await readFile(first(), 'latin1');
        await writeFile(first(), text.replace('"one"', '"0ne"'), 'latin1');
      },
    ],
    ['lacks the end of a segment before the last one', () => truncateBy(1)],
    ['lacks a segment between others', () => rm(join(directory, 'events.log.000002'))],
  ])('begins another log if it %s: cursors of the first one are lost', async (_what, damage) => {
    const log = await openLog({ segmentBytes: 150 });
    for (const key of ['one', 'two', 'three', 'four']) await log.append([eventOf(key)]);
    const before = await log.head();
    await log.close();
    await damage();
    const after = await openLog();
    const head = await after.head();
    expect(lossAfter({ log: before.log, position: before.position }, head)).toBe('other-log');
    expect(comparePositions(head.position, before.position)).toBeGreaterThanOrEqual(0);
    expect(await after.append([eventOf('four'), eventOf('five')])).toEqual(['duplicate', 'stored']);
    await after.close();
    // Only once: the new log is valid.
    const again = await openLog();
    expect((await again.head()).log).toBe(head.log);
    expect(await ids(again)).toEqual(['five']);
  });

  it('starts over if the creation of its file was not finished', async () => {
    await writeFile(first(), 'half a hea');
    const log = await openLog();
    expect(await log.append([eventOf('one')])).toEqual(['stored']);
    expect(await segments()).toEqual(['events.log.000001']);
  });

  it('begins another log if the header of its last segment is damaged, and keeps that segment', async () => {
    const log = await openLog({ segmentBytes: 150 });
    for (const key of ['one', 'two', 'three']) await log.append([eventOf(key)]);
    const before = await log.head();
    await log.close();
    const last = join(directory, (await segments()).at(-1) ?? '');
    const text = await readFile(last, 'latin1');
    await writeFile(last, text.replace('"log"', '"l0g"'), 'latin1');
    const after = await openLog();
    expect(lossAfter(before, await after.head())).toBe('other-log');
    expect(await after.append([eventOf('four')])).toEqual(['stored']);
    await after.close();
    expect(await readFile(last, 'latin1')).toContain('"l0g"');
    const { log: name } = await (await openLog()).head();
    expect(name).toBe((await after.head()).log);
  });

  it('starts over if the creation of several files was not finished', async () => {
    for (const name of ['events.log.000001', 'events.log.000002'])
      await writeFile(join(directory, name), 'half a hea');
    const log = await openLog();
    expect(await log.append([eventOf('one')])).toEqual(['stored']);
    expect(await segments()).toEqual(['events.log.000001']);
  });

  it('never writes to a segment that another process has created', async () => {
    const log = await openLog({ segmentBytes: 1 });
    await log.append([eventOf('one')]);
    const next = join(directory, 'events.log.000003');
    await writeFile(next, 'other');
    await expect(log.append([eventOf('two')])).rejects.toThrow('cannot be written: EEXIST');
    expect(await readFile(next, 'utf8')).toBe('other');
  });

  it('reads entries from the file that are no longer in memory', async () => {
    const log = await openLog({ segmentBytes: 500_000 });
    const keys = Array.from({ length: 12_500 }, (_, index) => `event ${String(index)}`);
    await Promise.all(keys.map((key) => log.append([eventOf(key)])));
    expect((await segments()).length).toBeGreaterThan(2);
    expect([...(await ids(log))].sort()).toEqual([...keys].sort());
    const all: string[] = [];
    for (let after = ORIGIN; ;) {
      const { entries, reached } = await log.read(after, 900);
      all.push(...entries.map(({ change }) => change.id));
      after = reached;
      if (entries.length === 0) break;
    }
    expect(all).toEqual(await ids(log));
  });

  it('has ascending positions when the clock is set back, also after a restart', async () => {
    let now = 1_000_000;
    const log = await openLog({ now: () => now });
    await log.append([eventOf('one')]);
    now = 500_000;
    await log.append([eventOf('two')]);
    await log.close();
    const after = await openLog({ now: () => now });
    await after.append([eventOf('three')]);
    expect((await after.read(ORIGIN, 10)).entries.map(({ position }) => position)).toEqual([
      { ms: 1_000_000, seq: 0 },
      { ms: 1_000_000, seq: 1 },
      { ms: 1_000_000, seq: 2 },
    ]);
  });

  it('removes segments only when no vendor redelivers their events: until then they are duplicates', async () => {
    let now = 1_000_000_000_000;
    const options = { retentionMs: HOUR, now: () => now };
    const log = await openLog(options);
    await log.append([eventOf('one')]);
    now += 2 * HOUR;
    await log.append([eventOf('two')]);
    await log.append([eventOf('three')]);
    expect(await ids(log)).toEqual(['one', 'two', 'three']);
    expect((await log.head()).floor).not.toEqual(ORIGIN);
    await log.close();
    const after = await openLog(options);
    expect(await after.append([eventOf('one')])).toEqual(['duplicate']);
    now += 75 * HOUR;
    await after.append([eventOf('four')]);
    expect(await segments()).not.toContain('events.log.000001');
  });
});

describe('a log in a file that fails', () => {
  it('refuses a group that was not synced, and stores its retry in another segment', async () => {
    const failing = failingAt('datasync');
    const log = await openLog({ openFile: failing.openFile });
    await log.append([eventOf('one')]);
    failing.fails = true;
    const both = [log.append([eventOf('two')]), log.append([eventOf('three')])];
    for (const result of await Promise.allSettled(both))
      expect(result).toMatchObject({ status: 'rejected', reason: { name: 'NotStored' } });
    expect(await ids(log)).toEqual(['one']);
    failing.fails = false;
    expect(await log.append([eventOf('two'), eventOf('three')])).toEqual(['stored', 'stored']);
    expect(await segments()).toEqual(['events.log.000001', 'events.log.000002']);
    // Another process does not read what was not synced, either.
    const { entries } = await readFileLog(file).read(ORIGIN, 10);
    expect(entries.map(({ change }) => change.id)).toEqual(['one', 'two', 'three']);
    const { log: name } = await log.head();
    await log.close();
    const after = await openLog();
    expect((await after.head()).log).toBe(name);
    expect(await ids(after)).toEqual(['one', 'two', 'three']);
  });

  it('creates the next segment again if it could be neither written nor closed', async () => {
    const failing = failingAt('datasync');
    const log = await openLog({ openFile: failing.openFile });
    await log.append([eventOf('one')]);
    failing.fails = true;
    for (let attempt = 0; attempt < 3; attempt += 1)
      await expect(log.append([eventOf('two')])).rejects.toThrow('cannot be written: ENOSPC');
    failing.fails = false;
    expect(await log.append([eventOf('two')])).toEqual(['stored']);
  });

  it('refuses a group that was partly written, and stores its retry at the same offset', async () => {
    const failing = failingAt('write');
    const log = await openLog({ openFile: failing.openFile });
    await log.append([eventOf('one')]);
    failing.fails = true;
    await expect(log.append([eventOf('two')])).rejects.toThrow(/cannot be written: ENOSPC/);
    failing.fails = false;
    expect(await log.append([eventOf('two')])).toEqual(['stored']);
    await log.close();
    expect(await segments()).toEqual(['events.log.000001']);
    expect(await ids(await openLog())).toEqual(['one', 'two']);
  });
});

describe('a log in a file that another program changes while it is written', () => {
  it.each([
    ['removes it', () => rm(first())],
    ['moves it away', () => rename(first(), join(directory, 'moved'))],
    ['empties it', () => truncate(first(), 0)],
    ['puts another file in its place', () => replaceFirst()],
  ])(
    'refuses an event if the program %s, and stores its retry in another segment',
    async (_what, change) => {
      const log = await openLog();
      await log.append([eventOf('one')]);
      const before = await log.head();
      await change();
      await expect(log.append([eventOf('two')])).rejects.toThrow(
        `${file} cannot be written: ${first()} was removed or changed by another program.`,
      );
      expect(await log.append([eventOf('two')])).toEqual(['stored']);
      // Only cursors from before the loss are lost.
      const cursor = { log: before.log, position: ORIGIN };
      expect(lossAfter(cursor, await log.head())).toBe('trimmed');
      expect(lossAfter(before, await log.head())).toBeUndefined();
      await log.close();
      const after = await openLog();
      expect(await ids(after)).toEqual(['two']);
      expect(await after.append([eventOf('two')])).toEqual(['duplicate']);
    },
  );

  it.each([
    ['removed', () => rm(first())],
    ['cut', () => truncateBy(1)],
    ['damaged', () => damageFirst()],
  ])('loses the cursors before a segment that was %s', async (_what, change) => {
    const log = await openLog({ segmentBytes: 150 });
    // More than fit in memory.
    const many = Array.from({ length: 20_000 }, (_, index) => eventOf(String(index)));
    await log.append([eventOf('one')]);
    await log.append(many);
    const { log: name, floor } = await log.head();
    await change();
    await expect(log.read(ORIGIN, 10)).rejects.toThrow(LogUnavailable);
    expect(lossAfter({ log: name, position: floor }, await log.head())).toBe('trimmed');
    expect(await log.append([eventOf('two')])).toEqual(['stored']);
  });
});

describe('the path of a log in a file', () => {
  it('must not be a folder', async () => {
    const message = (path: string) =>
      `${path} is a folder. Add the name of a file: the segments of the log begin with it.`;
    await expect(openLog({ file: directory })).rejects.toThrow(message(directory));
    await expect(openLog({ file: `${file}/` })).rejects.toThrow(message(`${file}/`));
    expect(await readdir(directory)).toEqual([]);
  });

  it('must be in an existing folder', async () => {
    await expect(openLog({ file: `${file}/events.log` })).rejects.toThrow(
      `the folder ${file} does not exist, or cannot be read. Create it, on a disk that outlives the process.`,
    );
  });

  it('must not be a device', async () => {
    await expect(openLog({ file: '/dev/full' })).rejects.toThrow(
      '/dev/full is not a regular file.',
    );
  });
});

describe('a log in a file on a full disk', () => {
  it('does not open, and leaves no files, if its lock cannot be written', async () => {
    // The process has a file size limit of 0. A full disk fails with ENOSPC instead.
    expect(await failToOpen(file)).toContain('EFBIG');
    expect(await readdir(directory)).toEqual([]);
  });

  it('does not open, and releases its lock, if its first segment cannot be written', async () => {
    const failing = failingAt('write');
    failing.fails = true;
    await expect(openLog({ openFile: failing.openFile })).rejects.toThrow('no space');
    expect(await readdir(directory)).toEqual([]);
    expect(await (await openLog()).append([eventOf('one')])).toEqual(['stored']);
  });
});

describe('the lock of a log in a file', () => {
  it('refuses a second writer, and names the first', async () => {
    await openLog();
    await expect(openLog()).rejects.toThrow(
      `${file} is locked by another process (${String(process.pid)} on ${hostname()}): only one process can write it.`,
    );
  });

  it('refuses a second process until the first is killed', async () => {
    const child = await startAppending(file);
    await expect(openLog()).rejects.toThrow(`locked by another process (${String(child.pid)}`);
    await child.kill();
    const log = await openLog();
    expect(await log.append([eventOf('one')])).toEqual(['stored']);
  });

  it('is taken over from an earlier process with the same id, as in a container', async () => {
    const before = await openLog();
    const holder: unknown = JSON.parse(await readFile(`${file}.lock`, 'utf8'));
    await before.close();
    await writeFile(`${file}.lock`, JSON.stringify({ ...(holder as object), token: 'before' }));
    expect(await (await openLog()).append([eventOf('one')])).toEqual(['stored']);
  });

  describe('of a container with the same host name and another PID namespace', () => {
    const almostDead = async () => {
      const other = { token: 'other', pid: process.pid, host: hostname(), processes: 'others' };
      await writeFile(`${file}.lock`, JSON.stringify(other));
      const touchedAt = new Date(Date.now() - 14_500);
      await utimes(`${file}.lock`, touchedAt, touchedAt);
    };

    it('is respected while it is touched', async () => {
      await almostDead();
      const touching = setInterval(() => {
        void utimes(`${file}.lock`, new Date(), new Date());
      }, 100);
      await expect(
        openLog().finally(() => {
          clearInterval(touching);
        }),
      ).rejects.toThrow('is locked by another process');
    });

    it('is taken over when it is stale', async () => {
      await almostDead();
      expect(await (await openLog()).append([eventOf('one')])).toEqual(['stored']);
    });
  });

  it('is released', async () => {
    const log = await openLog();
    await log.close();
    expect(await readdir(directory)).toEqual(['events.log.000001']);
  });

  it('refuses events once another process holds it', async () => {
    const log = await openLog();
    await writeFile(`${file}.lock`, JSON.stringify({ token: 'other', pid: 1, host: 'elsewhere' }));
    await log.close();
    expect(await readFile(`${file}.lock`, 'utf8')).toContain('elsewhere');
    await expect(log.append([eventOf('one')])).rejects.toThrow(NotStored);
  });
});

async function reopened(): Promise<FileLog> {
  return openLog();
}

async function closeAll(): Promise<void> {
  for (const log of opened.splice(0)) await log.close();
}

async function truncateBy(bytes: number): Promise<void> {
  const { length } = await readFile(first());
  await truncate(first(), length - bytes);
}

async function replaceFirst(): Promise<void> {
  await rm(first());
  await writeFile(first(), 'another file');
}

async function damageFirst(): Promise<void> {
  const text = await readFile(first(), 'latin1');
  await writeFile(first(), text.replace('"one"', '"0ne"'), 'latin1');
}

/** Files with an operation that can be made to fail, as on a full or broken disk. */
function failingAt(operation: 'datasync' | 'write') {
  const state: { fails: boolean; openFile: OpenFile } = {
    fails: false,
    openFile: async (path, flags) => {
      const handle = await open(path, flags);
      const [write, datasync] = [handle.write.bind(handle), handle.datasync.bind(handle)];
      const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
      const fails = () => state.fails && operation === 'datasync';
      handle.datasync = () => (fails() ? Promise.reject(full) : datasync());
      const close = handle.close.bind(handle);
      // Closing a file reports what could not be written, too.
      handle.close = async () => {
        await close();
        if (fails()) throw full;
      };
      // A cast: this is the used overload of `write`.
      handle.write = (async (bytes: Buffer, from: number, length: number, at: number) => {
        if (!state.fails || operation !== 'write') return write(bytes, from, length, at);
        await write(bytes, from, Math.floor(length / 2), at);
        throw full;
      }) as typeof handle.write;
      return handle;
    },
  };
  return state;
}
