import type { RequestScope } from '../request/request-scope.ts';
import type { UpstreamError } from './upstream-error.ts';
import type { Semantics } from './upstream-request.ts';
import { MAX_PAUSE_MS } from './vendor-pause.ts';

/** Decides whether and when a failed call is retried. One per vendor: a failing vendor gets few retries. */
export class RetryPolicy {
  readonly #maxTries: number;
  readonly #budget = new RetryBudget();

  /** @param maxTries maximum number of tries of a call */
  constructor(maxTries: number) {
    this.#maxTries = maxTries;
  }

  /** Counts a first try. */
  recordCall(): void {
    this.#budget.earn();
  }

  /**
   * @param tries number of tries so far
   * @param advice the vendor's own retry advice, which takes precedence
   * @returns milliseconds to wait; undefined if the call must not be retried, or the deadline leaves no time for it
   */
  pauseAfter(
    error: RetriedFailure,
    tries: number,
    semantics: Semantics,
    { deadlineAt }: RequestScope,
  ): number | undefined {
    if (tries >= this.#maxTries || !(error.retryAdvice ?? isTemporary(error))) return undefined;
    // The vendor may have executed it.
    if (semantics === 'unsafe' && error.isOutcomeUnknown) return undefined;
    const pauseMs =
      error.extensions.retryAfter === undefined
        ? backoff(tries)
        : error.extensions.retryAfter * 1000;
    if (deadlineAt !== undefined && performance.now() + pauseMs >= deadlineAt) return undefined;
    return this.#budget.spend() ? Math.min(pauseMs, MAX_PAUSE_MS) : undefined;
  }
}

/** The parts of an error that decide on a retry. It is the error of a vendor, or of a service of the graph. */
export type RetriedFailure = Pick<
  UpstreamError,
  'code' | 'status' | 'retryAdvice' | 'isOutcomeUnknown'
> & { readonly extensions: { readonly retryAfter?: number } };

/** Other failures would recur, and the request itself may cause a 500. */
function isTemporary({ code, status }: RetriedFailure): boolean {
  if (code === 'UPSTREAM_RATE_LIMITED') return true;
  return (
    code === 'UPSTREAM_UNAVAILABLE' &&
    (status === undefined || status < 500 || TEMPORARY.has(status))
  );
}

const TEMPORARY = new Set([502, 503, 504]);

/** Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/ */
const backoff = (tries: number) =>
  Math.random() * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (tries - 1));

const FIRST_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 2000;

/** One retry per ten calls, and a few in advance: retries must not make an outage worse. */
class RetryBudget {
  #tokens = MAX_TOKENS;

  earn(): void {
    this.#tokens = Math.min(MAX_TOKENS, this.#tokens + TOKENS_PER_CALL);
  }

  spend(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

const TOKENS_PER_CALL = 0.1;
const MAX_TOKENS = 10;
