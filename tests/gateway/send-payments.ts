import { cursorNow, WEBHOOK_SECRET } from './live-gateways.ts';
import type { RestartedProgram } from './restarted-program.ts';
import { RetryingVendor } from './retrying-vendor.ts';
import { TRANSPORTS } from './streams/read-by-transport.ts';
import {
  ResumingSubscriber,
  type ResumingSubscriberOptions,
} from './streams/resuming-subscriber.ts';

export interface SendPaymentsOptions {
  /** They share a log. */
  readonly gateways: readonly [RestartedProgram, ...RestartedProgram[]];
  readonly ids: readonly string[];
  readonly breaksAfter?: ResumingSubscriberOptions['breaksAfter'];
  /** Kills or restarts something meanwhile. */
  readonly disturb: (vendor: RetryingVendor) => Promise<void>;
  /** Shorter than the time limit of the test, so that it fails with what has come so far. */
  readonly timeoutMs: number;
}

/** Fewer than a stream keeps for a client that does not read yet: no subscriber is slow. */
const WINDOW = 500;

/** Of the last event: each subscriber that has it has all that it will get. */
const LAST = 'pi_last';

/**
 * Sends an event for each payment, to the gateways in turn, until each is acknowledged.
 * @returns a subscriber by each transport, which has been at each gateway in turn
 */
export async function sendPayments({
  gateways,
  ids,
  breaksAfter,
  disturb,
  timeoutMs,
}: SendPaymentsOptions): Promise<readonly ResumingSubscriber[]> {
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
        ...(breaksAfter !== undefined && { breaksAfter }),
        onSeen: () => {
          vendor.proceed();
        },
      }),
  );
  const sendAll = async () => {
    vendor.send(ids);
    await disturb(vendor);
    await vendor.untilAcknowledged(ids.length);
    vendor.send([LAST]);
    for (const subscriber of subscribers) await subscriber.until(({ seen }) => seen.has(LAST));
    for (const subscriber of subscribers) await subscriber.close();
  };
  await inTime(sendAll(), timeoutMs, () => ({
    acknowledged: vendor.acknowledged.size,
    refused: [...vendor.refused],
    subscribers: subscribers.map(({ seen, streams, errors, faults }) => ({
      seen: seen.size,
      streams,
      errors: [...new Set(errors)],
      faults,
    })),
  }));
  return subscribers;
}

/** @throws Error with what has come so far if the work takes longer */
async function inTime(work: Promise<void>, ms: number, soFar: () => object): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const seconds = String(Math.round(ms / 1000));
      reject(
        new Error(
          `Expected all payments in ${seconds} seconds, but got: ${JSON.stringify(soFar())}`,
        ),
      );
    }, ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
