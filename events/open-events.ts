import type { RedisConnection } from '../state/redis-connection.ts';
import { CacheInvalidation } from './cache-invalidation.ts';
import type { ChangeLog } from './log/change-log.ts';
import type { EventsProcess, EventsSettings } from './events-settings.ts';
import { LogTail } from './log/log-tail.ts';
import { createMemoryLog } from './log/memory-log.ts';

/** The change log of a process, and its tail. */
export interface OpenEvents {
  readonly log: ChangeLog;
  readonly tail: LogTail;
  /** The first listener of the tail. */
  readonly invalidation: CacheInvalidation;
  close(): Promise<void>;
}

export interface OpenEventsOptions extends Pick<EventsProcess, 'production' | 'receivesWebhooks'> {
  /** The process's connection. If set, events are in Redis. */
  readonly redis?: RedisConnection | undefined;
  /** Receives a warning if events may be lost and that is allowed. */
  readonly warn: (line: string) => void;
}

/**
 * Opens the log of changes: in Redis, else in a file, else in memory.
 * @throws Error with the reason if webhook events would not be durable in production, or the file cannot be used
 */
export async function openEvents(
  settings: EventsSettings,
  options: OpenEventsOptions,
): Promise<OpenEvents> {
  const log = await openLog(settings, options);
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

async function openLog(
  { file, sync, retentionMs }: EventsSettings,
  { redis, production, receivesWebhooks, warn }: OpenEventsOptions,
): Promise<ChangeLog> {
  if (redis !== undefined) {
    // Loaded on demand, as below: most processes do not need it.
    const { RedisLog } = await import('./log/redis/redis-log.ts');
    const mustSync = production && receivesWebhooks;
    const log = new RedisLog({
      redis,
      retentionMs,
      sync,
      mustSync,
      // If it must sync, an unsafe Redis ends the start, and later events are refused.
      warn: receivesWebhooks && !mustSync ? warn : () => undefined,
    });
    const reason = receivesWebhooks ? await log.whyUnsafe() : undefined;
    if (reason === undefined || !mustSync) return log;
    await log.close();
    throw new Error(reason);
  }
  if (file !== undefined) {
    const { FileLog } = await import('./log/file/file-log.ts');
    return FileLog.open({ file, retentionMs }).catch((error: unknown) => {
      // A cast: what the file log and the file system throw is an error.
      throw new Error(`EVENTS_FILE cannot be used: ${(error as Error).message}`, { cause: error });
    });
  }
  if (receivesWebhooks)
    warn('Events are in memory: a restart loses them. Set REDIS_URL or EVENTS_FILE.');
  return createMemoryLog({ retentionMs });
}

/** The greatest age of a cached response. */
const REBUILD_MS = 900_000;
