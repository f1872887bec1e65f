import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { ChangeLog, LogEntry, LogHead, LogPage } from './change-log.ts';
import { isAfter, ORIGIN, type Position } from './position.ts';

export interface MemoryLogOptions {
  /** How long entries are kept; milliseconds. */
  readonly retentionMs: number;
  /** Milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
}

/** A log that ends with its process: for development, and where nothing sends events. */
export function createMemoryLog({ retentionMs, now = Date.now }: MemoryLogOptions): ChangeLog {
  const log = randomBytes(5).toString('hex');
  const keys = new LRUCache<string, true>({ max: MAX_KEYS });
  const waiting = new Set<() => void>();
  let entries: LogEntry[] = [];
  let last: Position = ORIGIN;
  let floor: Position = ORIGIN;

  const following = (time: number): Position =>
    time > last.ms ? { ms: time, seq: 0 } : { ms: last.ms, seq: last.seq + 1 };
  const trim = (time: number): void => {
    const kept = entries.findIndex(({ position }) => position.ms > time - retentionMs);
    const count = Math.max(kept === -1 ? entries.length : kept, entries.length - MAX_ENTRIES);
    if (count === 0) return;
    floor = entries[count - 1]?.position ?? floor;
    entries = entries.slice(count);
  };
  const head = (): LogHead => ({ log, position: last, floor, time: Math.max(now(), last.ms) });
  const read = (after: Position, limit: number): LogPage => {
    const first = entries.findIndex(({ position }) => isAfter(position, after));
    return {
      entries: first === -1 ? [] : entries.slice(first, first + limit),
      head: head(),
    };
  };
  return {
    isShared: false,
    append: (events) => {
      const results = events.map(({ key, changes }) => {
        if (keys.has(key)) return 'duplicate';
        keys.set(key, true);
        for (const change of changes) {
          last = following(now());
          entries.push({ position: last, change });
        }
        return 'stored';
      });
      trim(now());
      for (const wake of [...waiting]) wake();
      return Promise.resolve(results);
    },
    head: () => Promise.resolve(head()),
    read: (after, limit) => Promise.resolve(read(after, limit)),
    next: async (after, limit, signal) => {
      if (!isAfter(last, after) && !signal.aborted) await nextAppend(waiting, signal);
      return read(after, limit);
    },
    close: () => Promise.resolve(),
  };
}

/** Resolves with the next entries, after some seconds without any, or when nobody waits any more. */
function nextAppend(waiting: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      waiting.delete(wake);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, QUIET_MS).unref();
    waiting.add(wake);
    signal.addEventListener('abort', wake);
  });
}

const QUIET_MS = 5000;
const MAX_KEYS = 100_000;
const MAX_ENTRIES = 100_000;
