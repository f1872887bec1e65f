import type { BreakerState } from './upstream-monitor.ts';

export interface CircuitBreakerOptions {
  /** The breaker opens after this many consecutive failures, or with this many pending calls and no response from the vendor. */
  readonly maxFailures: number;
  /** Called for each change of state. */
  readonly onChange: (state: BreakerState) => void;
  /** Milliseconds. @default performance.now */
  readonly now?: () => number;
}

/**
 * Stops calls to a vendor that fails each time or does not respond. A probe from time to time checks whether it has recovered. The caller
 * reports
 * the outcome of each admitted call: `succeeded`, `failed` or `abandoned`.
 */
export class CircuitBreaker {
  readonly #maxFailures: number;
  readonly #onChange: (state: BreakerState) => void;
  readonly #now: () => number;
  #state: BreakerState = 'closed';
  #failures = 0;
  #underWay = 0;
  /** Time of the last response, or of the first pending call. */
  #quietSince = 0;
  /** Time since which the vendor seems to be silent; undefined if it does not. */
  #suspectedAt: number | undefined;
  /** Time from which the next call may be a probe. */
  #probeAt = 0;
  #pauseMs = FIRST_PAUSE_MS;

  constructor({ maxFailures, onChange, now = () => performance.now() }: CircuitBreakerOptions) {
    this.#maxFailures = maxFailures;
    this.#onChange = onChange;
    this.#now = now;
  }

  /** @returns milliseconds to wait if the call must not be made; undefined if it may */
  refuse(): number | undefined {
    const now = this.#now();
    if (this.#state === 'closed' && this.#isSilent(now)) this.#open(now);
    if (this.#state !== 'closed') {
      if (now < this.#probeAt) return this.#probeAt - now;
      // Another probe may follow if this one gets no response for a while.
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
    // Failures of calls that were sent before it opened are not counted.
    if (
      this.#state === 'half-open' ||
      (this.#state === 'closed' && this.#failures >= this.#maxFailures)
    )
      this.#open(now);
  }

  /** The client cancelled the call, which says nothing about the vendor. */
  abandoned(): void {
    this.#underWay -= 1;
    if (this.#state === 'half-open') this.#probeAt = this.#now();
  }

  #end(): void {
    this.#underWay -= 1;
    this.#quietSince = this.#now();
  }

  /** After a blocked event loop, responses may be unread. So the vendor counts as silent only from the second check. */
  #isSilent(now: number): boolean {
    const isSilent = this.#underWay >= this.#maxFailures && now - this.#quietSince > SILENCE_MS;
    this.#suspectedAt = isSilent ? (this.#suspectedAt ?? now) : undefined;
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
