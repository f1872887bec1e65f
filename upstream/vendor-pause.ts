/** A call's outcome with regard to the vendor's rate limit. */
export type CallOutcome = 'accepted' | 'refused' | 'unanswered';

/**
 * Pauses calls to a vendor whose rate limit refused one: for as long as the vendor demands, and a minute at most. Then one call goes
 * through, the
 * probe. If the vendor accepts it, the pause is over at once; if not, the next pause is longer.
 */
export class VendorPause {
  readonly #now: () => number;
  #isPaused = false;
  /** Time from which the next probe may be sent. */
  #probeAt = 0;
  /** Time until which the vendor refuses calls, by its last response. */
  #vendorUntil = 0;
  #refusedProbes = 0;
  /** The pending probe. */
  #probe: symbol | undefined;

  /** @param now returns milliseconds */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Milliseconds until a call may be made; 0 if it may be made now. */
  get waitMs(): number {
    return this.#isPaused ? Math.max(0, this.#probeAt - this.#now()) : 0;
  }

  /** Seconds after which a client may try again: the vendor's own figure, unless this server's pause is longer. */
  get retryAfter(): number {
    const until = this.#isPaused ? Math.max(this.#vendorUntil, this.#probeAt) : 0;
    return Math.max(1, Math.ceil((until - this.#now()) / 1000));
  }

  /** Whether no call can be made before `time`. The response to a probe may come at any moment. */
  isPausedUntil(time: number): boolean {
    return this.#isPaused && this.#probe === undefined && this.#probeAt >= time;
  }

  /** @param ms how long the vendor refuses calls; a second if the value is invalid */
  begin(ms: number): void {
    const now = this.#now();
    const refusedMs = ms >= 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : FIRST_PAUSE_MS;
    this.#vendorUntil = now + refusedMs;
    this.#probeAt = Math.max(
      this.#isPaused ? this.#probeAt : 0,
      now + Math.min(refusedMs, MAX_PAUSE_MS),
    );
    this.#isPaused = true;
  }

  /**
   * Lets a call through.
   * @returns undefined without a pause; otherwise the call is a probe, and its outcome must be reported
   */
  admit(): ((outcome: CallOutcome) => void) | undefined {
    if (!this.#isPaused) return undefined;
    const probe = Symbol('probe');
    this.#probe = probe;
    // Another probe may follow if this one gets no response for a while.
    this.#probeAt = this.#now() + PROBE_MS;
    return (outcome) => {
      if (this.#probe === probe) this.#end(outcome);
    };
  }

  #end(outcome: CallOutcome): void {
    const now = this.#now();
    this.#probe = undefined;
    if (outcome === 'refused') {
      this.#refusedProbes += 1;
      const pauseMs = Math.max(FIRST_PAUSE_MS * 2 ** this.#refusedProbes, this.#vendorUntil - now);
      this.#probeAt = now + Math.min(pauseMs, MAX_PAUSE_MS);
    } else {
      // A probe without a response gives no result, so another one may follow.
      this.#probeAt = now;
      this.#isPaused = outcome === 'unanswered';
      if (!this.#isPaused) this.#refusedProbes = 0;
    }
  }
}

/** The longest pause before a probe, for any value that the vendor sends. */
export const MAX_PAUSE_MS = 60_000;

/** A day. Longer values are mistakes. */
const MAX_RETRY_AFTER_MS = 86_400_000;
const FIRST_PAUSE_MS = 1000;
const PROBE_MS = 5000;
