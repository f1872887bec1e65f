import { CodedError } from '../../../errors/coded-error.ts';
import { DEADLINE_HEADER, hasClientDisconnected } from '../../../request/deadline.ts';
import { CURSOR_HEADER, type RequestScope, TRACE_HEADER } from '../../../request/request-scope.ts';
import { cancelAfter, type Cancellation, cancellationOf } from '../../../request/cancellation.ts';
import {
  type ConnectionPool,
  createConnectionPool,
  ExchangeFailure,
  type HttpRequest,
  type HttpResponse,
} from '../../../upstream/connection-pool.ts';
import type { ServiceMonitor, ServiceResult } from '../../../monitoring/service-states.ts';
import { pause } from '../../../upstream/pause.ts';
import type { ProxySettings } from '../../../upstream/proxy.ts';
import { type RetriedFailure, RetryPolicy } from '../../../upstream/retry-policy.ts';
import { UpstreamError, type UpstreamErrorCode } from '../../../upstream/upstream-error.ts';

export interface ServiceConnectionOptions {
  /** The subgraph's name in the supergraph. */
  readonly name: string;
  /** The service's name in error messages; undefined for a subgraph that is not built in. */
  readonly title?: string | undefined;
  /** The address of its GraphQL endpoint. */
  readonly url: string;
  /** The gateway's own deadline for a client request. */
  readonly requestTimeoutMs: number;
  /** Requests the vendor calls of the service in its responses. */
  readonly traces: boolean;
  /** Lower-case names of client headers that a foreign service gets. @default the service is built in and gets the signed caller */
  readonly forwardedHeaders?: readonly string[] | undefined;
  /** Claims of the caller's token by the lower-case name of the header that carries them. @default none */
  readonly claimHeaders?: Readonly<Record<string, string>> | undefined;
  /** @default the defaults of {@link TrafficPolicy} */
  readonly traffic?: TrafficPolicy | undefined;
  readonly monitor: ServiceMonitor;
  /** @default none */
  readonly proxies?: ProxySettings | undefined;
}

/** Limits of the requests to a service. */
export interface TrafficPolicy {
  /** Maximum duration of a query in milliseconds, with retries. @default until the request's deadline */
  readonly timeoutMs?: number | undefined;
  /** Maximum number of retries of a query. @default none, except after a closed kept-alive connection */
  readonly retries?: number | undefined;
  /** Maximum number of concurrent requests; others wait. @default 64 */
  readonly concurrency?: number | undefined;
}

export interface ServiceResponse {
  readonly status: number;
  readonly contentType: string;
  readonly maxAge: number;
  /** Up to where the response shows all changes. @default the service does not say */
  readonly cursor: string | undefined;
  readonly bytes: Buffer;
}

/** The identity of a subgraph for error messages. Its errors have codes and do not contain its address. */
export interface NamedService {
  readonly name: string;
  /** Whether the subgraph is built in, so that its reports are trusted. */
  readonly isBuiltIn: boolean;
  fail(code: FailureCode, cause?: unknown): CodedError;
}

/** Open connections to one subgraph's service. */
export interface ServiceConnection extends NamedService {
  /**
   * Sends an operation. Retries a query as the traffic policy allows, or once after a closed kept-alive connection.
   * @throws CodedError
   */
  post(body: string, scope: RequestScope, isMutation: boolean): Promise<ServiceResponse>;
  /** Records the result of a received response. The connection records requests without a response itself. */
  ended(result: ServiceResult): void;
  /** @throws CodedError */
  get(path: string, scope: RequestScope): Promise<ServiceResponse>;
  close(): Promise<void>;
}

export type FailureCode = Extract<
  UpstreamErrorCode,
  | 'UPSTREAM_TIMEOUT'
  | 'UPSTREAM_RATE_LIMITED'
  | 'UPSTREAM_UNAVAILABLE'
  | 'UPSTREAM_AUTH'
  | 'UPSTREAM_CONTRACT'
>;

/** The status of a response that is not GraphQL, for the log. */
export class UnexpectedStatus extends Error {
  override readonly name = 'UnexpectedStatus';
  readonly status: number;

  constructor(status: number) {
    super();
    this.status = status;
  }
}

export function connectService(options: ServiceConnectionOptions): ServiceConnection {
  const { name, title, url, monitor, traffic = {} } = options;
  const { origin, pathname, search } = new URL(url);
  const pool = createConnectionPool({
    origin,
    connections: traffic.concurrency ?? MAX_CONNECTIONS,
    maxResponseBytes: MAX_RESPONSE_BYTES,
    proxies: options.proxies,
  });
  const retries = new RetryPolicy(1 + (traffic.retries ?? 0));
  const fail = (code: FailureCode, cause?: unknown) => failureOf({ name, title }, code, cause);
  const exchange = async (
    request: HttpRequest,
    scope: RequestScope,
    cancellation: Cancellation,
    isSafe: boolean,
  ): Promise<ServiceResponse> => {
    const { reason: before } = cancellation;
    if (before !== undefined) throw fail('UPSTREAM_TIMEOUT', before);
    try {
      return toServiceResponse(
        isSafe
          ? await exchangeAgain(pool, retries, request, scope, cancellation)
          : await pool.exchange(request, scope, cancellation),
      );
    } catch (error) {
      const code = cancellation.reason === undefined ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_TIMEOUT';
      monitor.ended(name, isInconclusive(error, scope, cancellation) ? 'abandoned' : code);
      throw fail(code, error instanceof ExchangeFailure ? error.cause : error);
    }
  };
  const read = (
    scope: RequestScope,
    request: Pick<HttpRequest, 'method' | 'path' | 'body'>,
    contentType?: string,
  ) =>
    limitTime(traffic, scope, (limited, cancellation) => {
      const headers = headersFor(options, limited, contentType);
      return exchange({ ...request, headers }, limited, cancellation, true);
    });
  const path = `${pathname}${search}`;

  return {
    name,
    isBuiltIn: title !== undefined,
    post: (body, scope, isMutation) => {
      if (!isMutation) return read(scope, { method: 'POST', path, body }, JSON_TYPE);
      const headers = headersFor(options, scope, JSON_TYPE);
      const request = { method: 'POST', path, headers, body } as const;
      return exchange(request, scope, cancellationOf(scope.signal), false);
    },
    get: (file, scope) => read(scope, { method: 'GET', path: file, body: null }),
    fail,
    ended: (result) => {
      monitor.ended(name, result);
    },
    close: () => pool.close(),
  };
}

const JSON_TYPE = 'application/json';

const toServiceResponse = ({ status, headers, body }: HttpResponse): ServiceResponse => ({
  status,
  contentType: String(headers['content-type'] ?? ''),
  maxAge: Number(/max-age=(\d+)/.exec(String(headers['cache-control']))?.[1] ?? 0),
  cursor: textOf(headers[CURSOR_HEADER]),
  bytes: body,
});

const textOf = (header: HttpResponse['headers'][string]) =>
  typeof header === 'string' ? header : undefined;

/** A query has the service's time limit. A mutation has until the request's deadline: the outcome of a cut one would be unknown. */
function limitTime<T>(
  { timeoutMs = Infinity }: TrafficPolicy,
  scope: RequestScope,
  call: (scope: RequestScope, cancellation: Cancellation) => Promise<T>,
): Promise<T> {
  const ofRequest = cancellationOf(scope.signal);
  const deadlineAt = performance.now() + timeoutMs;
  if (ofRequest.reason !== undefined || deadlineAt >= (scope.deadlineAt ?? Infinity))
    return call(scope, ofRequest);
  const why = 'The time limit for requests to this service has passed.';
  const limited = { ...scope, deadlineAt };
  return cancelAfter(timeoutMs, why, (cancellation) => call(limited, cancellation), ofRequest);
}

/** Retries a safe request as the policy allows. */
async function exchangeAgain(
  pool: ConnectionPool,
  retries: RetryPolicy,
  request: HttpRequest,
  scope: RequestScope,
  cancellation: Cancellation,
): Promise<HttpResponse> {
  retries.recordCall();
  for (let tries = 1; ; tries += 1) {
    const sent = await exchangeTwice(pool, request, scope, cancellation).catch((error: unknown) => {
      if (error instanceof ExchangeFailure) return error;
      throw error;
    });
    const failure = cancellation.reason === undefined ? failureIn(sent) : undefined;
    const pauseMs = failure && retries.pauseAfter(failure, tries, 'safe', scope);
    if (pauseMs !== undefined) await pause(pauseMs, cancellation);
    else if (sent instanceof ExchangeFailure) throw sent;
    else return sent;
  }
}

/** @returns undefined for a response that is not a server error */
function failureIn(sent: HttpResponse | ExchangeFailure): RetriedFailure | undefined {
  const failure = {
    code: 'UPSTREAM_UNAVAILABLE',
    isOutcomeUnknown: false,
    extensions: {},
  } as const;
  if (sent instanceof ExchangeFailure)
    return {
      ...failure,
      status: undefined,
      retryAdvice: sent.isTooLarge || sent.isWaitingLineFull ? false : undefined,
    };
  const { status } = sent;
  return status < 500 ? undefined : { ...failure, status, retryAdvice: undefined };
}

/** Whether a failure says nothing about the service: the client disconnected or left little time, or the request waited for a slot. */
function isInconclusive(
  error: unknown,
  { signal }: RequestScope,
  { reason }: Cancellation,
): boolean {
  if (!(error instanceof ExchangeFailure)) return hasClientDisconnected(signal);
  if (error.isWaitingLineFull || (reason !== undefined && error.connectedMs === 0)) return true;
  return signal.aborted && (hasClientDisconnected(signal) || error.connectedMs < SLOW_MS);
}

const SLOW_MS = 2000;

const headersFor = (
  { requestTimeoutMs, traces, forwardedHeaders, claimHeaders = {} }: ServiceConnectionOptions,
  scope: RequestScope,
  contentType?: string,
) => ({
  accept: 'application/graphql-response+json, application/json',
  [DEADLINE_HEADER]: String(timeLeft(requestTimeoutMs, scope)),
  ...(contentType !== undefined && { 'content-type': contentType }),
  ...(traces && forwardedHeaders === undefined && { [TRACE_HEADER]: '1' }),
  ...(forwardedHeaders === undefined
    ? scope.forwarded
    : { ...foreignHeaders(scope, forwardedHeaders), ...headersOfClaims(scope, claimHeaders) }),
});

/** Sends again if the service closed a kept-alive connection at the moment of use. */
const exchangeTwice = (
  pool: ConnectionPool,
  request: HttpRequest,
  scope: RequestScope,
  cancellation: Cancellation,
) =>
  pool.exchange(request, scope, cancellation).catch((error: unknown) => {
    const isLost = error instanceof ExchangeFailure && error.isConnectionLost;
    if (!isLost || cancellation.reason !== undefined) throw error;
    return pool.exchange(request, scope, cancellation);
  });

/** Sends only the listed headers of the client, never the identity of the caller. */
function foreignHeaders(
  { forwarded = {}, clientHeaders = {} }: RequestScope,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const name of ALWAYS_FORWARDED) {
    const value = forwarded[name];
    if (value !== undefined) headers[name] = value;
  }
  for (const name of names) {
    const value = clientHeaders[name];
    if (value !== undefined) headers[name] = String(value);
  }
  return headers;
}

/** Headers with claims. A client cannot set them: no client header of that name is forwarded. */
function headersOfClaims(
  { claims = {} }: RequestScope,
  claimHeaders: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [header, claim] of Object.entries(claimHeaders)) {
    const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
    if (!['string', 'number', 'boolean'].includes(typeof value)) continue;
    const text = String(value);
    if (HEADER_TEXT.test(text)) headers[header] = text;
  }
  return headers;
}

/** Visible ASCII with inner spaces: RFC 9110, section 5.5, without obsolete text. */
const HEADER_TEXT = /^[!-~](?:[ -~]{0,998}[!-~])?$/;

const ALWAYS_FORWARDED = ['x-request-id', 'traceparent', 'priority'];

const MAX_CONNECTIONS = 64;
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

/** Gives the service a slightly earlier deadline than the gateway's, so that its partial response still arrives. */
function timeLeft(
  requestTimeoutMs: number,
  { trace, deadlineAt = trace.startedAt + requestTimeoutMs }: RequestScope,
): number {
  const left = deadlineAt - performance.now();
  return Math.max(1, Math.floor(left - Math.min(MARGIN_MS, left / 10)));
}

const MARGIN_MS = 50;

function failureOf(
  { name, title }: Pick<ServiceConnectionOptions, 'name' | 'title'>,
  code: FailureCode,
  cause: unknown,
): CodedError {
  if (title !== undefined) return new UpstreamError(code, { name, title }, { cause });
  return new CodedError(code, `The subgraph ${name} ${FOREIGN_MESSAGES[code]}`, {
    service: name,
    cause,
  });
}

/** Messages for subgraphs that are not built in. */
const FOREIGN_MESSAGES: Record<FailureCode, string> = {
  UPSTREAM_TIMEOUT: 'did not respond in time. Try again, or select less at once.',
  UPSTREAM_RATE_LIMITED: 'refuses requests because its rate limit is exhausted. Try again later.',
  UPSTREAM_UNAVAILABLE: 'cannot be reached or failed. Try again later.',
  UPSTREAM_AUTH:
    "refused this server's signature. The operator has to check SUBGRAPH_SECRET on both sides.",
  UPSTREAM_CONTRACT:
    'sent a response in a format that this server does not support. The operator has to check the log.',
};
