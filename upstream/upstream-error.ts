import { CodedError, type CodedErrorOptions, type Service } from '../errors/coded-error.ts';
import type { ErrorCode } from '../errors/error-codes.ts';

/** Codes of failures between this server and a vendor. */
export type UpstreamErrorCode = Extract<ErrorCode, `UPSTREAM_${string}` | 'OUTCOME_UNKNOWN'>;

export interface UpstreamErrorOptions extends Omit<CodedErrorOptions, 'service'> {
  /** The HTTP status of the vendor's response, if there is one. */
  readonly status?: number | undefined;
  /** Whether the vendor says that the call can be retried, or must not be. */
  readonly retryAdvice?: boolean | undefined;
  /** Whether the vendor may have executed the call, or may still execute it. @default true for a status that does not rule it out */
  readonly isOutcomeUnknown?: boolean;
  /** Replaces the code's default message. */
  readonly message?: string | undefined;
}

/** A call to a vendor failed. The message names the service, never the vendor's URL, body or credential. */
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

  /** The same error with the vendor's retry advice. */
  withRetryAdvice(retryAdvice: boolean): UpstreamError {
    return this.#copy({ retryAdvice });
  }

  /** The same error with the seconds after which the vendor accepts calls again. */
  withRetryAfter(retryAfter: number): UpstreamError {
    return this.#copy({ retryAfter });
  }
}

/**
 * Whether the call may have taken effect: a failure can follow it, a 408 can come from a proxy that waited for the vendor, and a redirect
 * can lead to
 * the result (RFC 9110, section 15.4.4).
 */
const leavesOpen = (status: number) =>
  status >= 500 || status === 408 || (status >= 300 && status < 400);

const MESSAGES: Record<UpstreamErrorCode, (title: string) => string> = {
  UPSTREAM_TIMEOUT: (title) =>
    `The ${title} did not respond in time. Try again, or select less at once.`,
  UPSTREAM_RATE_LIMITED: (title) => `The rate limit of the ${title} is exhausted. Try again later.`,
  UPSTREAM_UNAVAILABLE: (title) => `The ${title} cannot be reached or failed. Try again later.`,
  UPSTREAM_AUTH: (title) =>
    `The ${title} refused this server's credentials or permissions. The operator has to check them.`,
  UPSTREAM_REJECTED: (title) =>
    `The ${title} refused the request as invalid. The operator has to check the log.`,
  UPSTREAM_CONTRACT: (title) =>
    `The response of the ${title} has a format that this server does not support. The operator has to check the log.`,
  OUTCOME_UNKNOWN: (title) =>
    `The connection to the ${title} broke after the request was sent, so its outcome is unknown. Retry it with the same idempotency key.`,
};
