import { createMemoryBudgets } from './memory-budgets.ts';
import { createMemoryResponses, createMemorySlots, createMemoryKeyValues } from './memory-state.ts';
import { createRedisBudgets } from './redis-budgets.ts';
import { createRedisClock } from './redis-clock.ts';
import { RedisConnection, type RedisConnectionOptions } from './redis-connection.ts';
import { createRedisSlots, type SharedSlots } from './redis-slots.ts';
import { createRedisVersions } from './redis-versions.ts';
import type { SlotStore, SharedState, KeyValueStore } from './shared-state.ts';

/** The state that all instances with the same Redis share. While Redis is lost, this instance uses its own. */
export async function openRedisState({
  url,
  onChange,
}: RedisConnectionOptions): Promise<SharedState> {
  const connection = new RedisConnection({
    url,
    onChange: (isShared, reason) => {
      if (isShared) void versions.share();
      onChange(isShared, reason);
    },
  });
  const versions = createRedisVersions(connection);
  const now = createRedisClock(connection);
  const [sharedBudgets, ownBudgets] = [createRedisBudgets(connection), createMemoryBudgets()];
  const ownResponses = createMemoryResponses();
  await connection.open();
  return {
    keyValues: { ...createRedisKeyValues(connection, 'tributary:', createMemoryKeyValues()), now },
    responses: {
      ...createRedisKeyValues(connection, ANSWERS, ownResponses),
      now,
      ...versions,
      deleteAll: async (prefix) => {
        await ownResponses.deleteAll(prefix);
        return deleteFromRedis(connection, ANSWERS + prefix);
      },
    },
    slots: withFallback(createRedisSlots(connection), createMemorySlots()),
    budgets: {
      spend: async (key, amount, budget) =>
        (await sharedBudgets.spend(key, amount, budget)) ?? ownBudgets.spend(key, amount, budget),
    },
    redis: connection,
    close: () => {
      connection.close();
      return Promise.resolve();
    },
  };
}

const ANSWERS = 'tributary:answer:';

/** @param prefix has no special characters of Redis patterns */
async function deleteFromRedis(connection: RedisConnection, prefix: string): Promise<boolean> {
  let cursor = '0';
  do {
    const page = await connection.run((redis) =>
      redis.scan(cursor, { MATCH: `${prefix}*`, COUNT: SCANNED_KEYS }),
    );
    if (page === undefined) return false;
    const { keys } = page;
    if (keys.length > 0 && (await connection.run((redis) => redis.unlink(keys))) === undefined)
      return false;
    ({ cursor } = page);
  } while (cursor !== '0');
  return true;
}

const SCANNED_KEYS = 1000;

/** Also stores texts in this process: its own writes remain known while Redis is lost, and those of that time afterwards. */
function createRedisKeyValues(
  connection: RedisConnection,
  prefix: string,
  own: KeyValueStore,
): Omit<KeyValueStore, 'now'> {
  return {
    get: async (key) => (await connection.run((redis) => redis.get(prefix + key))) ?? own.get(key),
    set: async (key, text, seconds) => {
      await own.set(key, text, seconds);
      await connection.run((redis) =>
        redis.set(prefix + key, text, { expiration: { type: 'EX', value: seconds } }),
      );
    },
    claim: async (key, text, seconds) => {
      const expiration = { type: 'EX', value: seconds } as const;
      // With GET, the reply is the previous value: null if the key was free.
      const before = await connection.run((redis) =>
        redis.set(prefix + key, text, { condition: 'NX', GET: true, expiration }),
      );
      if (typeof before === 'string') return before;
      const known = await own.claim(key, text, seconds);
      if (known !== null && before === null)
        await connection.run((redis) => redis.set(prefix + key, known, { expiration }));
      return known;
    },
    delete: async (key) => {
      await own.delete(key);
      await connection.run((redis) => redis.del(prefix + key));
    },
  };
}

const withFallback = (shared: SharedSlots, own: SlotStore): SlotStore => ({
  take: async (key, rate) => (await shared.take(key, rate)) ?? own.take(key, rate),
});
