import { CodedError, type Service } from '../errors/coded-error.ts';
import { ResponseCache } from './response-cache.ts';
import { readCachePermission } from './cache-permission.ts';
import type { RequestScope } from '../request/request-scope.ts';
import { cancelAfter, type Cancellation, cancellationOf } from '../request/cancellation.ts';
import { createConnectionPool, type HttpRequest } from './connection-pool.ts';
import { ResilientCalls } from './resilient-calls.ts';
import { SharedReads } from './shared-reads.ts';
import { UpstreamError } from './upstream-error.ts';
import type { UpstreamPolicy, UpstreamResources } from './upstream-policy.ts';
import {
  type AnyRequest,
  expandPath,
  expandQuery,
  isSafe,
  type OutgoingRequest,
  type UpstreamRequest,
} from './upstream-request.ts';
import type { DescribeRefusal } from './vendor-refusal.ts';
import type { Explain, VendorResponse } from './vendor-response.ts';

export interface UpstreamClientOptions {
  /** The subgraph that calls; named in errors. */
  readonly service: Service;
  /** The vendor's name, for the trace. */
  readonly vendor: string;
  /** The API of a vendor that has several which fail independently: `routes`. */
  readonly api?: string;
  /** Scheme, host and, for a proxy, a path prefix of all requests. */
  readonly baseUrl: string;
  /** Adds credentials and other parameters of every request. */
  readonly authorize: (request: OutgoingRequest) => void;
  readonly policy: UpstreamPolicy;
  /** Called for every response. @default the HTTP status alone decides */
  readonly explain?: Explain;
  /** Called for every refusal, for the log. @default only status and path are logged */
  readonly describeRefusal?: DescribeRefusal;
  readonly resources: UpstreamResources;
}

export interface UpstreamClient {
  /** @throws CodedError */
  send<T>(request: UpstreamRequest<T>, scope: RequestScope): Promise<T>;
  /** Like `send`, but null for a 404. */
  find<T>(request: UpstreamRequest<T>, scope: RequestScope): Promise<T | null>;
  /** Returns the whole response, for callers that need its status or headers. */
  exchange(request: AnyRequest, scope: RequestScope): Promise<VendorResponse>;
  /** Returns the raw body, for responses that are not JSON. */
  download(request: AnyRequest, scope: RequestScope): Promise<Download>;
  close(): Promise<void>;
}

export interface Download {
  readonly contentType: string;
  readonly body: Uint8Array;
  /** Seconds for which the vendor's headers allow caching, in browsers too; 0 if they do not. */
  readonly freshSeconds: number;
}

export function createUpstreamClient(options: UpstreamClientOptions): UpstreamClient {
  const { service, policy, resources } = options;
  const prefix = new URL(options.baseUrl).pathname.replace(/\/$/, '');
  const pool = openPool(options);
  const calls = new ResilientCalls({ ...options, pool });
  const currentCache = createCaches(options);
  const cancelled = (cause: unknown) => new UpstreamError('UPSTREAM_TIMEOUT', service, { cause });
  const shared = new SharedReads({ ...options, calls, cancelled });
  const timeoutMs = policy.timeoutMs ?? resources.timeoutMs;

  const read = (
    request: AnyRequest,
    http: HttpRequest,
    scope: RequestScope,
    account: string,
  ): Promise<VendorResponse> => {
    const { reason } = cancellationOf(scope.signal);
    if (reason !== undefined) throw cancelled(reason);
    return limitRead(timeoutMs, scope, (cancellation, deadlineAt) => {
      if (request.method !== 'GET')
        return calls.call(request, http, { ...scope, deadlineAt }, cancellation);
      return shared.read({ request, http, scope, account }, { cancellation, deadlineAt });
    });
  };

  const change = (
    request: AnyRequest,
    http: HttpRequest,
    scope: RequestScope,
  ): Promise<VendorResponse> => {
    const { reason } = cancellationOf(scope.signal);
    if (reason !== undefined) throw cancelled(reason);
    return limitWrite(scope, (ownTime) => calls.call(request, http, scope, ownTime)).finally(() => {
      shared.changed();
    });
  };

  const exchange = (request: AnyRequest, scope: RequestScope): Promise<VendorResponse> => {
    const http = toHttp(options, prefix, request);
    // Read it now: the credential may be renewed while the request waits for the cache.
    const account = policy.cache?.account ?? '';
    const cache = currentCache();
    const callVendor = async (httpRequest: HttpRequest) =>
      read(request, httpRequest, scope, account);
    if (isSafe(request)) return cache?.read(request, http, scope, callVendor) ?? callVendor(http);
    const send = async () => change(request, http, scope);
    return cache?.write(request, send) ?? send();
  };

  const send = async <T>(request: UpstreamRequest<T>, scope: RequestScope): Promise<T> =>
    readBody(service, request, await exchange(request, scope));

  return {
    send,
    find: (request, scope) => send(request, scope).catch(nullIfNotFound),
    exchange,
    download: async (request, scope) => toDownload(request, await exchange(request, scope)),
    close: () => pool.close(),
  };
}

const openPool = ({ baseUrl, policy, resources }: UpstreamClientOptions) =>
  createConnectionPool({
    origin: new URL(baseUrl).origin,
    connections: policy.maxConcurrency,
    maxResponseBytes: MAX_RESPONSE_BYTES,
    proxies: resources.proxies,
  });

/** @returns a function that returns the account's cache; calls that began with another credential use the earlier cache */
function createCaches({ service, vendor, policy, resources }: UpstreamClientOptions) {
  let current: { readonly account: string; readonly cache: ResponseCache } | undefined;
  return (): ResponseCache | undefined => {
    if (policy.cache === undefined) return undefined;
    const { account } = policy.cache;
    if (current?.account !== account) {
      const cache = new ResponseCache({
        service,
        vendor,
        policy: { ...policy.cache, account },
        responses: resources.state.responses,
        invalidation: resources.invalidation,
        monitor: resources.monitor,
      });
      current = { account, cache };
    }
    return current.cache;
  };
}

function nullIfNotFound(error: unknown): null {
  if (error instanceof UpstreamError && error.status === 404) return null;
  throw error;
}

function toDownload({ method, path }: AnyRequest, response: VendorResponse): Download {
  const permission = readCachePermission({ method, path, headers: {} }, response, { shared: true });
  return {
    contentType: String(response.headers['content-type'] ?? 'application/octet-stream'),
    body: response.bytes,
    freshSeconds: Math.floor((permission?.freshMs ?? 0) / 1000),
  };
}

/**
 * Parsing a body of this size blocks the process for some tenths of a second. The largest responses are batches of links: 100 records with
 * 500
 * links each are about 5 MB.
 */
const MAX_RESPONSE_BYTES = 8 * 1024 * 1024;

/** @param prefix prefix of the request's path */
export function toHttp(
  { authorize }: Pick<UpstreamClientOptions, 'authorize'>,
  prefix: string,
  request: AnyRequest,
): HttpRequest {
  const outgoing: OutgoingRequest = {
    headers: { accept: 'application/json', ...request.headers },
    query: { ...request.query },
  };
  let body: string | null = null;
  if (request.json !== undefined || request.jsonText !== undefined) {
    body = request.jsonText ?? JSON.stringify(request.json);
    outgoing.headers['content-type'] = 'application/json';
  } else if (request.form !== undefined) {
    body = expandQuery(request.form).slice(1);
    outgoing.headers['content-type'] = 'application/x-www-form-urlencoded';
  }
  if (request.authorization !== undefined)
    outgoing.headers['authorization'] = request.authorization;
  authorize(outgoing);
  const path = `${prefix}${expandPath(request)}${expandQuery(outgoing.query)}`;
  return { method: request.method, path, headers: outgoing.headers, body };
}

/**
 * A read has the vendor's time limit, so that a hanging vendor does not delay the rest of the response. A read within a mutation has until
 * the
 * request's deadline, like its writes: the mutation would fail with it.
 */
function limitRead<T>(
  timeoutMs: number,
  { signal, deadlineAt: requestDeadlineAt = Infinity, bypassCache }: RequestScope,
  call: (cancellation: Cancellation, deadlineAt: number) => Promise<T>,
): Promise<T> {
  const ofRequest = cancellationOf(signal);
  const deadlineAt = performance.now() + timeoutMs;
  if (bypassCache === true || deadlineAt >= requestDeadlineAt)
    return call(ofRequest, requestDeadlineAt);
  const why = 'The time limit for reads from this vendor has passed.';
  return cancelAfter(timeoutMs, why, (cancellation) => call(cancellation, deadlineAt), ofRequest);
}

/** A write continues after its client disconnects, until the deadline: after an abort, its outcome would be unknown. */
function limitWrite(
  { signal, deadlineAt }: RequestScope,
  call: (cancellation: Cancellation) => Promise<VendorResponse>,
): Promise<VendorResponse> {
  if (deadlineAt === undefined) return call(cancellationOf(signal));
  const ms = deadlineAt - performance.now();
  return cancelAfter(ms, 'The deadline of the request has passed.', call);
}

function readBody<T>(service: Service, request: UpstreamRequest<T>, response: VendorResponse): T {
  try {
    return request.read(response.body);
  } catch (error) {
    if (error instanceof CodedError) throw error;
    // A write with an unexpected response may have taken effect.
    const code = isSafe(request) ? 'UPSTREAM_CONTRACT' : 'OUTCOME_UNKNOWN';
    throw new UpstreamError(code, service, { status: response.status, cause: error });
  }
}
