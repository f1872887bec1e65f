import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ChangeLog, LogEntry } from '../../events/log/change-log.ts';
import { FileLog } from '../../events/log/file/file-log.ts';
import { comparePositions, ORIGIN } from '../../events/log/position.ts';
import { type RedisServer, startRedis } from '../state/redis-server.ts';
import { type AppendingProcess, startAppending } from './appending-process.ts';
import { HOUR, openRedisLog, temporaryFolder } from './log/logs.ts';

const EVENTS = 10_000;
const KILLS = 6;
/** Processes take seconds to start. */
const TIMEOUT_MS = 120_000;
/** The most events in flight, as open requests of a vendor. */
const MAX_IN_FLIGHT = 64;

let directory: string;
beforeEach(async () => {
  directory = await temporaryFolder();
});
afterEach(() => rm(directory, { recursive: true }));

/** A vendor that sends each event until it is acknowledged. */
class Vendor {
  readonly acknowledged = new Set<string>();
  readonly #unsent = Array.from({ length: EVENTS }, (_, index) => String(index));
  readonly #open = new Set<string>();
  #process: AppendingProcess | undefined;
  #wake: () => void = () => undefined;

  get isDone(): boolean {
    return this.acknowledged.size === EVENTS;
  }

  sendTo(process: AppendingProcess): void {
    this.#process = process;
    this.#send();
  }

  readonly onResult = (result: string, key: string): void => {
    this.#open.delete(key);
    if (result === 'refused') this.#unsent.push(key);
    else this.acknowledged.add(key);
    this.#send();
    this.#wake();
  };

  /** Queues the events in flight again, after a kill. */
  loseOpen(): void {
    this.#unsent.push(...this.#open);
    this.#open.clear();
  }

  async untilAcknowledged(count: number): Promise<void> {
    while (this.acknowledged.size < Math.min(count, EVENTS))
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
  }

  #send(): void {
    while (this.#open.size < MAX_IN_FLIGHT) {
      const key = this.#unsent.shift();
      if (key === undefined) return;
      this.#open.add(key);
      this.#process?.append(key);
    }
  }
}

async function entriesOf(log: ChangeLog): Promise<readonly LogEntry[]> {
  const all: LogEntry[] = [];
  for (let after = ORIGIN; ;) {
    const { entries, reached } = await log.read(after, 1000);
    all.push(...entries);
    after = reached;
    if (entries.length === 0) return all;
  }
}

function expectEachOnce(entries: readonly LogEntry[]): void {
  const ids = entries.map(({ change }) => Number(change.id));
  expect([...ids].sort((one, other) => one - other)).toEqual(
    Array.from({ length: EVENTS }, (_, index) => index),
  );
  const isAscending = entries.every(
    ({ position }, index) =>
      index === 0 || comparePositions(entries[index - 1]?.position ?? position, position) < 0,
  );
  expect(isAscending).toBe(true);
}

/** Random numbers of acknowledged events after which the process is killed. */
function killCounts(): readonly number[] {
  const chosen = Array.from({ length: KILLS }, () => Math.floor(Math.random() * EVENTS * 0.95));
  return chosen.sort((one, other) => one - other);
}

describe('10,000 events, each sent until it is acknowledged', () => {
  it(
    'are each in the file once, and under one name, when their process is killed at random',
    async () => {
      const file = join(directory, 'events.log');
      const vendor = new Vendor();
      const names = new Set<string>();
      for (const moment of [...killCounts(), EVENTS]) {
        const child = await startAppending(file, vendor.onResult);
        vendor.sendTo(child);
        await vendor.untilAcknowledged(moment);
        const before = new Set(vendor.acknowledged);
        await child.kill();
        vendor.loseOpen();
        const log = await FileLog.open({ file, retentionMs: HOUR });
        names.add((await log.head()).log);
        const stored = new Set((await entriesOf(log)).map(({ change }) => change.id));
        expect([...before].filter((key) => !stored.has(key))).toEqual([]);
        await log.close();
      }
      expect(vendor.isDone).toBe(true);
      const log = await FileLog.open({ file, retentionMs: HOUR });
      expectEachOnce(await entriesOf(log));
      expect(names.size).toBe(1);
      await log.close();
    },
    TIMEOUT_MS,
  );

  it(
    'are each in Redis once, and under one name, when Redis and their process are killed at random',
    async () => {
      const redis = await startRedis({ directory, settings: ['--appendfsync', 'always'] });
      const vendor = new Vendor();
      const names = new Set<string>();
      let child = await startAppending(redis.url, vendor.onResult);
      vendor.sendTo(child);
      for (const [index, moment] of [...killCounts(), EVENTS].entries()) {
        await vendor.untilAcknowledged(moment);
        const before = new Set(vendor.acknowledged);
        await redis.stop();
        if (index % 3 === 2) {
          await child.kill();
          vendor.loseOpen();
        }
        await redis.start();
        const { name, stored } = await readAll(redis);
        names.add(name);
        expect([...before].filter((key) => !stored.has(key))).toEqual([]);
        if (index % 3 === 2) {
          child = await startAppending(redis.url, vendor.onResult);
          vendor.sendTo(child);
        }
      }
      expect(vendor.isDone).toBe(true);
      await child.end();
      expectEachOnce((await readAll(redis)).entries);
      expect(names.size).toBe(1);
      await redis.stop();
    },
    TIMEOUT_MS,
  );
});

async function readAll(redis: RedisServer) {
  const log = await openRedisLog(redis);
  const entries = await entriesOf(log);
  const { log: name } = await log.head();
  await log.close();
  return { entries, name, stored: new Set(entries.map(({ change }) => change.id)) };
}
