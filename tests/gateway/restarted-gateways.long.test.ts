import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { describeBuilt } from '../built-program.ts';
import { cursorNow, expectToReceive, LiveGateways, pay, PAYMENT_IDS } from './live-gateways.ts';
import { sendPayments } from './send-payments.ts';
import type { EventReader } from './streams/read-events.ts';

const TIMEOUT_MS = 240_000;

let live: LiveGateways;
beforeEach(async () => {
  live = await LiveGateways.open();
});
afterEach(() => live.close());

const startGateway = (log: Readonly<Record<string, string>>) =>
  live.start({ ...log, DRAIN_DELAY_MS: '500' });

async function startTwo() {
  const { url } = await live.startRedis();
  return [await startGateway({ REDIS_URL: url }), await startGateway({ REDIS_URL: url })] as const;
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
      const gateway = await startGateway({ EVENTS_FILE: join(live.directory, 'events.log') });
      const opened = await live.followAll(gateway, PAYMENT_IDS, await cursorNow(gateway));
      await pay(gateway, 'pi_before');
      await expectToReceive(opened, ['pi_before']);
      const restarted = gateway.restart();
      const cursor = await expectDrained(opened);
      expect(await restarted).toBe(0);
      await pay(gateway, 'pi_after');
      await expectToReceive(await live.followAll(gateway, PAYMENT_IDS, cursor), ['pi_after']);
    },
    TIMEOUT_MS,
  );

  it(
    'ends streams that resume on another instance, and on the restarted one, with what was stored meanwhile',
    async () => {
      const [one, other] = await startTwo();
      const opened = await live.followAll(one, PAYMENT_IDS, await cursorNow(other));
      await pay(other, 'pi_before');
      await expectToReceive(opened, ['pi_before']);
      const restarted = one.restart();
      const cursor = await expectDrained(opened);
      await pay(other, 'pi_meanwhile');
      await expectToReceive(await live.followAll(other, PAYMENT_IDS, cursor), ['pi_meanwhile']);
      expect(await restarted).toBe(0);
      await pay(one, 'pi_after');
      await expectToReceive(await live.followAll(one, PAYMENT_IDS, cursor), [
        'pi_meanwhile',
        'pi_after',
      ]);
    },
    TIMEOUT_MS,
  );

  it(
    'with its log in memory, tells clients that resume that changes were lost',
    async () => {
      const gateway = await startGateway({});
      const cursor = await cursorNow(gateway);
      await gateway.restart();
      const opened = await live.followAll(gateway, PAYMENT_IDS, cursor);
      for (const reader of opened) await reader.until(({ payloads }) => payloads.length > 0);
      await pay(gateway, 'pi_after');
      await expectToReceive(opened, ['pi_after']);
      expect(opened.map(({ payloads }) => payloads[0]?.errors?.[0]?.extensions)).toEqual(
        opened.map(() => ({ code: 'EVENTS_LOST', retryable: true })),
      );
    },
    TIMEOUT_MS,
  );

  it(
    'loses no event and no payload while each of two instances is restarted in turn under load',
    async () => {
      const [one, other] = await startTwo();
      const ids = Array.from({ length: 2000 }, (_, index) => `pi_${String(index)}`);
      const subscribers = await sendPayments({
        gateways: [one, other],
        ids,
        timeoutMs: TIMEOUT_MS - 30_000,
        disturb: async (vendor) => {
          for (const [index, gateway] of [one, other, one, other].entries()) {
            await vendor.untilAcknowledged(1 + index * 400);
            expect(await gateway.restart()).toBe(0);
          }
        },
      });
      for (const { seen, faults, errors, streams } of subscribers) {
        expect([ids.filter((id) => seen.get(id) !== 1), faults]).toEqual([[], []]);
        expect(new Set(errors)).toEqual(new Set(['SERVER_DRAINING']));
        expect(streams).toBeGreaterThanOrEqual(3);
      }
    },
    TIMEOUT_MS,
  );
});
