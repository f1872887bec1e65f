import { CodedError } from '../../../errors/coded-error.ts';
import { DEADLINE_HEADER } from '../../../request/deadline.ts';
import { type RequestScope, TRACE_HEADER } from '../../../request/request-scope.ts';
import { type Cancellation, cancellationOf } from '../../../request/cancellation.ts';
import {
  type ConnectionPool,
  createConnectionPool,
  ExchangeFailure,
  type HttpRequest,
} from '../../../upstream/connection-pool.ts';
import type { ProxySettings } from '../../../upstream/proxy.ts';
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
  /** @default none */
  readonly proxies?: ProxySettings | undefined;
}

export interface ServiceResponse {
  readonly status: number;
  readonly contentType: string;
  readonly maxAge: number;
  readonly bytes: Buffer;
}

/** A subgraph as far as its failures go. They are coded and say nothing of where it is. */
export interface NamedService {
  readonly name: string;
  fail(code: FailureCode, cause?: unknown): CodedError;
}

/** Open connections to one subgraph's service. */
export interface ServiceConnection extends NamedService {
  /** Whether the service is ours, so that what it reports of its vendor calls can be believed. */
  readonly isOurs: boolean;
  /**
   * Sends an operation, and a query once more where the connection breaks.
   * @throws CodedError
   */
  post(body: string, scope: RequestScope, isMutation: boolean): Promise<ServiceResponse>;
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
  const { name, title, url } = options;
  const { origin, pathname, search } = new URL(url);
  const pool = createConnectionPool({
    origin,
    connections: MAX_CONNECTIONS,
    maxResponseBytes: MAX_RESPONSE_BYTES,
    proxies: options.proxies,
  });
  const fail = (code: FailureCode, cause?: unknown) => failureOf({ name, title }, code, cause);
  const exchange = async (
    request: HttpRequest,
    scope: RequestScope,
    isSafe = true,
  ): Promise<ServiceResponse> => {
    const { signal } = scope;
    const cancellation = cancellationOf(signal);
    if (cancellation.reason !== undefined) throw fail('UPSTREAM_TIMEOUT', cancellation.reason);
    try {
      const { status, headers, body } = isSafe
        ? await exchangeTwice(pool, request, scope, cancellation)
        : await pool.exchange(request, scope, cancellation);
      return {
        status,
        contentType: String(headers['content-type'] ?? ''),
        maxAge: Number(/max-age=(\d+)/.exec(String(headers['cache-control']))?.[1] ?? 0),
        bytes: body,
      };
    } catch (error) {
      throw fail(
        signal.aborted ? 'UPSTREAM_TIMEOUT' : 'UPSTREAM_UNAVAILABLE',
        error instanceof ExchangeFailure ? error.cause : error,
      );
    }
  };

  return {
    name,
    isOurs: title !== undefined,
    post: (body, scope, isMutation) =>
      exchange(
        {
          method: 'POST',
          path: `${pathname}${search}`,
          headers: headersFor(options, scope, 'application/json'),
          body,
        },
        scope,
        !isMutation,
      ),
    get: (path, scope) =>
      exchange({ method: 'GET', path, headers: headersFor(options, scope), body: null }, scope),
    fail,
    close: () => pool.close(),
  };
}

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
  UPSTREAM_TIMEOUT:
    "did not respond within the request's deadline. Try again, or select less at once.",
  UPSTREAM_RATE_LIMITED: 'refuses requests because its rate limit is exhausted. Try again later.',
  UPSTREAM_UNAVAILABLE: 'cannot be reached or failed. Try again later.',
  UPSTREAM_AUTH:
    "refused this server's signature. The operator has to check SUBGRAPH_SECRET on both sides.",
  UPSTREAM_CONTRACT:
    'sent a response in a format that this server does not support. The operator has to check the log.',
};
