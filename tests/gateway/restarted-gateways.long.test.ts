import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { describeBuilt } from '../built-program.ts';
import { type RedisServer, startRedis } from '../state/redis-server.ts';
import { RestartedGateway } from './restarted-gateway.ts';
import { RetryingVendor } from './retrying-vendor.ts';
import { deliverStripeEvent, paidEvent } from './signed-stripe-event.ts';
import { ask } from './start-gateway.ts';
import { idsOf, type EventReader } from './streams/read-events.ts';
import { subscribeBy, TRANSPORTS } from './streams/read-by-transport.ts';
import { ResumingSubscriber } from './streams/resuming-subscriber.ts';

const QUERY = 'subscription { paymentChanged { id } }';
const SECRET = 'whsec_of_this_test';
const TIMEOUT_MS = 120_000;

let directory: string;
let sandbox: Sandbox;
let redis: RedisServer;
const gateways: RestartedGateway[] = [];
const readers: EventReader[] = [];
beforeAll(async () => {
  sandbox = await startSandbox();
});
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'restarted-'));
  redis = await startRedis({ directory, settings: ['--appendfsync', 'always'] });
});
afterEach(async () => {
  for (const reader of readers.splice(0)) reader.close();
  for (const gateway of gateways.splice(0)) await gateway.end();
  await redis.stop();
  await rm(directory, { recursive: true });
});
afterAll(() => sandbox.close());

async function startGateway(log: Readonly<Record<string, string>>): Promise<RestartedGateway> {
  const gateway = await RestartedGateway.start({
    ...sandbox.environment,
    ...log,
    STRIPE_WEBHOOK_SECRETS: SECRET,
    ACCESS: 'open',
    ACCESS_OPEN_CONFIRM: '1',
    DRAIN_DELAY_MS: '500',
    LOG_LEVEL: 'silent',
  });
  gateways.push(gateway);
  return gateway;
}

const pay = async (gateway: RestartedGateway, id: string) => {
  const event = paidEvent(`evt_${id}`, id);
  expect((await deliverStripeEvent(await gateway.url, event, { secret: SECRET })).status).toBe(200);
};

const cursorNow = async (gateway: RestartedGateway) => {
  const { headers } = await ask(await gateway.url, { query: '{ __typename }' });
  return headers.get('x-tributary-cursor') ?? '';
};

/** Opens a stream by each transport. */
async function followAll(gateway: RestartedGateway, resumeFrom: string) {
  const url = await gateway.url;
  const opened = await Promise.all(
    TRANSPORTS.map((transport) =>
      subscribeBy[transport](url, { query: QUERY, extensions: { resumeFrom } }),
    ),
  );
  readers.push(...opened);
  return opened;
}

async function expectToReceive(opened: readonly EventReader[], ids: readonly string[]) {
  for (const reader of opened) await reader.until(() => idsOf(reader).length >= ids.length);
  expect(opened.map(idsOf)).toEqual(opened.map(() => ids));
}

/** Waits for the ends of streams by each transport. @returns the cursor that they have in common */
async function expectDrained(opened: readonly EventReader[]): Promise<string> {
  for (const reader of opened) await reader.until(({ isComplete }) => isComplete);
  const ends = opened.map(({ payloads, isComplete }) => ({
    isComplete,
    errors: payloads.at(-1)?.errors?.map(({ extensions }) => extensions),
  }));
  const cursor = ends[0]?.errors?.[0]?.['cursor'] as string;
  expect(ends).toEqual(
    opened.map(() => ({
      isComplete: true,
      errors: [{ code: 'SERVER_DRAINING', retryable: true, cursor }],
    })),
  );
  return cursor;
}

describeBuilt('a gateway that gets SIGTERM', () => {
  it(
    'ends its streams with SERVER_DRAINING and a cursor, from which it continues them after its restart',
    async () => {
      const gateway = await startGateway({ EVENTS_FILE: join(directory, 'events.log') });
      const opened = await followAll(gateway, await cursorNow(gateway));
      await pay(gateway, 'pi_before');
      await expectToReceive(opened, ['pi_before']);
      const restarted = gateway.restart();
      const cursor = await expectDrained(opened);
      expect(await restarted).toBe(0);
      await pay(gateway, 'pi_after');
      await expectToReceive(await followAll(gateway, cursor), ['pi_after']);
    },
    TIMEOUT_MS,
  );

  it(
    'ends streams that resume on another instance, and on the restarted one, with what was stored meanwhile',
    async () => {
      const log = { REDIS_URL: redis.url };
      const [one, other] = [await startGateway(log), await startGateway(log)];
      const opened = await followAll(one, await cursorNow(other));
      await pay(other, 'pi_before');
      await expectToReceive(opened, ['pi_before']);
      const restarted = one.restart();
      const cursor = await expectDrained(opened);
      await pay(other, 'pi_meanwhile');
      await expectToReceive(await followAll(other, cursor), ['pi_meanwhile']);
      expect(await restarted).toBe(0);
      await pay(one, 'pi_after');
      await expectToReceive(await followAll(one, cursor), ['pi_meanwhile', 'pi_after']);
    },
    TIMEOUT_MS,
  );

  it(
    'loses no event and no payload while each of two instances is restarted in turn under load',
    async () => {
      const log = { REDIS_URL: redis.url };
      const [one, other] = [await startGateway(log), await startGateway(log)];
      const urlOf = (index: number) => (index % 2 === 0 ? one.url : other.url);
      const cursor = await cursorNow(one);
      let deliveries = 0;
      const vendor = new RetryingVendor({
        secret: SECRET,
        receiver: () => urlOf((deliveries += 1)),
        seen: () => Math.min(...subscribers.map(({ seen }) => seen.size)),
        window: 500,
      });
      const subscribers = TRANSPORTS.map(
        (transport, index) =>
          new ResumingSubscriber({
            transport,
            cursor,
            server: (attempt) => urlOf(attempt + index),
            onSeen: () => {
              vendor.proceed();
            },
          }),
      );
      const payments = Array.from({ length: 2000 }, (_, index) => `pi_${String(index)}`);
      vendor.send(payments);
      for (const [index, gateway] of [one, other, one, other].entries()) {
        await vendor.untilAcknowledged(1 + index * 400);
        expect(await gateway.restart()).toBe(0);
      }
      await vendor.untilAcknowledged(payments.length);
      vendor.send(['pi_last']);
      for (const subscriber of subscribers)
        await subscriber.until(({ seen }) => seen.has('pi_last'));
      for (const subscriber of subscribers) await subscriber.close();
      for (const { seen, faults, errors, streams } of subscribers) {
        expect([payments.filter((id) => seen.get(id) !== 1), faults]).toEqual([[], []]);
        expect(new Set(errors)).toEqual(new Set(['SERVER_DRAINING']));
        expect(streams).toBeGreaterThanOrEqual(3);
      }
    },
    TIMEOUT_MS,
  );
});
