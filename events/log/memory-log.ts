import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Arrivals } from './arrivals.ts';
import type { ChangeLog, LogEntry, LogHead, LogPage } from './change-log.ts';
import { following, isAfter, ORIGIN, type Position } from './position.ts';
import { RecentEntries } from './recent-entries.ts';

export interface MemoryLogOptions {
  /** The retention of entries; milliseconds. */
  readonly retentionMs: number;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** A log that is lost with its process: for development, and for processes without webhooks. */
export function createMemoryLog({ retentionMs, now = Date.now }: MemoryLogOptions): ChangeLog {
  const log = randomBytes(5).toString('hex');
  const keys = new LRUCache<string, true>({ max: MAX_KEYS });
  const arrivals = new Arrivals();
  const recent = new RecentEntries(MAX_ENTRIES, ORIGIN);
  let last: Position = ORIGIN;

  const head = (): LogHead => ({
    log,
    position: last,
    floor: recent.before,
    time: Math.max(now(), last.ms),
  });
  const read = (after: Position, limit: number): LogPage => {
    const entries = recent.after(after, limit);
    const newest = entries.length < limit ? undefined : entries.at(-1);
    return { entries, reached: newest?.position ?? last, head: head() };
  };
  return {
    isShared: false,
    append: (events) => {
      const entries: LogEntry[] = [];
      const results = events.map(({ key, changes }) => {
        if (keys.has(key)) return 'duplicate';
        keys.set(key, true);
        for (const change of changes) {
          last = following(last, now());
          entries.push({ position: last, change });
        }
        return 'stored';
      });
      recent.add(entries);
      recent.forgetBefore(now() - retentionMs);
      if (entries.length > 0) arrivals.announce();
      return Promise.resolve(results);
    },
    head: () => Promise.resolve(head()),
    read: (after, limit) => Promise.resolve(read(after, limit)),
    next: async (after, limit, signal) => {
      if (!isAfter(last, after)) await arrivals.next(signal);
      return read(after, limit);
    },
    close: () => Promise.resolve(),
  };
}

const MAX_KEYS = 100_000;
const MAX_ENTRIES = 100_000;
