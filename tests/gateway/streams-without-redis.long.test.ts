import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { parseCursor } from '../../events/log/cursor.ts';
import { describeBuilt } from '../built-program.ts';
import type { RedisServer } from '../state/redis-server.ts';
import {
  cursorNow,
  deliverPayment,
  expectToReceive,
  LiveGateways,
  pay,
  PAYMENT_IDS,
} from './live-gateways.ts';
import type { RestartedProgram } from './restarted-program.ts';
import { sendOperation } from './start-gateway.ts';
import { type EventReader, idsOf } from './streams/read-events.ts';

const TIMEOUT_MS = 120_000;

let live: LiveGateways;
beforeEach(async () => {
  live = await LiveGateways.open();
});
afterEach(() => live.close());

const followAll = async (gateway: RestartedProgram, cursor?: string) =>
  live.followAll(gateway, PAYMENT_IDS, cursor ?? (await cursorNow(gateway)));

async function expectRefused(response: Response): Promise<void> {
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
  expect(await response.json()).toMatchObject({
    errors: [{ extensions: { code: 'EVENTS_NOT_STORED', retryable: true, retryAfter: 5 } }],
  });
}

/** Stripe delivers it again until it is stored. */
async function deliverUntilStored(gateway: RestartedProgram, id: string): Promise<void> {
  for (;;) {
    const response = await deliverPayment(gateway, id);
    if (response.status === 200) return;
    await expectRefused(response);
  }
}

/** Asks until the health says so. Never is the process unready. */
async function untilHealth(gateway: RestartedProgram, expected: object): Promise<void> {
  for (;;) {
    const response = await fetch(`${await gateway.url}/health/ready`);
    const { status, redis, events } = (await response.json()) as {
      readonly status: string;
      readonly redis: string;
      readonly events: { readonly stripe: { readonly healthy: boolean } };
    };
    expect(response.status).toBe(200);
    const health = { status, redis, healthy: events.stripe.healthy };
    if (JSON.stringify(health) === JSON.stringify(expected)) return;
  }
}

const CONNECTED = { status: 'ready', redis: 'connected', healthy: true };
const LOST = { status: 'degraded', redis: 'disconnected', healthy: false };

/** Waits for a heartbeat with a cursor, which multipart has none of. */
async function expectHeartbeats([events, socket]: readonly EventReader[]): Promise<void> {
  for (const reader of [events, socket]) {
    const before = reader?.ids.length ?? 0;
    await reader?.until(({ ids }) => ids.length > before);
    expect(new Set(reader?.ids.slice(before - 1)).size).toBe(1);
  }
}

describeBuilt('while Redis is down', () => {
  let redis: RedisServer;
  let gateway: RestartedProgram;
  let opened: readonly EventReader[];
  beforeEach(async () => {
    redis = await live.startRedis();
    gateway = await live.start({ REDIS_URL: redis.url });
    await untilHealth(gateway, CONNECTED);
    opened = await followAll(gateway);
    await pay(gateway, 'pi_before');
    await expectToReceive(opened, ['pi_before']);
  }, TIMEOUT_MS);

  it(
    'streams stay open with the same cursor, webhooks get 503, and streams continue without a gap when Redis is back',
    async () => {
      const cursor = opened[0]?.ids.at(-1) ?? '';
      await redis.stop();
      await expectRefused(await deliverPayment(gateway, 'pi_during'));
      await untilHealth(gateway, LOST);
      await expectHeartbeats(opened);
      const { data } = await sendOperation(await gateway.url, {
        query: '{ payments(first: 1) { nodes { id } } }',
      });
      expect(data.payments.nodes).toHaveLength(1);
      const late = await followAll(gateway, cursor);
      await redis.start();
      await deliverUntilStored(gateway, 'pi_during');
      await pay(gateway, 'pi_after');
      await expectToReceive(opened, ['pi_before', 'pi_during', 'pi_after']);
      await expectToReceive(late, ['pi_during', 'pi_after']);
      await untilHealth(gateway, CONNECTED);
    },
    TIMEOUT_MS,
  );

  it(
    'or hangs, webhooks get 503, and an event that Redis has stored all the same comes once',
    async () => {
      redis.signal('SIGSTOP');
      await expectRefused(await deliverPayment(gateway, 'pi_during'));
      redis.signal('SIGCONT');
      await deliverUntilStored(gateway, 'pi_during');
      await pay(gateway, 'pi_after');
      await expectToReceive(opened, ['pi_before', 'pi_during', 'pi_after']);
    },
    TIMEOUT_MS,
  );

  it(
    'a gateway that starts refuses subscriptions without a cursor; those with a cursor continue when Redis is back',
    async () => {
      const cursor = opened[0]?.ids.at(-1) ?? '';
      await redis.stop();
      await gateway.kill();
      const { status, headers, errors } = await sendOperation(
        await gateway.url,
        { query: PAYMENT_IDS },
        { accept: 'text/event-stream, application/json' },
      );
      expect([status, headers.get('retry-after'), errors?.[0]?.extensions]).toEqual([
        502,
        '5',
        { code: 'UPSTREAM_UNAVAILABLE', retryable: true, retryAfter: 5 },
      ]);
      const resumed = await followAll(gateway, cursor);
      await redis.start();
      await deliverUntilStored(gateway, 'pi_after');
      await expectToReceive(resumed, ['pi_after']);
    },
    TIMEOUT_MS,
  );
});

/** Each stream has told that changes were lost, has another cursor since, and goes on. */
async function expectLossAndMore(
  opened: readonly EventReader[],
  gateway: RestartedProgram,
): Promise<void> {
  const isLost = ({ payloads }: EventReader) => payloads.some(({ errors }) => errors !== undefined);
  for (const reader of opened) await reader.until(isLost);
  await deliverUntilStored(gateway, 'pi_after');
  for (const reader of opened) await reader.until(() => idsOf(reader).includes('pi_after'));
  expect(
    opened.map(({ payloads }) => ({
      errors: payloads.flatMap(({ errors = [] }) => errors.map(({ extensions }) => extensions)),
      payments: idsOf({ payloads }),
    })),
  ).toEqual(
    opened.map(() => ({
      errors: [{ code: 'EVENTS_LOST', retryable: true }],
      payments: ['pi_before', 'pi_lost', 'pi_after'],
    })),
  );
}

const logsOf = ({ ids }: EventReader) => [...new Set(ids.map((id) => parseCursor(id)?.log))];

describeBuilt('when Redis is back', () => {
  it(
    'without its data, each stream gets EVENTS_LOST with a cursor of another log, and goes on',
    async () => {
      const redis = await live.startRedis({});
      const gateway = await live.start({ REDIS_URL: redis.url });
      const opened = await followAll(gateway);
      await pay(gateway, 'pi_before');
      await pay(gateway, 'pi_lost');
      await expectToReceive(opened, ['pi_before', 'pi_lost']);
      await redis.stop();
      await redis.start();
      await expectLossAndMore(opened, gateway);
      expect(opened.map((reader) => logsOf(reader).length)).toEqual([2, 2, 2]);
    },
    TIMEOUT_MS,
  );

  it(
    'with older data, each stream gets EVENTS_LOST with a cursor, and goes on',
    async () => {
      const redis = await live.startRedis();
      const gateway = await live.start({ REDIS_URL: redis.url });
      const opened = await followAll(gateway);
      const stored = join(live.directory, 'appendonlydir');
      await pay(gateway, 'pi_before');
      await cp(stored, join(live.directory, 'older'), { recursive: true });
      await pay(gateway, 'pi_lost');
      await expectToReceive(opened, ['pi_before', 'pi_lost']);
      await redis.stop();
      await rm(stored, { recursive: true });
      await cp(join(live.directory, 'older'), stored, { recursive: true });
      await redis.start();
      await expectLossAndMore(opened, gateway);
    },
    TIMEOUT_MS,
  );
});
