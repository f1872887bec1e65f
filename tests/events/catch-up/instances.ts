import { afterEach } from '@jest/globals';
import type { CatchUpSettings } from '../../../events/catch-up/catch-up-settings.ts';
import type { CatchUpMonitor } from '../../../events/catch-up/vendor-catch-up.ts';
import { VendorCatchUps } from '../../../events/catch-up/vendor-catch-ups.ts';
import type { ChangeLog } from '../../../events/log/change-log.ts';
import { LogTail } from '../../../events/log/log-tail.ts';
import { createMemoryLog } from '../../../events/log/memory-log.ts';
import { ORIGIN } from '../../../events/log/position.ts';
import { createMemoryKeyValues } from '../../../state/memory-state.ts';
import type { KeyValueStore } from '../../../state/shared-state.ts';
import {
  changeOf,
  eventOf,
  HOUR,
  MINUTE,
  SECOND,
  T0,
  type TestVendor,
} from './vendor-with-events.ts';

/** State that instances share: a log, keys with values, and a time that only the test advances. */
export interface Shared {
  /** The clock of the vendor and the hosts. */
  time: number;
  /** How far the shared clock was set back, which is also the log's. */
  setBackMs: number;
  readonly log: ChangeLog;
  readonly keyValues: KeyValueStore;
}

export function share(): Shared {
  const now = () => shared.time - shared.setBackMs;
  const shared: Shared = {
    time: T0,
    setBackMs: 0,
    log: createMemoryLog({ retentionMs: 24 * HOUR, now }),
    keyValues: { ...createMemoryKeyValues(), now: () => Promise.resolve(now()) },
  };
  return shared;
}

/** An instance of the server. */
export interface Instance {
  readonly catchUps: VendorCatchUps;
  readonly reports: string[];
  /** Runs what is due, and waits for its effects. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

/** Starts an instance, which ends with the test. */
export async function startInstance(
  shared: Shared,
  vendors: readonly TestVendor[],
  settings: Partial<CatchUpSettings> = {},
): Promise<Instance> {
  for (const vendor of vendors) vendor.clock = () => shared.time;
  const reports: string[] = [];
  const monitor: CatchUpMonitor = {
    caughtUp: (vendor, { stored, missed }) => {
      reports.push(`${vendor} stored ${String(stored)} missed ${String(missed)}`);
    },
    failed: (vendor, error) => {
      // A cast: it is an error, but possibly of another realm.
      reports.push(`${vendor} failed ${(error as Error).name}`);
    },
  };
  const tail = new LogTail({ log: shared.log, rebuildMs: 15 * MINUTE });
  const catchUps = new VendorCatchUps({
    vendors: vendors.map(({ events }) => events),
    log: shared.log,
    tail,
    keyValues: shared.keyValues,
    settings: { pollMs: undefined, healthMs: MINUTE, ...settings },
    monitor,
    clock: { now: () => shared.time, every: () => () => undefined },
  });
  tail.start();
  const settle = async () => {
    await catchUps.tick();
    await catchUps.settled();
    // The tail receives the new entries.
    const { position } = await shared.log.head();
    await tail.reach(position, 5000);
    await catchUps.tick();
  };
  await catchUps.tick();
  await catchUps.settled();
  // The tail reads its first page after an append.
  await shared.log.append([eventOf(changeOf('first', shared.time, { vendor: 'other' }))]);
  await settle();
  const instance = {
    catchUps,
    reports,
    settle,
    close: async () => {
      await catchUps.close();
      await tail.close();
    },
  };
  started.push(instance);
  return instance;
}

const started: Instance[] = [];
afterEach(async () => {
  for (const instance of started.splice(0)) await instance.close();
});

/** Advances the time of instances in steps of five seconds. */
export async function pass(
  shared: Shared,
  ms: number,
  ...instances: readonly Instance[]
): Promise<void> {
  const end = shared.time + ms;
  while (shared.time < end) {
    shared.time = Math.min(end, shared.time + 5 * SECOND);
    for (const instance of instances) await instance.settle();
  }
}

/** The ids of a vendor's changes in the log, with their source; without those for caches alone. */
export const logged = async ({ log }: Shared): Promise<readonly string[]> =>
  (await log.read(ORIGIN, 1000)).entries
    .filter(({ change: { vendor, source } }) => vendor === 'acme' && source !== 'write')
    .map(({ change }) => `${change.id} ${change.source}`);
