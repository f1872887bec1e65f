import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { type RedisServer, type RedisServerOptions, startRedis } from '../state/redis-server.ts';
import { until } from '../until.ts';
import { RestartedProgram } from './restarted-program.ts';
import { deliverStripeEvent, paidEvent } from './signed-stripe-event.ts';
import { sendOperation } from './start-gateway.ts';
import { type EventReader, idsOf } from './streams/read-events.ts';
import { subscribeBy, TRANSPORTS } from './streams/read-by-transport.ts';

export const WEBHOOK_SECRET = 'whsec_of_this_test_alone_0123456789';

/** Built gateways on a sandbox that receive Stripe's webhooks, and what they need; `close` ends all that was started. */
export class LiveGateways {
  readonly sandbox: Sandbox;
  readonly directory: string;
  readonly #ends: (() => unknown)[] = [];

  private constructor(sandbox: Sandbox, directory: string) {
    this.sandbox = sandbox;
    this.directory = directory;
  }

  static async open(): Promise<LiveGateways> {
    return new LiveGateways(await startSandbox(), await mkdtemp(join(tmpdir(), 'live-')));
  }

  start(environment: Readonly<Record<string, string>>): Promise<RestartedProgram> {
    return this.#start('gateway.js', [], environment);
  }

  /** Starts the service of a subgraph. */
  startService(
    name: string,
    environment: Readonly<Record<string, string>>,
  ): Promise<RestartedProgram> {
    return this.#start('subgraph.js', [name], environment);
  }

  /** @default on disk, where each write is synced */
  async startRedis(
    options: RedisServerOptions = {
      directory: this.directory,
      settings: ['--appendfsync', 'always'],
    },
  ): Promise<RedisServer> {
    const redis = await startRedis(options);
    this.#ends.push(() => redis.stop());
    return redis;
  }

  /** Opens a stream by each transport. */
  async followAll(gateway: RestartedProgram, query: string, resumeFrom: string) {
    const url = await gateway.url;
    const opened = await Promise.all(
      TRANSPORTS.map((transport) =>
        subscribeBy[transport](url, { query, extensions: { resumeFrom } }),
      ),
    );
    for (const { close } of opened) this.#ends.push(close);
    return opened;
  }

  async #start(
    file: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>>,
  ): Promise<RestartedProgram> {
    const program = await RestartedProgram.start(file, args, {
      ...this.sandbox.environment,
      STRIPE_WEBHOOK_SECRETS: WEBHOOK_SECRET,
      ACCESS: 'open',
      ACCESS_OPEN_CONFIRM: '1',
      LOG_LEVEL: 'silent',
      // No call is cut because the machine is slow.
      VENDOR_TIMEOUT_MS: '0',
      REQUEST_TIMEOUT_MS: '60000',
      ...environment,
    });
    this.#ends.push(() => program.end());
    return program;
  }

  async close(): Promise<void> {
    for (const end of this.#ends.reverse()) await end();
    await this.sandbox.close();
    await rm(this.directory, { recursive: true });
  }
}

/** A payment has succeeded: Stripe sends its event. @param event is its id. @default the same for each time */
export async function deliverPayment(
  receiver: RestartedProgram,
  id: string,
  event = `evt_${id}`,
): Promise<Response> {
  return deliverStripeEvent(await receiver.url, paidEvent(event, id), { secret: WEBHOOK_SECRET });
}

/** The same, and the event is stored. */
export async function pay(receiver: RestartedProgram, id: string, event?: string): Promise<void> {
  const { status } = await deliverPayment(receiver, id, event);
  expect([id, status]).toEqual([id, 200]);
}

/** The cursor of a query that begins now. While its log does not respond in time, a gateway has none. */
export async function cursorNow(gateway: RestartedProgram): Promise<string> {
  const url = await gateway.url;
  const readCursor = async () => {
    const { headers } = await sendOperation(url, { query: '{ __typename }' });
    return headers.get('x-tributary-cursor');
  };
  return until('a response with a cursor', readCursor, 60_000);
}

/** Waits until each stream has received these payments, and nothing else. */
export async function expectToReceive(
  opened: readonly EventReader[],
  ids: readonly string[],
): Promise<void> {
  for (const reader of opened) await reader.until(() => idsOf(reader).length >= ids.length);
  expect(opened.map(idsOf)).toEqual(opened.map(() => ids));
}

/** Needs no vendor call. {@link idsOf} reads its payloads. */
export const PAYMENT_IDS = 'subscription { paymentChanged { id } }';
