import { Pool, type Dispatcher } from 'undici';
import { CodedError, type Service } from '../errors/coded-error.ts';
import type { RequestScope } from './call-trace.ts';
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
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
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
  const pool = new Pool(origin, {
    connections: options.policy.maxConcurrency,
    maxResponseSize: MAX_RESPONSE_BYTES,
    // The request's own deadline is the only clock.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const flights = new SingleFlight();

  const exchange = async (request: AnyRequest, scope: RequestScope): Promise<RawAnswer> => {
    if (scope.signal.aborted) throw new UpstreamError('UPSTREAM_TIMEOUT', options.service, { cause: scope.signal.reason });
    const outgoing: OutgoingRequest = { headers: { accept: 'application/json', ...request.headers }, query: expandQuery(request.query) };
    options.authorize(outgoing);
    const path = `${prefix}${expandPath(request)}${outgoing.query.size > 0 ? `?${outgoing.query.toString()}` : ''}`;
    const body = request.json === undefined ? null : JSON.stringify(request.json);
    if (body !== null) outgoing.headers['content-type'] = 'application/json';
    const start = (signal: AbortSignal) => call(pool, options, request, { path, headers: outgoing.headers, body }, { ...scope, signal });
    if (request.method !== 'GET') return start(scope.signal);
    return flights.share(`${path} ${JSON.stringify(outgoing.headers)}`, scope.signal, start).catch((error: unknown) => {
      throw error instanceof CodedError ? error : new UpstreamError('UPSTREAM_TIMEOUT', options.service, { cause: error });
    });
  };

  const send = async <T>(request: UpstreamRequest<T>, scope: RequestScope): Promise<T> =>
    readAnswer(options, request, await exchange(request, scope));

  return {
    send,
    find: async (request, scope) => {
      try {
        return await send(request, scope);
      } catch (error) {
        if (error instanceof UpstreamError && error.status === 404) return null;
        throw error;
      }
    },
    download: async (request, scope) => {
      const { status, headers, bytes } = await exchange(request, scope);
      if (status >= 300) throw explainStatus(options, { status, headers, body: undefined });
      return { contentType: String(headers['content-type'] ?? 'application/octet-stream'), body: bytes };
    },
    // Calls still under way have nobody left who waits for them.
    close: () => pool.destroy(),
  };
}

/**
 * Parsing a text of this size holds up everything else for some tenths of a second. The biggest answers are HubSpot's batches
 * of links: 100 records with 500 links each are some 5 MB.
 */
const MAX_RESPONSE_BYTES = 8 * 1024 * 1024;

type AnyRequest = Omit<UpstreamRequest<unknown>, 'read'>;

interface RawAnswer {
  readonly status: number;
  readonly headers: Dispatcher.ResponseData['headers'];
  readonly bytes: Uint8Array;
}

interface Sent {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
}

async function call(pool: Pool, options: UpstreamClientOptions, request: AnyRequest, sent: Sent, scope: RequestScope): Promise<RawAnswer> {
  const { service, vendor } = options;
  const { signal, trace } = scope;
  const startedAt = performance.now();
  let status: number | null = null;
  try {
    const answer = await pool.request({ ...sent, method: request.method, signal });
    status = answer.statusCode;
    return { status, headers: answer.headers, bytes: await answer.body.bytes() };
  } catch (error) {
    throw new UpstreamError(signal.aborted ? 'UPSTREAM_TIMEOUT' : 'UPSTREAM_UNAVAILABLE', service, { cause: error });
  } finally {
    const { method, path, batchSize = null } = request;
    const startMs = round(startedAt - trace.startedAt);
    trace.record({ service, vendor, method, path, status, startMs, ms: round(performance.now() - startedAt), batchSize });
  }
}

const round = (ms: number) => Math.round(ms * 10) / 10;

function readAnswer<T>(options: UpstreamClientOptions, request: UpstreamRequest<T>, { status, headers, bytes }: RawAnswer): T {
  const answer: UpstreamAnswer = { status, headers, body: parseJson(bytes) };
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

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString());
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
