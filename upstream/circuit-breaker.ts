import type { BreakerState } from './upstream-monitor.ts';

export interface CircuitBreakerOptions {
  /** After so many failures in a row, or with so many calls under way in silence, it opens. */
  readonly maxFailures: number;
  /** Hears of each change. */
  readonly onChange: (state: BreakerState) => void;
  /** Milliseconds. @default performance.now */
  readonly now?: () => number;
}

/**
 * Keeps calls from a vendor that fails each time, or does not answer at all; one call in a while finds out whether it is
 * back. Each admitted call must be told of: `succeeded`, `failed` or `abandoned`.
 */
export class CircuitBreaker {
  readonly #maxFailures: number;
  readonly #onChange: (state: BreakerState) => void;
  readonly #now: () => number;
  #state: BreakerState = 'closed';
  #failures = 0;
  #underWay = 0;
  /** When a call was last answered, or the first of those under way was sent. */
  #quietSince = 0;
  /** Since when it looks as if the vendor were silent; undefined where it does not. */
  #suspectedAt: number | undefined;
  /** When the next call may find out. */
  #probeAt = 0;
  #pauseMs = FIRST_PAUSE_MS;

  constructor({ maxFailures, onChange, now = () => performance.now() }: CircuitBreakerOptions) {
    this.#maxFailures = maxFailures;
    this.#onChange = onChange;
    this.#now = now;
  }

  /** @returns milliseconds to wait where the call must not be made; undefined where it may. */
  refuse(): number | undefined {
    const now = this.#now();
    if (this.#state === 'closed' && this.#isSilent(now)) this.#open(now);
    if (this.#state !== 'closed') {
      if (now < this.#probeAt) return this.#probeAt - now;
      // Another may follow where the answer to this one is long in coming.
      this.#probeAt = now + PROBE_MS;
      this.#change('half-open');
    }
    if (this.#underWay === 0) this.#quietSince = now;
    this.#underWay += 1;
    return undefined;
  }

  succeeded(): void {
    this.#end();
    this.#failures = 0;
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#change('closed');
  }

  failed(): void {
    this.#end();
    this.#failures += 1;
    const now = this.#now();
    // What was sent before it opened says nothing new.
    if (
      this.#state === 'half-open' ||
      (this.#state === 'closed' && this.#failures >= this.#maxFailures)
    )
      this.#open(now);
  }

  /** It says nothing of the vendor: whoever wanted it has gone. */
  abandoned(): void {
    this.#underWay -= 1;
    if (this.#state === 'half-open') this.#probeAt = this.#now();
  }

  #end(): void {
    this.#underWay -= 1;
    this.#quietSince = this.#now();
  }

  /** Whoever was held up for a while may have answers that nobody has read yet, so the first look does not count. */
  #isSilent(now: number): boolean {
    const isQuiet = this.#underWay >= this.#maxFailures && now - this.#quietSince > SILENCE_MS;
    this.#suspectedAt = isQuiet ? (this.#suspectedAt ?? now) : undefined;
    return this.#suspectedAt !== undefined && now - this.#suspectedAt > SECOND_LOOK_MS;
  }

  #open(now: number): void {
    this.#probeAt = now + this.#pauseMs;
    this.#pauseMs = Math.min(MAX_PAUSE_MS, this.#pauseMs * 2);
    this.#change('open');
  }

  #change(state: BreakerState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#onChange(state);
  }
}

const SILENCE_MS = 1500;
const SECOND_LOOK_MS = 200;
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 5000;
const PROBE_MS = 2000;
