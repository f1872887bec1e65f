import type { CodedError, Service } from '../errors/coded-error.ts';
import type { HttpResponse } from './connection-pool.ts';
import { parseJsonBody } from './json-body.ts';
import {
  UpstreamError,
  type UpstreamErrorCode,
  type UpstreamErrorOptions,
} from './upstream-error.ts';

/** A vendor's response. */
export interface UpstreamResponse {
  readonly status: number;
  readonly headers: HttpResponse['headers'];
  /** The parsed JSON; undefined if the body is not JSON. */
  readonly body: unknown;
}

/** Interprets a response by its body; undefined if the HTTP status decides. */
export type Explain = (response: VendorResponse) => CodedError | UpstreamErrorCode | undefined;

/** A response that parses its body on first access, once for all its readers. */
export class VendorResponse implements UpstreamResponse {
  readonly status: number;
  readonly headers: HttpResponse['headers'];
  readonly bytes: Buffer;
  #body: unknown = NOT_PARSED;

  constructor({ status, headers, body }: HttpResponse) {
    this.status = status;
    this.headers = headers;
    this.bytes = body;
  }

  get body(): unknown {
    if (this.#body === NOT_PARSED) this.#body = parseJsonBody(this.bytes);
    return this.#body;
  }

  /** A 304 only responds to conditional requests. */
  get isSuccess(): boolean {
    return (this.status >= 200 && this.status < 300) || this.status === 304;
  }
}

const NOT_PARSED = Symbol('not parsed');

/** @returns undefined if the response is not a refusal */
export function refusalOf(
  response: VendorResponse,
  service: Service,
  explain: Explain | undefined,
): Error | undefined {
  const explained = explain?.(response);
  if (explained instanceof Error) return explained;
  if (explained !== undefined) return upstreamError(explained, service, response);
  return response.isSuccess ? undefined : errorOfStatus(response, service);
}

/**
 * The error of a response with a failure status.
 * @param explanation parts for clients @default the code's default message
 */
export const errorOfStatus = (
  response: UpstreamResponse,
  service: Service,
  explanation: Pick<UpstreamErrorOptions, 'message' | 'details'> = {},
) => upstreamError(codeOfStatus(response.status), service, response, explanation);

function codeOfStatus(status: number): UpstreamErrorCode {
  if (status === 401 || status === 403) return 'UPSTREAM_AUTH';
  if (status === 429) return 'UPSTREAM_RATE_LIMITED';
  if (status >= 400 && status < 500 && status !== 408) return 'UPSTREAM_REJECTED';
  // Redirects are not followed: a vendor's API has none, and credentials must not reach another host.
  return status < 400 ? 'UPSTREAM_CONTRACT' : 'UPSTREAM_UNAVAILABLE';
}

const upstreamError = (
  code: UpstreamErrorCode,
  service: Service,
  { status, headers }: UpstreamResponse,
  explanation: Pick<UpstreamErrorOptions, 'message' | 'details'> = {},
) =>
  new UpstreamError(code, service, { status, retryAfter: readRetryAfter(headers), ...explanation });

/**
 * `Retry-After` in seconds or as a date, RFC 9110 section 10.2.3; at most a day, as longer values are mistakes. A date is relative to the
 * response's
 * own `Date`, which has the same clock.
 */
function readRetryAfter({
  'retry-after': value,
  date: sentAt,
}: HttpResponse['headers']): number | undefined {
  if (typeof value !== 'string') return undefined;
  if (/^\d+$/.test(value)) return Math.min(Number(value), DAY_SECONDS);
  const date = readDate(value);
  if (date === undefined) return undefined;
  return Math.min(
    Math.max(0, Math.ceil((date - (readDate(sentAt) ?? Date.now())) / 1000)),
    DAY_SECONDS,
  );
}

/** @returns milliseconds since 1970; undefined if the value is not a date */
function readDate(value: string | string[] | undefined): number | undefined {
  // A date contains a month's name; without this check, `Date.parse` would accept "-5" and "1.5".
  const time = typeof value === 'string' && /[a-z]{3}/i.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? undefined : time;
}

const DAY_SECONDS = 86_400;
