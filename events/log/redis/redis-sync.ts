import { ErrorReply } from '@redis/client';
import { z } from 'zod';
import type { DedicatedConnection } from '../../../state/dedicated-connection.ts';
import type { RedisClient } from '../../../state/redis-connection.ts';
import type { EventsSync } from '../../events-settings.ts';

/** Checks whether the appends of a connection would survive a crash of Redis' machine. */
export interface RedisSync {
  /**
   * Must be called synchronously after the append, so that both are pipelined.
   * @returns the reason if they are not durable
   * @throws Error if Redis does not respond
   */
  whyUnsafe(client: RedisClient): Promise<string | undefined>;
}

/** @param appending is the connection that appends events. */
export function createRedisSync(sync: EventsSync, appending: DedicatedConnection): RedisSync {
  const configuration = new CachedConfigurationCheck(appending, async (client) => {
    // Pipelined: a later command may block the connection.
    const [configured, evicting] = await Promise.all([
      sync === 'always' ? findSyncProblem(client) : undefined,
      findEvictionProblem(client),
    ]);
    return configured ?? evicting;
  });
  return {
    whyUnsafe: async (client) => {
      const [configured, unsynced] = await Promise.all([
        configuration.find(client),
        sync === 'aof' ? waitForSync(client) : undefined,
      ]);
      return unsynced ?? configured;
    },
  };
}

/** Caches the result for some seconds, and per connection. */
class CachedConfigurationCheck {
  readonly #appending: DedicatedConnection;
  readonly #read: RedisSync['whyUnsafe'];
  #cached: CachedReason | undefined;

  constructor(appending: DedicatedConnection, read: RedisSync['whyUnsafe']) {
    this.#appending = appending;
    this.#read = read;
  }

  async find(client: RedisClient): Promise<string | undefined> {
    const { made } = this.#appending;
    const now = performance.now();
    if (this.#cached?.made === made && now - this.#cached.at < CACHE_MS) return this.#cached.reason;
    const reason = await this.#read(client);
    this.#cached = { made, at: now, reason };
    return reason;
  }
}

interface CachedReason {
  readonly made: number;
  readonly at: number;
  readonly reason: string | undefined;
}

/** The configuration can change while Redis runs. */
const CACHE_MS = 5000;

/**
 * Checks whether Redis can evict the log. It has no expiry, so only the `allkeys` policies affect it:
 * https://redis.io/docs/latest/develop/reference/eviction/#eviction-policies
 */
async function findEvictionProblem(client: RedisClient): Promise<string | undefined> {
  try {
    const memory = await client.info('memory');
    const [, policy] = /^maxmemory_policy:([\w-]+)/m.exec(memory) ?? [];
    const [, maxBytes] = /^maxmemory:(\d+)/m.exec(memory) ?? [];
    if (policy === undefined || maxBytes === undefined) return UNKNOWN_EVICTION;
    return policy.startsWith('allkeys-') && maxBytes !== '0'
      ? `Redis can evict events that it has stored: maxmemory-policy must be noeviction in its configuration, but is ${policy}.`
      : undefined;
  } catch (error) {
    if (!(error instanceof ErrorReply)) throw error;
    return UNKNOWN_EVICTION;
  }
}

const UNKNOWN_EVICTION =
  'Redis does not show its memory policy (INFO memory), so that it may evict events that it has stored. Allow the command.';

/** With `appendfsync always` the reply is sent after the sync. https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/#append-only-file */
async function findSyncProblem(client: RedisClient): Promise<string | undefined> {
  try {
    const settings = CONFIGURATION.parse(await client.configGet('*append*'));
    const wrong = Object.entries(NEEDED).filter(
      ([name, value]) => settings[name as keyof typeof NEEDED] !== value, // A cast: `entries` forgets the names.
    );
    if (wrong.length === 0) return undefined;
    const found = wrong.map(([name, value]) => `${name} must be ${value}`).join(', ');
    return `Redis can lose events that it has stored: ${found} in its configuration.`;
  } catch (error) {
    if (!(error instanceof ErrorReply || error instanceof z.ZodError)) throw error;
    return 'Redis does not show its configuration (CONFIG GET appendfsync), so that events that it has stored may be lost. Allow the command, or set EVENTS_SYNC=aof (Redis 7.2 and later).';
  }
}

const NEEDED = {
  appendonly: 'yes',
  appendfsync: 'always',
  // `yes` disables syncs while the file is rewritten.
  'no-appendfsync-on-rewrite': 'no',
} as const;

const CONFIGURATION = z.object({
  appendonly: z.string(),
  appendfsync: z.string(),
  'no-appendfsync-on-rewrite': z.string(),
});

/** https://redis.io/docs/latest/commands/waitaof/ */
async function waitForSync(client: RedisClient): Promise<string | undefined> {
  try {
    const reply = await client.sendCommand(['WAITAOF', '1', '0', String(WAIT_MS)]);
    const [syncs] = z.tuple([z.number(), z.number()]).parse(reply);
    return syncs >= 1
      ? undefined
      : `Redis has not synced its append-only file in ${String(WAIT_MS)} ms.`;
  } catch (error) {
    if (!(error instanceof ErrorReply)) throw error;
    return /unknown command/i.test(error.message)
      ? 'EVENTS_SYNC=aof needs Redis 7.2 or later (WAITAOF), and this one is older. Set EVENTS_SYNC=always, and appendfsync always in its configuration.'
      : `Redis cannot sync the events (WAITAOF): ${error.message}`;
  }
}

/** With `appendfsync everysec` a sync takes at most two seconds. */
const WAIT_MS = 3000;
