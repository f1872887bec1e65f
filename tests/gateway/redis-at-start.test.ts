import { afterEach, describe, expect, it } from '@jest/globals';
import { createApiKey } from '../../gateway/access/keys/api-key.ts';
import { readMetrics, samplesOf } from '../monitoring/read-metrics.ts';
import { type RedisServer, startRedis } from '../state/redis-server.ts';
import { until } from '../until.ts';
import { startTestGateway, type TestGateway } from './start-gateway.ts';

const QUERY = '{ customers(first: 1) { nodes { name } } }';
const DISCONNECTED = 'Redis is disconnected: this instance uses its own state';

let redis: RedisServer;
let gateway: TestGateway | undefined;
afterEach(async () => {
  await gateway?.close();
  redis.signal('SIGCONT');
  await redis.stop();
});

const start = async (environment: Record<string, string> = {}) => {
  gateway = await startTestGateway({
    environment: { REDIS_URL: redis.url, LOG_LEVEL: 'warn', ...environment },
  });
  return gateway;
};

const health = async ({ url }: TestGateway) => (await fetch(`${url}/health/ready`)).json();

/** What the log says of Redis. */
const logged = ({ log }: TestGateway) =>
  log
    .filter((line) => line.includes('Redis'))
    .map((line) => JSON.parse(line) as { msg: string; reason?: string })
    .map(({ msg, reason }) => [msg, reason]);

/** Sends requests until Redis is connected. */
const untilConnected = (running: TestGateway) =>
  until('Redis to be connected', async () => {
    expect((await running.query(QUERY)).errors).toBeUndefined();
    const { redis: state } = (await health(running)) as { redis?: string };
    return state === 'connected';
  });

describe('a start without Redis', () => {
  it.each([
    ['is not there', 'ECONNREFUSED', () => redis.stop()],
    [
      'accepts connections and does not respond',
      'no response',
      () => {
        redis.signal('SIGSTOP');
        return Promise.resolve();
      },
    ],
  ])(
    'that %s succeeds with a state of its own, which log, metrics and /health/ready tell, and shares it once Redis is there',
    async (_what, reason, lose) => {
      redis = await startRedis();
      await lose();
      const running = await start();
      expect((await running.query(QUERY)).errors).toBeUndefined();
      expect(await health(running)).toMatchObject({ status: 'degraded', redis: 'disconnected' });
      expect(samplesOf(await readMetrics(running.url), 'tributary_shared_state_up')).toEqual({
        '': 0,
      });
      expect(logged(running)).toEqual([[DISCONNECTED, reason]]);

      redis.signal('SIGCONT');
      if (reason === 'ECONNREFUSED') await redis.start();
      await untilConnected(running);
      expect(await health(running)).toMatchObject({ status: 'ready', redis: 'connected' });
      expect(logged(running).at(-1)).toEqual(['Redis is connected', undefined]);
    },
  );

  it('whose password is wrong names the refusal in the log, and neither address nor password', async () => {
    redis = await startRedis({ password: 'right-password' });
    const url = redis.url.replace('right', 'wrong');
    const running = await start({ REDIS_URL: url });
    expect((await running.query(QUERY)).errors).toBeUndefined();
    expect(await health(running)).toMatchObject({ status: 'degraded', redis: 'disconnected' });
    expect(logged(running)).toEqual([[DISCONNECTED, 'WRONGPASS']]);
    expect(running.log.join('')).not.toMatch(/wrong-password|127\.0\.0\.1:\d+/);
  });

  it('refuses API keys that are in it as unavailable, not as wrong', async () => {
    redis = await startRedis();
    await redis.stop();
    const running = await start({ ACCESS: 'closed' });
    const headers = { authorization: `Bearer ${createApiKey().text}` };
    const { status, errors } = await running.query(QUERY, {}, headers);
    expect([status, errors?.[0]?.extensions?.['retryable']]).toEqual([502, true]);
  });

  it('is not in the health of a process without REDIS_URL', async () => {
    redis = await startRedis();
    const running = await start({ REDIS_URL: '' });
    expect(await health(running)).not.toHaveProperty('redis');
  });
});
