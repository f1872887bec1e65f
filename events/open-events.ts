import { z } from 'zod';
import type { RedisConnection } from '../state/redis-connection.ts';
import { CacheInvalidation } from './cache-invalidation.ts';
import type { ChangeLog } from './change-log.ts';
import { LogTail } from './log-tail.ts';
import { createMemoryLog } from './memory-log.ts';

export interface EventsSettings {
  /** How long a stream can be resumed; milliseconds. */
  readonly retentionMs: number;
}

export const eventsSettings = z.unknown().transform((): EventsSettings => ({
  retentionMs: 24 * 3_600_000,
}));

/** The change log of a process, and its one reader. */
export interface OpenEvents {
  readonly log: ChangeLog;
  readonly tail: LogTail;
  /** What caches know of changes: the first that hears of them. */
  readonly invalidation: CacheInvalidation;
  close(): Promise<void>;
}

/** @param _redis is the process's connection, where it has one */
export function openEvents(
  { retentionMs }: EventsSettings,
  _redis: RedisConnection | undefined,
): OpenEvents {
  const log = createMemoryLog({ retentionMs });
  const tail = new LogTail({ log, rebuildMs: REBUILD_MS });
  const invalidation = new CacheInvalidation({ log, tail, rebuildMs: REBUILD_MS });
  tail.start();
  return {
    log,
    tail,
    invalidation,
    close: async () => {
      await tail.close();
      await log.close();
    },
  };
}

/** No cached response is older. */
const REBUILD_MS = 900_000;
