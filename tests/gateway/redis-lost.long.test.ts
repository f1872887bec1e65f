import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type RedisServer, startRedis } from '../state/redis-server.ts';
import { startTestGateway, type TestGateway } from './start-gateway.ts';

const QUERY = '{ customers(first: 2) { nodes { name payments(first: 1) { nodes { id } } } } }';

let redis: RedisServer;
beforeAll(async () => {
  redis = await startRedis();
});
afterAll(() => redis.stop());

describe.each(['embedded', 'distributed'] as const)('while Redis is lost, %s', (mode) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    const limits = { HUBSPOT_RATE_LIMIT: '500/1s', STRIPE_RATE_LIMIT: '500/1s' };
    gateway = await startTestGateway({
      mode,
      environment: { ...limits, REDIS_URL: redis.url, LOG_LEVEL: 'warn' },
    });
  });
  afterAll(() => gateway.close());

  /** Sends queries until the metrics of the process that calls vendors show it; each response on the way must be complete. */
  async function untilShared(state: 0 | 1): Promise<void> {
    for (;;) {
      expect((await gateway.query(QUERY)).errors).toBeUndefined();
      const metrics = await Promise.all(
        gateway.urls.map(async (url) => (await fetch(`${url}/metrics`)).text()),
      );
      if (metrics.some((text) => text.includes(`tributary_shared_state_up ${String(state)}`)))
        return;
    }
  }

  it('every request is answered, the log and the metrics say so, and it is shared again when Redis is back', async () => {
    await untilShared(1);
    await redis.stop();
    await untilShared(0);
    expect(gateway.log.join('')).toContain(
      'Redis is disconnected: this instance uses its own state',
    );
    await redis.start();
    await untilShared(1);
    expect(gateway.log.join('')).toContain('Redis is connected');
    expect(gateway.log.join('')).not.toContain(redis.url);
  });
});
