import { CodedError, type Service } from '../errors/coded-error.ts';
import type { CallTrace, RequestScope } from './call-trace.ts';
import { type Cancellation, cancellationOf } from './cancellation.ts';
import { type ConnectionPool, createConnectionPool, type HttpAnswer, type HttpRequest } from './connection-pool.ts';
import { SingleFlight } from './single-flight.ts';
import { UpstreamError, type UpstreamErrorCode } from './upstream-error.ts';
import { expandPath, expandQuery, type OutgoingRequest, type UpstreamRequest } from './upstream-request.ts';

export interface UpstreamClientOptions {
  /** The part of the graph that asks; named in errors. */
  readonly service: Service;
  /** Whose API it is, for the trace: `hubspot`. */
  readonly vendor: string;
  /** Scheme, host and, for a proxy, a path to put before every request's own. */
  readonly baseUrl: string;
  /** Adds credentials and whatever else every request carries. */
  readonly authorize: (request: OutgoingRequest) => void;
  readonly policy: UpstreamPolicy;
  /**
   * Tells what an answer means that the vendor explains in its body. Called for every JSON answer; undefined leaves it to
   * the HTTP status.
   */
  readonly explain?: (answer: UpstreamAnswer) => CodedError | UpstreamErrorCode | undefined;
}

export interface UpstreamPolicy {
  /** How many calls may be under way at once; more wait their turn. */
  readonly maxConcurrency: number;
}

export interface UpstreamAnswer {
  readonly status: number;
  readonly headers: HttpAnswer['headers'];
  /** The JSON value that came; undefined where the body is no JSON. */
  readonly body: unknown;
}

export interface UpstreamClient {
  /** @throws CodedError */
  send<T>(request: UpstreamRequest<T>, scope: RequestScope): Promise<T>;
  /** Like `send`, but null for a 404. */
  find<T>(request: UpstreamRequest<T>, scope: RequestScope): Promise<T | null>;
  /** The body as it is, for what is not JSON. */
  download(request: Omit<UpstreamRequest<unknown>, 'read'>, scope: RequestScope): Promise<{ contentType: string; body: Uint8Array }>;
  close(): Promise<void>;
}

export function createUpstreamClient(options: UpstreamClientOptions): UpstreamClient {
  const { origin, pathname } = new URL(options.baseUrl);
  const prefix = pathname.replace(/\/$/, '');
  const pool = createConnectionPool({ origin, connections: options.policy.maxConcurrency, maxResponseBytes: MAX_RESPONSE_BYTES });
  const givenUp = (cause: unknown) => new UpstreamError('UPSTREAM_TIMEOUT', options.service, { cause });
  const flights = new SingleFlight<HttpAnswer>(givenUp);

  const exchange = (request: AnyRequest, { signal, trace }: RequestScope): Promise<HttpAnswer> => {
    const cancellation = cancellationOf(signal);
    if (cancellation.reason !== undefined) throw givenUp(cancellation.reason);
    const http = toHttp(options, prefix, request);
    if (request.method !== 'GET') return call(pool, options, request, http, trace, cancellation);
    // What else is in the headers is the same for all calls of a client.
    const key = request.headers === undefined ? http.path : `${http.path} ${JSON.stringify(request.headers)}`;
    return flights.share(key, cancellation, (shared) => call(pool, options, request, http, trace, shared));
  };

  const send = async <T>(request: UpstreamRequest<T>, scope: RequestScope): Promise<T> =>
    readAnswer(options, request, await exchange(request, scope));

  return {
    send,
    find: (request, scope) =>
      send(request, scope).catch((error: unknown) => {
        if (error instanceof UpstreamError && error.status === 404) return null;
        throw error;
      }),
    download: async (request, scope) => {
      const { status, headers, body } = await exchange(request, scope);
      if (status >= 300) throw explainStatus(options, { status, headers, body: undefined });
      return { contentType: String(headers['content-type'] ?? 'application/octet-stream'), body };
    },
    close: () => pool.close(),
  };
}

/**
 * Parsing a text of this size holds up everything else for some tenths of a second. The biggest answers are HubSpot's batches
 * of links: 100 records with 500 links each are some 5 MB.
 */
const MAX_RESPONSE_BYTES = 8 * 1024 * 1024;

type AnyRequest = Omit<UpstreamRequest<unknown>, 'read'>;

function toHttp({ authorize }: UpstreamClientOptions, prefix: string, request: AnyRequest): HttpRequest {
  const outgoing: OutgoingRequest = { headers: { accept: 'application/json', ...request.headers }, query: { ...request.query } };
  const body = request.json === undefined ? null : JSON.stringify(request.json);
  if (body !== null) outgoing.headers['content-type'] = 'application/json';
  authorize(outgoing);
  const path = `${prefix}${expandPath(request)}${expandQuery(outgoing.query)}`;
  return { method: request.method, path, headers: outgoing.headers, body };
}

async function call(
  pool: ConnectionPool,
  { service, vendor }: UpstreamClientOptions,
  { method, path, batchSize }: AnyRequest,
  http: HttpRequest,
  trace: CallTrace,
  cancellation: Cancellation,
): Promise<HttpAnswer> {
  const startedAt = performance.now();
  let status: number | null = null;
  try {
    const answer = await pool.exchange(http, cancellation);
    status = answer.status;
    return answer;
  } catch (error) {
    throw new UpstreamError(cancellation.reason === undefined ? 'UPSTREAM_UNAVAILABLE' : 'UPSTREAM_TIMEOUT', service, { cause: error });
  } finally {
    const startMs = round(startedAt - trace.startedAt);
    trace.record({
      service,
      vendor,
      method,
      path,
      status,
      startMs,
      ms: round(performance.now() - startedAt),
      batchSize: batchSize ?? null,
    });
  }
}

const round = (ms: number) => Math.round(ms * 10) / 10;

function readAnswer<T>(options: UpstreamClientOptions, request: UpstreamRequest<T>, { status, headers, body }: HttpAnswer): T {
  const answer: UpstreamAnswer = { status, headers, body: parseJson(body) };
  const explained = options.explain?.(answer);
  if (explained instanceof CodedError) throw explained;
  if (explained !== undefined) throw upstreamError(explained, options, answer);
  if (status < 200 || status >= 300) throw explainStatus(options, answer);
  try {
    return request.read(answer.body);
  } catch (error) {
    throw error instanceof CodedError ? error : new UpstreamError('UPSTREAM_CONTRACT', options.service, { status, cause: error });
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

const explainStatus = (options: UpstreamClientOptions, answer: UpstreamAnswer) =>
  upstreamError(codeOfStatus(answer.status), options, answer);

function codeOfStatus(status: number): UpstreamErrorCode {
  if (status === 401 || status === 403) return 'UPSTREAM_AUTH';
  if (status === 429) return 'UPSTREAM_RATE_LIMITED';
  if (status >= 400 && status < 500 && status !== 408) return 'UPSTREAM_REJECTED';
  // Redirects are not followed: a vendor's API has none, and a credential must not travel to another host.
  return status < 400 ? 'UPSTREAM_CONTRACT' : 'UPSTREAM_UNAVAILABLE';
}

function upstreamError(code: UpstreamErrorCode, { service }: UpstreamClientOptions, { status, headers }: UpstreamAnswer): UpstreamError {
  return new UpstreamError(code, service, { status, retryAfter: readRetryAfter(headers['retry-after']) });
}

/** `Retry-After` in seconds or as a date, RFC 9110 section 10.2.3; no more than a day, as longer ones are mistakes. */
function readRetryAfter(value: string | string[] | undefined): number | undefined {
  if (typeof value !== 'string') return undefined;
  if (/^\d+$/.test(value)) return Math.min(Number(value), DAY_SECONDS);
  // A date names its month; without that, `Date.parse` would take "-5" and "1.5" for dates too.
  const date = /[a-z]{3}/i.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(date) ? undefined : Math.min(Math.max(0, Math.ceil((date - Date.now()) / 1000)), DAY_SECONDS);
}

const DAY_SECONDS = 86_400;
