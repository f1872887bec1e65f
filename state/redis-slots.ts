import { randomUUID } from 'node:crypto';
import type { RedisConnection } from './redis-connection.ts';
import type { SlotResult, Rate } from './shared-state.ts';

/** Places that all instances share. */
export interface SharedSlots {
  /** @returns undefined if Redis does not respond */
  take(key: string, rate: Rate): Promise<SlotResult | undefined>;
}

export function createRedisSlots(connection: RedisConnection): SharedSlots {
  // Unique among all instances, and short.
  const instance = randomUUID();
  let taken = 0;
  return {
    take: async (key, { limit, windowMs }) => {
      taken += 1;
      const member = `${instance}:${String(taken)}`;
      const options = {
        keys: [`tributary:places:${key}`],
        arguments: [String(limit), String(windowMs), member, String(HELD_MS)],
      };
      const waitMs = await connection.run((redis) => redis.eval(TAKE, options));
      if (waitMs === undefined) return undefined;
      if (Number(waitMs) > 0) return { waitMs: Number(waitMs) };
      return { settle: () => void connection.run((redis) => redis.eval(SETTLE, options)) };
    },
  };
}

/** How long a running call holds its place if it is never settled. */
const HELD_MS = 10_000;

/**
 * A sorted set of the taken places, by the time at which each is free again, by Redis' clock, which is the same for all instances. Returns 0 if a
 * place was taken, else the milliseconds until one may be free.
 */
const TAKE = `
local limit, window, member, held = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3], tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if redis.call('ZCARD', KEYS[1]) < limit then
  redis.call('ZADD', KEYS[1], now + window + held, member)
  redis.call('PEXPIRE', KEYS[1], window + held)
  return 0
end
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
local wait = tonumber(first[2]) - now
if wait > window then return 50 end
return math.max(1, wait)
`;

const SETTLE = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
return redis.call('ZADD', KEYS[1], 'XX', now + tonumber(ARGV[2]) + 1, ARGV[3])
`;
