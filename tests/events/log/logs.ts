import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ChangeLog } from '../../../events/log/change-log.ts';
import { FileLog } from '../../../events/log/file/file-log.ts';
import { createMemoryLog } from '../../../events/log/memory-log.ts';
import { RedisLog, type RedisLogOptions } from '../../../events/log/redis/redis-log.ts';
import { openConnection, type RedisServer, startRedis } from '../../state/redis-server.ts';

/** A storage for logs of one kind. */
export interface LogStorage {
  /** Opens the log. An earlier one must be closed first unless it is shared. */
  open(options?: { readonly retentionMs?: number }): Promise<ChangeLog>;
  /** Removes everything. */
  close(): Promise<void>;
}

export const HOUR = 3_600_000;

export const LOGS = {
  memory: () => {
    const place: LogStorage = {
      open: ({ retentionMs = HOUR } = {}) => Promise.resolve(createMemoryLog({ retentionMs })),
      close: () => Promise.resolve(),
    };
    return Promise.resolve(place);
  },
  file: async () => {
    const directory = await temporaryFolder();
    const place: LogStorage = {
      open: ({ retentionMs = HOUR } = {}) =>
        FileLog.open({ file: join(directory, 'events.log'), retentionMs }),
      close: () => rm(directory, { recursive: true }),
    };
    return place;
  },
  Redis: async () => {
    const server = await startRedis();
    const place: LogStorage = {
      open: ({ retentionMs = HOUR } = {}) => openRedisLog(server, { retentionMs }),
      close: () => server.stop(),
    };
    return place;
  },
} satisfies Record<string, () => Promise<LogStorage>>;

export const temporaryFolder = () => mkdtemp(join(tmpdir(), 'events-'));

/** A log with its own connection, which it closes. */
export async function openRedisLog(
  { url }: Pick<RedisServer, 'url'>,
  options: Partial<RedisLogOptions> = {},
): Promise<RedisLog> {
  const redis = await openConnection(url);
  const log = new RedisLog({
    redis,
    retentionMs: HOUR,
    sync: 'always',
    mustSync: false,
    warn: () => undefined,
    ...options,
  });
  const closeLog = log.close.bind(log);
  log.close = async () => {
    await closeLog();
    redis.close();
  };
  return log;
}
