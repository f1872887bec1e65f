import type { LogEntry } from '../log/change-log.ts';
import { isAfter, ORIGIN } from '../log/position.ts';
import type { CatchUpState } from './catch-up-state.ts';

/** Whether the webhooks of a vendor are reliable: the last catch-up ran in time, and none has found a missed change since. */
export class VendorHealth {
  #newestAt: number | undefined;
  /** The position of the newest change that a catch-up has found. */
  #newestFound = ORIGIN;

  /** The time of the newest event in this process, by the vendor's clock; milliseconds since 1970. */
  get newestAt(): number | undefined {
    return this.#newestAt;
  }

  /** @param entry of the vendor, from the log */
  add({ change, position }: LogEntry): void {
    if (change.source === 'write') return;
    this.#newestAt = Math.max(this.#newestAt ?? change.at, change.at);
    if (change.source === 'catch-up') this.#newestFound = position;
  }

  /** @param intervalMs is the time from one catch-up to the next */
  isHealthy(state: CatchUpState, intervalMs: number): boolean {
    if (state.record === undefined) return false;
    const { startedAt, head, missed, hasWebhooks } = state.record;
    return (
      hasWebhooks &&
      missed === 0 &&
      // Nor has one found any that is running or has failed.
      !isAfter(this.#newestFound, head) &&
      !state.isOfFuture(startedAt) &&
      state.now - startedAt <= intervalMs + SLACK_MS
    );
  }
}

/** How much longer than its interval a catch-up counts. */
const SLACK_MS = 60_000;
