/** What came of a call, as far as the vendor's rate limit is concerned. */
export type CallOutcome = 'accepted' | 'refused' | 'unanswered';

/**
 * Pauses calls to a vendor that refuses them as too many: for as long as it asks, and a minute at most. Then one call goes through, the
 * probe. If the vendor accepts it, the pause is over at once; if not, the next pause is longer than the last.
 */
export class VendorPause {
  readonly #now: () => number;
  #isPaused = false;
  /** When the next probe may be sent. */
  #probeAt = 0;
  /** Until when the vendor wants no calls, as it said last. */
  #vendorUntil = 0;
  #refusedProbes = 0;
  /** Names the probe under way. */
  #probe: symbol | undefined;

  /** @param now tells milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Milliseconds until a call may be made; 0 where it may be made now. */
  get waitMs(): number {
    return this.#isPaused ? Math.max(0, this.#probeAt - this.#now()) : 0;
  }

  /** Seconds after which a client may try again: the vendor's own figure, unless this server's pause is longer. */
  get retryAfter(): number {
    const until = this.#isPaused ? Math.max(this.#vendorUntil, this.#probeAt) : 0;
    return Math.max(1, Math.ceil((until - this.#now()) / 1000));
  }

  /** Whether no call can be made before a time. The answer to a probe may come at any moment. */
  lastsUntil(time: number): boolean {
    return this.#isPaused && this.#probe === undefined && this.#probeAt >= time;
  }

  /** @param ms is how long the vendor wants no calls; what makes no sense counts as a second. */
  begin(ms: number): void {
    const now = this.#now();
    const wantedMs = ms >= 0 ? Math.min(ms, MAX_RETRY_AFTER_MS) : FIRST_PAUSE_MS;
    this.#vendorUntil = now + wantedMs;
    this.#probeAt = Math.max(
      this.#isPaused ? this.#probeAt : 0,
      now + Math.min(wantedMs, MAX_PAUSE_MS),
    );
    this.#isPaused = true;
  }

  /**
   * Lets a call through.
   * @returns undefined where nothing is paused; else the call is a probe, and what came of it must be reported.
   */
  admit(): ((outcome: CallOutcome) => void) | undefined {
    if (!this.#isPaused) return undefined;
    const probe = Symbol('probe');
    this.#probe = probe;
    // Another may follow where the answer to this one is long in coming.
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
      // A probe without an answer has found out nothing, so another one may follow.
      this.#probeAt = now;
      this.#isPaused = outcome === 'unanswered';
      if (!this.#isPaused) this.#refusedProbes = 0;
    }
  }
}

/** The longest that a vendor's word keeps this server from finding out whether it still holds. */
export const MAX_PAUSE_MS = 60_000;

/** A day: longer ones are mistakes. */
const MAX_RETRY_AFTER_MS = 86_400_000;
const FIRST_PAUSE_MS = 1000;
const PROBE_MS = 5000;
