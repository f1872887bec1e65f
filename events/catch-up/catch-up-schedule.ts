import { GRACE_MS } from './catch-up.ts';
import type { CatchUpState } from './catch-up-state.ts';

/** When to catch up with a vendor: at an interval, in addition after lost events, and again after failures. */
export class CatchUpSchedule {
  readonly #now: () => number;
  /** When to catch up in addition to the interval, ascending. */
  #extra: readonly number[];
  #retryAt = -Infinity;
  #failures = 0;

  /** @param now is a monotonic clock of this process; milliseconds */
  constructor(now: () => number) {
    this.#now = now;
    // At once for events sent while no instance ran, and later for those then in transit.
    this.#extra = [now(), now() + GRACE_MS + MARGIN_MS];
  }

  /** @param everyMs is the interval; undefined: never */
  isDue(everyMs: number | undefined, state: CatchUpState): boolean {
    const now = this.#now();
    if (everyMs === undefined || now < this.#retryAt) return false;
    const [extraAt = Infinity] = this.#extra;
    if (state.record === undefined || now >= extraAt) return true;
    const { startedAt, missed } = state.record;
    return (
      state.isOfFuture(startedAt) ||
      state.now >= startedAt + (missed > 0 ? Math.min(everyMs, RECHECK_MS) : everyMs)
    );
  }

  /** Adds a catch-up, at most one a minute, after the lag of the vendor's search index. */
  addSoon(): void {
    const now = this.#now();
    const last = this.#extra.at(-1) ?? -Infinity;
    if (last >= now + GRACE_MS) return;
    // One overdue catch-up stands for all of them.
    const overdue = this.#extra.filter((at) => at <= now).slice(-1);
    const later = this.#extra.filter((at) => at > now);
    this.#extra = [...overdue, ...later, Math.max(now + GRACE_MS + MARGIN_MS, last + GRACE_MS)];
  }

  /** A catch-up that began at this time is completed, here or on another instance. */
  completed(begunAt: number): void {
    // Not if the shared clock was set back.
    if (begunAt <= this.#now()) this.#extra = this.#extra.filter((at) => at > begunAt);
  }

  /** This instance has completed a catch-up that began at this time. */
  succeeded(begunAt: number): void {
    this.#failures = 0;
    this.completed(begunAt);
  }

  failed(): void {
    this.#failures += 1;
    this.#retryAt =
      this.#now() + Math.min(FIRST_RETRY_MS * 2 ** (this.#failures - 1), MAX_RETRY_MS);
  }
}

/** After a catch-up that found missed changes. */
const RECHECK_MS = 300_000;

const FIRST_RETRY_MS = 30_000;
const MAX_RETRY_MS = 900_000;

/** The lag of vendors' search indexes. */
const MARGIN_MS = 15_000;
