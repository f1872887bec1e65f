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
  /** What messages call what stands behind it; undefined for a subgraph that is not ours. */
  readonly title?: string | undefined;
  /** Where it answers GraphQL. */
  readonly url: string;
  /** The gateway's own deadline for a client request. */
  readonly requestTimeoutMs: number;
  /** Asks the service for the calls that it makes. */
  readonly traces: boolean;
  /** The headers of a client's request, in lower case, that a foreign service gets. @default the service is ours and gets to know the caller */
  readonly forwardedHeaders?: readonly string[] | undefined;
  /** Names of claims of the caller's token by the headers, in lower case, in which a foreign service gets them. @default none */
  readonly claimHeaders?: Readonly<Record<string, string>> | undefined;
  /** @default each part of it has its own */
  readonly traffic?: TrafficPolicy | undefined;
  readonly monitor: ServiceMonitor;
  /** @default none */
  readonly proxies?: ProxySettings | undefined;
}

/** How a service is called. */
export interface TrafficPolicy {
  /** How long a query may take, in milliseconds, retries included. @default until the request's deadline */
  readonly timeoutMs?: number | undefined;
  /** How often a query is sent again at most. @default never, unless a kept-alive connection was closed */
  readonly retries?: number | undefined;
  /** How many requests may be under way at once; more wait their turn. @default 64 */
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

/** A subgraph as far as its failures go. They are coded and say nothing of where it is. */
export interface NamedService {
  readonly name: string;
  /** Whether the subgraph is a built-in one, so that what it reports can be believed. */
  readonly isOurs: boolean;
  fail(code: FailureCode, cause?: unknown): CodedError;
}

/** Open connections to one subgraph's service. */
export interface ServiceConnection extends NamedService {
  /**
   * Sends an operation, and a query again as the traffic policy allows, or where a kept-alive connection was closed.
   * @throws CodedError
   */
  post(body: string, scope: RequestScope, isMutation: boolean): Promise<ServiceResponse>;
  /** Tells what came of a response that arrived; of one that did not, the connection tells itself. */
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

/** An answer was none of GraphQL: its status is for the log. */
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
      monitor.ended(name, saysNothing(error, scope, cancellation) ? 'abandoned' : code);
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
    isOurs: title !== undefined,
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

/** A request that changes nothing is sent again as the policy allows. */
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

/** @returns undefined where there is a response that is not the one of a failing server */
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

/** Of the service: the client left or gave little time, or the request waited behind many others. */
function saysNothing(error: unknown, { signal }: RequestScope, { reason }: Cancellation): boolean {
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

/** A kept-alive connection may be closed by the service in the moment in which it is used. */
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

/** What is not listed is not sent, above all the identity of the caller. */
function foreignHeaders(
  { forwarded = {}, clientHeaders = {} }: RequestScope,
  names: readonly string[],
): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const name of FOR_EVERYBODY) {
    const value = forwarded[name];
    if (value !== undefined) headers[name] = value;
  }
  for (const name of names) {
    const value = clientHeaders[name];
    if (value !== undefined) headers[name] = String(value);
  }
  return headers;
}

/** A client cannot give such a header itself: no other of its name is sent. */
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

/** Visible ASCII, and spaces within: RFC 9110, section 5.5, without what is obsolete. */
const HEADER_TEXT = /^[!-~](?:[ -~]{0,998}[!-~])?$/;

const FOR_EVERYBODY = ['x-request-id', 'traceparent', 'priority'];

const MAX_CONNECTIONS = 64;
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;

/** A service ends a little earlier than the gateway, so that what it has got by then still arrives. */
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

/** For subgraphs that are not built in. */
const FOREIGN_MESSAGES: Record<FailureCode, string> = {
  UPSTREAM_TIMEOUT: 'did not respond in time. Try again, or select less at once.',
  UPSTREAM_RATE_LIMITED: 'refuses requests because its rate limit is exhausted. Try again later.',
  UPSTREAM_UNAVAILABLE: 'cannot be reached or failed. Try again later.',
  UPSTREAM_AUTH:
    "refused this server's signature. The operator has to check SUBGRAPH_SECRET on both sides.",
  UPSTREAM_CONTRACT:
    'sent a response in a format that this server does not support. The operator has to check the log.',
};
