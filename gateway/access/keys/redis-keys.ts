import { LRUCache } from 'lru-cache';
import type { Problems } from '../../../settings/settings.ts';
import { RedisConnection } from '../../../state/redis-connection.ts';
import { parseStoredJson } from '../../../state/stored-json.ts';
import { cannotCheck } from '../refusal.ts';
import { type KeyRecord, keyRecordSchema } from './key-record.ts';
import type { KeyRing, KeyStore } from './key-store.ts';

/** Keys shared by all instances with one Redis. */
export class RedisKeys implements KeyStore {
  readonly #connection: RedisConnection;
  readonly #found = new LRUCache<string, Found>({ max: MAX_KEYS });

  /** @param connection the process's connection, which logs its own failures; this class does not close it */
  constructor(connection: RedisConnection) {
    this.#connection = connection;
  }

  find(id: string): KeyRecord | undefined | Promise<KeyRecord | undefined> {
    const known = this.#found.get(id);
    if (known !== undefined && performance.now() - known.at < FRESH_MS) return known.record;
    return this.#read(id, known);
  }

  logTo(): void {
    // The connection logs failures.
  }

  /** No action: keys are read again every few seconds. */
  reload(): Promise<Problems> {
    return Promise.resolve([]);
  }

  close(): void {
    // No open resource.
  }

  async #read(id: string, known: Found | undefined): Promise<KeyRecord | undefined> {
    const text = await this.#connection.run((redis) => redis.hGet(REDIS_KEY, id));
    if (text === undefined) {
      if (known !== undefined && performance.now() - known.at < MAX_STALE_MS) return known.record;
      throw cannotCheck();
    }
    // The same object while unchanged: caches use it as their key.
    const record =
      known !== undefined && known.text === text
        ? known.record
        : parseStoredJson(keyRecordSchema, text);
    this.#found.set(id, { text, record, at: performance.now() });
    return record;
  }
}

interface Found {
  readonly text: string | null;
  readonly record: KeyRecord | undefined;
  readonly at: number;
}

const MAX_KEYS = 10_000;
/** How long a revoked key can remain valid. */
const FRESH_MS = 2000;
/** How long known keys remain valid while Redis is unreachable. */
const MAX_STALE_MS = 600_000;
const REDIS_KEY = 'tributary:api-keys';

/** Edits the keys in Redis for a command. */
export async function openRedisKeyRing(url: string): Promise<KeyRing> {
  const connection = new RedisConnection({ url, onChange: () => undefined });
  await connection.open();
  const run: typeof connection.run = async (command) => {
    const reply = await connection.run(command);
    if (reply === undefined) throw new Error('Redis (REDIS_URL) does not respond.');
    return reply;
  };
  return {
    list: async () =>
      Object.values((await run((redis) => redis.hGetAll(REDIS_KEY))) ?? {}).flatMap(
        (text) => parseStoredJson(keyRecordSchema, text) ?? [],
      ),
    add: async (record) => {
      await run((redis) => redis.hSet(REDIS_KEY, record.id, JSON.stringify(record)));
    },
    revoke: async (id, revokedAt) => {
      const found = parseStoredJson(
        keyRecordSchema,
        (await run((redis) => redis.hGet(REDIS_KEY, id))) ?? null,
      );
      if (found !== undefined && found.revokedAt === undefined) {
        await run((redis) => redis.hSet(REDIS_KEY, id, JSON.stringify({ ...found, revokedAt })));
      }
      return found;
    },
    close: () => {
      connection.close();
    },
  };
}
