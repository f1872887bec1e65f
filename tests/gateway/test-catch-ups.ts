import { type CatchUpsOptions, openCatchUps } from '../../bin/process-events.ts';
import type { CatchUpSettings } from '../../events/catch-up/catch-up-settings.ts';
import type { VendorChanges } from '../../events/catch-up/vendor-events.ts';
import type { VendorCatchUps } from '../../events/catch-up/vendor-catch-ups.ts';
import { createMemoryKeyValues } from '../../state/memory-state.ts';

/** Catches up with vendors as the programs do, by a clock that the test moves. */
export interface TestCatchUps {
  /** Milliseconds since 1970. It begins now. */
  readonly now: () => number;
  /** The catch-ups of one more process. */
  open(
    vendors: readonly VendorChanges[],
    process: Pick<CatchUpsOptions, 'events' | 'monitoring'>,
  ): VendorCatchUps;
  /** Lets time pass, and what becomes due happen. */
  pass(seconds: number): Promise<void>;
}

export function createTestCatchUps(settings: Partial<CatchUpSettings> = {}): TestCatchUps {
  const processes: VendorCatchUps[] = [];
  let time = Date.now();
  const now = () => time;
  const keyValues = { ...createMemoryKeyValues(), now: () => Promise.resolve(time) };
  const settle = async () => {
    for (const one of processes) {
      await one.tick();
      await one.settled();
    }
    // All learn what one of them has found.
    for (const one of processes) await one.tick();
  };
  return {
    now,
    open: (vendors, process) => {
      const opened = openCatchUps(vendors, {
        ...process,
        keyValues,
        settings: { pollMs: undefined, healthMs: 60_000, ...settings },
        clock: { now, every: () => () => undefined },
      });
      processes.push(opened);
      return opened;
    },
    pass: async (seconds) => {
      for (const end = time + seconds * 1000; time < end;) {
        await settle();
        time = Math.min(end, time + STEP_MS);
      }
      await settle();
    },
  };
}

/** As often as the programs look at what is due. */
const STEP_MS = 5000;
