import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { createRandom, type Random } from '../../sandbox/world/random.ts';
import { describeBuilt } from '../built-program.ts';
import type { RedisServer } from '../state/redis-server.ts';
import { LiveGateways } from './live-gateways.ts';
import type { RestartedProgram } from './restarted-program.ts';
import { sendPayments } from './send-payments.ts';

const EVENTS = 10_000;
const KILLS = 9;
/** Each kill costs a start, of seconds on a busy machine. */
const TIMEOUT_MS = 600_000;
/** The same one makes the same choices: `KILLS_SEED=1 npx jest ...`. */
const SEED = Number(process.env['KILLS_SEED'] ?? Math.floor(Math.random() * 100_000));

const PAYMENTS = Array.from({ length: EVENTS }, (_, index) => `pi_${String(index)}`);

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
  Array.from({ length: KILLS }, () => random.integer(1, EVENTS - 500)).sort(
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
  const moments = momentsOf(random);
  const subscribers = await sendPayments({
    gateways,
    ids: PAYMENTS,
    timeoutMs: TIMEOUT_MS - 30_000,
    breaksAfter: () => random.integer(100, 1500),
    disturb: async (vendor) => {
      for (const [index, moment] of moments.entries()) {
        await vendor.untilAcknowledged(moment);
        await kill(index);
      }
    },
  });
  expect(
    subscribers.map(({ seen, faults, errors, streams }) => ({
      skipped: PAYMENTS.filter((id) => !seen.has(id)),
      repeated: PAYMENTS.filter((id) => (seen.get(id) ?? 0) > 1),
      faults,
      errors,
      hasResumed: streams > 10,
    })),
  ).toEqual(
    subscribers.map(() => ({
      skipped: [],
      repeated: [],
      faults: [],
      errors: [],
      hasResumed: true,
    })),
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
