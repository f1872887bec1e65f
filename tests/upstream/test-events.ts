import { CacheInvalidation } from '../../events/cache-invalidation.ts';
import type { Change } from '../../events/change.ts';
import { type ChangeLog, LogUnavailable } from '../../events/log/change-log.ts';
import type { EventHealth } from '../../events/catch-up/event-health.ts';
import { LogTail } from '../../events/log/log-tail.ts';
import { createMemoryLog } from '../../events/log/memory-log.ts';
import { changeOf } from '../events/changes.ts';

export interface TestEvents {
  readonly log: ChangeLog;
  readonly invalidation: CacheInvalidation;
  /** Appends a change of `hubspot`. */
  append(change: Partial<Change>): Promise<void>;
  /** Waits until the last change is known. */
  received(): Promise<void>;
  /** From now on the log can be neither read nor written. */
  fail(): void;
  /** Another log takes the place of this one, which is known here then. */
  lose(): Promise<void>;
  close(): Promise<void>;
}

interface TestEventsOptions {
  readonly isShared?: boolean;
  /** @default one of its own */
  readonly log?: ChangeLog;
  /** @default all events can be relied on */
  readonly health?: EventHealth;
}

/** Another one for the same log stands for another instance. */
export function openTestEvents({
  isShared = false,
  log: given = createMemoryLog({ retentionMs: 3_600_000 }),
  health = { isHealthy: () => true },
}: TestEventsOptions = {}): TestEvents {
  let [current, isLost, count] = [given, false, 0];
  const failing =
    <Args extends readonly unknown[], Result>(ask: (...args: Args) => Promise<Result>) =>
    (...args: Args): Promise<Result> =>
      isLost ? Promise.reject(new LogUnavailable('The log is lost.')) : ask(...args);
  const log: ChangeLog = {
    isShared,
    append: failing((events) => current.append(events)),
    head: failing(() => current.head()),
    read: failing((after, limit) => current.read(after, limit)),
    next: failing((after, limit, signal) => current.next(after, limit, signal)),
    close: () => current.close(),
  };
  const tail = new LogTail({ log, rebuildMs: 900_000 });
  const invalidation = new CacheInvalidation({ log, tail, rebuildMs: 900_000 });
  invalidation.trust(health);
  tail.start();
  return {
    log: given,
    invalidation,
    append: async (change) => {
      const key = `event-${String((count += 1))}-${String(Math.random())}`;
      await current.append([{ key, changes: [{ ...CHANGE, ...change }] }]);
    },
    received: async () => {
      await tail.reach((await current.head()).position, 30_000);
    },
    fail: () => {
      isLost = true;
    },
    lose: async () => {
      const before = current;
      current = createMemoryLog({ retentionMs: 3_600_000 });
      const { log: name } = await current.head();
      // Who waits for entries of the one before looks again.
      for (const one of [before, current])
        await one.append([{ key: 'last', changes: [{ ...CHANGE, vendor: 'other' }] }]);
      while (tail.head?.log !== name) await nextTurn();
    },
    close: async () => {
      await tail.close();
    },
  };
}

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

const CHANGE = changeOf('1', { vendor: 'hubspot', type: 'Thing' });
