import { Cancellation } from '../request/cancellation.ts';
import { createCallTrace } from '../request/request-scope.ts';
import { createConnectionPool } from './connection-pool.ts';
import type { ProxySettings } from './proxy.ts';
import { toHttp } from './upstream-client.ts';
import type { AnyRequest, OutgoingRequest } from './upstream-request.ts';
import { type UpstreamResponse, VendorResponse } from './vendor-response.ts';

/** A vendor's API: base URL and authorization. */
export interface ProbedApi {
  /** Scheme, host and, for a proxy, a path prefix of all requests. */
  readonly baseUrl: string;
  readonly authorize: (request: OutgoingRequest) => void;
}

/**
 * Makes one call, without rate limits, caches and circuit breakers.
 * @param maxBytes maximum size of the response's body
 * @returns the vendor's response of any status
 * @throws ExchangeFailure if there is no response within five seconds, or it is too large
 */
export async function probe(
  { baseUrl, authorize }: ProbedApi,
  request: AnyRequest,
  proxies: ProxySettings | undefined,
  maxBytes = MAX_BYTES,
): Promise<UpstreamResponse> {
  const { origin, pathname } = new URL(baseUrl);
  const pool = createConnectionPool({
    origin,
    connections: 1,
    maxResponseBytes: maxBytes,
    proxies,
  });
  const cancellation = new Cancellation();
  const timer = setTimeout(() => {
    cancellation.cancel(new DOMException('The vendor did not respond.', 'TimeoutError'));
  }, TIMEOUT_MS);
  try {
    const http = toHttp({ authorize }, pathname.replace(/\/$/, ''), request);
    const scope = { signal: new AbortController().signal, trace: createCallTrace() };
    return new VendorResponse(await pool.exchange(http, scope, cancellation));
  } finally {
    clearTimeout(timer);
    await pool.close();
  }
}

const TIMEOUT_MS = 5000;
const MAX_BYTES = 1024 * 1024;
