import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createRandom, type Random } from '../../sandbox/world/random.ts';
import { describeBuilt } from '../built-program.ts';
import type { RedisServer } from '../state/redis-server.ts';
import { cursorNow, LiveGateways, WEBHOOK_SECRET } from './live-gateways.ts';
import type { RestartedProgram } from './restarted-program.ts';
import { RetryingVendor } from './retrying-vendor.ts';
import { TRANSPORTS } from './streams/read-by-transport.ts';
import { ResumingSubscriber } from './streams/resuming-subscriber.ts';

const EVENTS = 10_000;
/** Fewer than a stream keeps for a client that does not read yet: none of these subscribers is slow. */
const WINDOW = 500;
const KILLS = 9;
const TIMEOUT_MS = 180_000;
/** The same one makes the same choices: `KILLS_SEED=1 npx jest ...`. */
const SEED = Number(process.env['KILLS_SEED'] ?? Math.floor(Math.random() * 100_000));

const PAYMENTS = Array.from({ length: EVENTS }, (_, index) => `pi_${String(index)}`);
const LAST = 'pi_last';

let live: LiveGateways;
beforeEach(async () => {
  live = await LiveGateways.open();
});
afterEach(() => live.close());

/** As in production, where nothing is acknowledged that is not safe. */
const startGateway = (log: Readonly<Record<string, string>>) =>
  live.start({ ...log, NODE_ENV: 'production', DRAIN_DELAY_MS: '0' });

/** Numbers of acknowledged events after which there is a kill. */
const momentsOf = (random: Random) =>
  Array.from({ length: KILLS }, () => random.integer(1, EVENTS - WINDOW)).sort(
    (one, other) => one - other,
  );

/**
 * Sends all events, and compares what subscribers by each transport have seen.
 * @param kill kills something, and starts it again
 */
async function expectNothingLost(
  gateways: readonly [RestartedProgram, ...RestartedProgram[]],
  kill: (index: number) => Promise<void>,
): Promise<void> {
  const random = createRandom(SEED);
  const urlOf = async (index: number) => (await gateways[index % gateways.length]?.url) ?? '';
  const cursor = await cursorNow(gateways[0]);
  let deliveries = 0;
  const vendor = new RetryingVendor({
    secret: WEBHOOK_SECRET,
    receiver: () => urlOf((deliveries += 1)),
    seen: () => Math.min(...subscribers.map(({ seen }) => seen.size)),
    window: WINDOW,
  });
  const subscribers = TRANSPORTS.map(
    (transport, index) =>
      new ResumingSubscriber({
        transport,
        cursor,
        server: (attempt) => urlOf(attempt + index),
        breaksAfter: () => random.integer(100, 1500),
        onSeen: () => {
          vendor.proceed();
        },
      }),
  );
  vendor.send(PAYMENTS);
  for (const [index, moment] of momentsOf(random).entries()) {
    await vendor.untilAcknowledged(moment);
    await kill(index);
  }
  await vendor.untilAcknowledged(EVENTS);
  vendor.send([LAST]);
  for (const subscriber of subscribers) await subscriber.until(({ seen }) => seen.has(LAST));
  for (const subscriber of subscribers) await subscriber.close();
  expect(
    subscribers.map(({ seen, faults, errors, streams }) => ({
      skipped: PAYMENTS.filter((id) => !seen.has(id)),
      repeated: PAYMENTS.filter((id) => (seen.get(id) ?? 0) > 1),
      faults,
      errors,
      hasResumed: streams > 10,
    })),
  ).toEqual(
    TRANSPORTS.map(() => ({ skipped: [], repeated: [], faults: [], errors: [], hasResumed: true })),
  );
}

describeBuilt(
  `10,000 signed events, each sent until it gets 200 (seed ${String(SEED)} of the kills)`,
  () => {
    it(
      'reach each subscriber that resumes, though the gateway is killed; they are stored in a file',
      async () => {
        const gateway = await startGateway({ EVENTS_FILE: join(live.directory, 'events.log') });
        await expectNothingLost([gateway], () => gateway.kill());
      },
      TIMEOUT_MS,
    );

    it(
      'reach each subscriber that resumes, though two gateways and their Redis are killed in turn',
      async () => {
        const redis = await live.startRedis();
        const log = { REDIS_URL: redis.url };
        const [one, other] = [await startGateway(log), await startGateway(log)];
        const kills = [() => one.kill(), () => other.kill(), () => restart(redis)];
        await expectNothingLost([one, other], async (index) => kills[index % kills.length]?.());
      },
      TIMEOUT_MS,
    );
  },
);

async function restart(redis: RedisServer): Promise<void> {
  await redis.stop();
  await redis.start();
}
