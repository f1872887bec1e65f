import { Cancellation } from '../request/cancellation.ts';
import { createCallTrace } from '../request/request-scope.ts';
import { createConnectionPool } from './connection-pool.ts';
import type { ProxySettings } from './proxy.ts';
import { toHttp } from './upstream-client.ts';
import type { AnyRequest, OutgoingRequest } from './upstream-request.ts';
import { type UpstreamResponse, VendorResponse } from './vendor-response.ts';

/** Where a vendor's API is, and how calls are authorized. */
export interface ProbedApi {
  /** Scheme, host and, for a proxy, a path to put before every request's own. */
  readonly baseUrl: string;
  readonly authorize: (request: OutgoingRequest) => void;
}

/**
 * Makes one call, outside of rate limits, caches and circuit breakers.
 * @param maxBytes of the response's body
 * @returns whatever the vendor answered
 * @throws ExchangeFailure where it answered nothing within five seconds, or too much
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
