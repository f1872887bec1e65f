import { CodedError, type CodedErrorOptions, type Service } from '../errors/coded-error.ts';
import type { ErrorCode } from '../errors/error-codes.ts';

/** Codes that say what went wrong between us and a vendor. */
export type UpstreamErrorCode = Extract<ErrorCode, `UPSTREAM_${string}` | 'OUTCOME_UNKNOWN'>;

export interface UpstreamErrorOptions extends Omit<CodedErrorOptions, 'service'> {
  /** The HTTP status that the vendor answered with, if it answered. */
  readonly status?: number | undefined;
  /** Whether the vendor says that the call can be repeated, or must not be. */
  readonly retryAdvice?: boolean | undefined;
  /** Whether the vendor may have done what it was asked to, or may still do it. @default for a status that leaves it open */
  readonly isOutcomeUnknown?: boolean;
  /** Takes the place of the text that says what the code means. */
  readonly message?: string | undefined;
}

/** A vendor did not do what it was asked to. The message names the service, never the vendor's URL, body or credential. */
export class UpstreamError extends CodedError {
  override readonly name = 'UpstreamError';
  readonly status: number | undefined;
  readonly retryAdvice: boolean | undefined;
  readonly isOutcomeUnknown: boolean;

  readonly #copy: (more: UpstreamErrorOptions) => UpstreamError;

  constructor(code: UpstreamErrorCode, service: Service, options: UpstreamErrorOptions = {}) {
    const { status, retryAdvice, isOutcomeUnknown, message, ...rest } = options;
    super(code, message ?? MESSAGES[code](service.title), { ...rest, service: service.name });
    this.#copy = (more) => new UpstreamError(code, service, { ...options, ...more });
    this.status = status;
    this.retryAdvice = retryAdvice;
    this.isOutcomeUnknown = isOutcomeUnknown ?? (status !== undefined && leavesOpen(status));
  }

  /** The same error, of which the vendor says something. */
  withRetryAdvice(retryAdvice: boolean): UpstreamError {
    return this.#copy({ retryAdvice });
  }

  /** The same error, with the seconds after which the vendor takes calls again. */
  withRetryAfter(retryAfter: number): UpstreamError {
    return this.#copy({ retryAfter });
  }
}

/**
 * Whether something may have been done: a failure can come after it, a 408 also of a proxy that waited for the vendor, and a redirect leads to
 * what was done (RFC 9110, section 15.4.4).
 */
const leavesOpen = (status: number) =>
  status >= 500 || status === 408 || (status >= 300 && status < 400);

const MESSAGES: Record<UpstreamErrorCode, (who: string) => string> = {
  UPSTREAM_TIMEOUT: (who) =>
    `The ${who} did not respond in time. Try again, or select less at once.`,
  UPSTREAM_RATE_LIMITED: (who) => `The rate limit of the ${who} is exhausted. Try again later.`,
  UPSTREAM_UNAVAILABLE: (who) => `The ${who} cannot be reached or failed. Try again later.`,
  UPSTREAM_AUTH: (who) =>
    `The ${who} refused this server's credentials or permissions. The operator has to check them.`,
  UPSTREAM_REJECTED: (who) =>
    `The ${who} refused the request as invalid. The operator has to check the log.`,
  UPSTREAM_CONTRACT: (who) =>
    `The response of the ${who} has a format that this server does not support. The operator has to check the log.`,
  OUTCOME_UNKNOWN: (who) =>
    `The connection to the ${who} broke after the request was sent, so its outcome is unknown. Retry it with the same idempotency key.`,
};
