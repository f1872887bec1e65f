import { createClient } from '@redis/client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createApiKey, hashOfKey } from '../../gateway/access/keys/api-key.ts';
import { openRedisKeyRing } from '../../gateway/access/keys/redis-keys.ts';
import { type RedisServer, startRedis } from '../state/redis-server.ts';
import { until } from '../until.ts';
import { startTestGateway } from './start-gateway.ts';

const QUERY = '{ customers(first: 1) { nodes { name payments(first: 1) { nodes { id } } } } }';

let redis: RedisServer;
let watcher: ReturnType<typeof createClient>;
beforeAll(async () => {
  redis = await startRedis();
  watcher = createClient({ url: redis.url });
  await watcher.connect();
});
afterAll(async () => {
  watcher.destroy();
  await redis.stop();
});

/** Clients of the Redis other than the test's. */
async function countClients(): Promise<number> {
  const own = await watcher.clientId();
  return (await watcher.clientList()).filter(({ id }) => id !== own).length;
}

async function createKey(): Promise<string> {
  const ring = await openRedisKeyRing(redis.url);
  const { id, text } = createApiKey();
  const hash = hashOfKey(text).toString('hex');
  await ring.add({
    id,
    name: 'test',
    hash,
    scopes: 'all',
    createdAt: new Date().toISOString(),
    expiresAt: null,
  });
  ring.close();
  return text;
}

/** How many processes there would be. */
const PROCESSES = { embedded: 1, distributed: 4 } as const;

describe.each(['embedded', 'distributed'] as const)(
  'with Redis for limits, vendors, cached answers and API keys, %s',
  (mode) => {
    it('each process holds one connection, says once that it is lost and once that it is there, and closes it', async () => {
      const key = await createKey();
      const environment = {
        REDIS_URL: redis.url,
        ACCESS: 'closed',
        CALLER_REQUESTS_PER_MINUTE: '1000000',
        HUBSPOT_RATE_LIMIT: '500/1s',
        STRIPE_RATE_LIMIT: '500/1s',
        CRM_CACHE: 'Customer=30s',
        LOG_LEVEL: 'warn',
      };
      const gateway = await startTestGateway({ mode, environment });
      const ask = () => gateway.query(QUERY, {}, { authorization: `Bearer ${key}` });
      const logged = (text: string) => gateway.log.filter((line) => line.includes(text)).length;
      const [lost, there] = [
        () => logged('Redis is disconnected'),
        () => logged('Redis is connected'),
      ];
      expect((await ask()).errors).toBeUndefined();
      const count = PROCESSES[mode];
      expect([await countClients(), there() - lost()]).toEqual([count, count]);
      const [lostBefore, thereBefore] = [lost(), there()];
      watcher.destroy();
      await redis.stop();
      await until('each process to lose Redis', async () => {
        expect((await ask()).errors).toBeUndefined();
        return lost() >= lostBefore + count;
      });
      await redis.start();
      await watcher.connect();
      await until('each process to connect again', () => there() >= thereBefore + count);
      expect([await countClients(), lost() - lostBefore, there() - thereBefore]).toEqual([
        count,
        count,
        count,
      ]);
      await gateway.close();
      await until('no client of Redis', async () => (await countClients()) === 0);
    });
  },
);
