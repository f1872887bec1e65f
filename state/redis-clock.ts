import type { RedisConnection } from './redis-connection.ts';

/** Redis' clock, in milliseconds since 1970: the clocks of instances can differ. While Redis is lost, this process continues it. */
export function createRedisClock(connection: RedisConnection): () => Promise<number> {
  let known: { readonly time: number; readonly seenAt: number } | undefined;
  return async () => {
    const reply = await connection.run((redis) => redis.time());
    if (reply === undefined)
      return known === undefined
        ? Date.now()
        : Math.floor(known.time + performance.now() - known.seenAt);
    const [seconds, microseconds] = reply.map(Number);
    const time = (seconds ?? 0) * 1000 + Math.floor((microseconds ?? 0) / 1000);
    known = { time, seenAt: performance.now() };
    return time;
  };
}
