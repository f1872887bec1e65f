import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { type RedisServer, type RedisServerOptions, startRedis } from '../state/redis-server.ts';
import { RestartedGateway } from './restarted-gateway.ts';
import { deliverStripeEvent, paidEvent } from './signed-stripe-event.ts';
import { ask } from './start-gateway.ts';
import { type EventReader, idsOf } from './streams/read-events.ts';
import { subscribeBy, TRANSPORTS } from './streams/read-by-transport.ts';

export const WEBHOOK_SECRET = 'whsec_of_this_test';

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

  async start(environment: Readonly<Record<string, string>>): Promise<RestartedGateway> {
    const gateway = await RestartedGateway.start({
      ...this.sandbox.environment,
      STRIPE_WEBHOOK_SECRETS: WEBHOOK_SECRET,
      ACCESS: 'open',
      ACCESS_OPEN_CONFIRM: '1',
      LOG_LEVEL: 'silent',
      ...environment,
    });
    this.#ends.push(() => gateway.end());
    return gateway;
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
  async followAll(gateway: RestartedGateway, query: string, resumeFrom: string) {
    const url = await gateway.url;
    const opened = await Promise.all(
      TRANSPORTS.map((transport) =>
        subscribeBy[transport](url, { query, extensions: { resumeFrom } }),
      ),
    );
    for (const { close } of opened) this.#ends.push(close);
    return opened;
  }

  async close(): Promise<void> {
    for (const end of this.#ends.reverse()) await end();
    await this.sandbox.close();
    await rm(this.directory, { recursive: true });
  }
}

/** A payment has succeeded: Stripe sends its event. */
export async function deliverPayment(gateway: RestartedGateway, id: string): Promise<Response> {
  const event = paidEvent(`evt_${id}`, id);
  return deliverStripeEvent(await gateway.url, event, { secret: WEBHOOK_SECRET });
}

/** The same, and its event is stored. */
export async function pay(gateway: RestartedGateway, id: string): Promise<void> {
  const { status } = await deliverPayment(gateway, id);
  expect([id, status]).toEqual([id, 200]);
}

/** The cursor of a query that begins now. */
export async function cursorNow(gateway: RestartedGateway): Promise<string> {
  const { headers } = await ask(await gateway.url, { query: '{ __typename }' });
  return headers.get('x-tributary-cursor') ?? '';
}

/** Waits until each stream has received these payments, and nothing else. */
export async function expectToReceive(
  opened: readonly EventReader[],
  ids: readonly string[],
): Promise<void> {
  for (const reader of opened) await reader.until(() => idsOf(reader).length >= ids.length);
  expect(opened.map(idsOf)).toEqual(opened.map(() => ids));
}

/** Nothing but {@link idsOf} of them, whatever happens to other parts. */
export const PAYMENT_IDS = 'subscription { paymentChanged { id } }';
