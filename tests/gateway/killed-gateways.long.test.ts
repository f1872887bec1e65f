import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { createRandom, type Random } from '../../sandbox/world/random.ts';
import { describeBuilt } from '../built-program.ts';
import { type RedisServer, startRedis } from '../state/redis-server.ts';
import { RestartedGateway } from './restarted-gateway.ts';
import { RetryingVendor } from './retrying-vendor.ts';
import { ask } from './start-gateway.ts';
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
const SECRET = 'whsec_of_this_test';

let directory: string;
let sandbox: Sandbox;
const gateways: RestartedGateway[] = [];
let redis: RedisServer | undefined;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'killed-'));
  sandbox = await startSandbox();
});
afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.end();
  await redis?.stop();
});
afterAll(async () => {
  await sandbox.close();
  await rm(directory, { recursive: true });
});

/** As in production, where nothing is acknowledged that is not safe. */
async function startGateway(log: Readonly<Record<string, string>>): Promise<void> {
  gateways.push(
    await RestartedGateway.start({
      ...sandbox.environment,
      ...log,
      STRIPE_WEBHOOK_SECRETS: SECRET,
      NODE_ENV: 'production',
      ACCESS: 'open',
      ACCESS_OPEN_CONFIRM: '1',
      DRAIN_DELAY_MS: '0',
      LOG_LEVEL: 'silent',
    }),
  );
}

/** Numbers of acknowledged events after which there is a kill. */
const momentsOf = (random: Random) =>
  Array.from({ length: KILLS }, () => random.integer(1, EVENTS - WINDOW)).sort(
    (one, other) => one - other,
  );

/**
 * Sends all events, and compares what subscribers by each transport have seen.
 * @param kill kills something, and starts it again
 */
async function expectNothingLost(kill: (index: number) => Promise<void>): Promise<void> {
  const random = createRandom(SEED);
  const urlOf = async (index: number) => (await gateways[index % gateways.length]?.url) ?? '';
  const { headers } = await ask(await urlOf(0), { query: '{ __typename }' });
  const cursor = headers.get('x-tributary-cursor') ?? '';
  let deliveries = 0;
  const vendor = new RetryingVendor({
    secret: SECRET,
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
        await startGateway({ EVENTS_FILE: join(directory, 'events.log') });
        await expectNothingLost(async () => gateways[0]?.kill());
      },
      TIMEOUT_MS,
    );

    it(
      'reach each subscriber that resumes, though two gateways and their Redis are killed in turn',
      async () => {
        const server = await startRedis({ directory, settings: ['--appendfsync', 'always'] });
        redis = server;
        for (let count = 0; count < 2; count += 1) await startGateway({ REDIS_URL: server.url });
        await expectNothingLost((index) => gateways[index % 3]?.kill() ?? restart(server));
      },
      TIMEOUT_MS,
    );
  },
);

async function restart(server: RedisServer): Promise<void> {
  await server.stop();
  await server.start();
}
