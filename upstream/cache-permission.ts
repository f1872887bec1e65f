import HttpCachePolicy from 'http-cache-semantics';
import type { HttpRequest } from './connection-pool.ts';
import type { VendorResponse } from './vendor-response.ts';

/** What a vendor's response headers allow a cache to do. */
export interface CachePermission {
  /** Freshness lifetime in milliseconds. */
  readonly freshMs: number;
  /** Headers of a conditional request that revalidates the response. */
  readonly validators: Readonly<Record<string, string>> | undefined;
}

type CacheableRequest = Pick<HttpRequest, 'method' | 'path' | 'headers'>;

/**
 * Reads the response headers by the rules of HTTP caching, RFC 9111.
 * @param shared whether other caches, such as browsers', also store the response: then `private` and `s-maxage` count
 * @returns undefined if the response must not be cached, or its headers do not mention caching
 */
export function readCachePermission(
  { method, path, headers: { accept = '' } }: CacheableRequest,
  response: VendorResponse,
  { shared = false } = {},
): CachePermission | undefined {
  const { status, headers } = response;
  // Most vendors' responses end here: applying all rules costs more CPU than parsing the call's JSON.
  if (method !== 'GET' || !isHint(headers)) return undefined;
  const cachingHeaders = readHeaders(headers);
  if (cachingHeaders === undefined) return undefined;
  // The library needs none of the credentials in our headers.
  const request = { method, url: path, headers: { accept } };
  const policy = new HttpCachePolicy(
    request,
    { status: status === NOT_MODIFIED ? OK : status, headers: cachingHeaders },
    { shared, cacheHeuristic: 0 },
  );
  if (!policy.storable()) return undefined;
  const { 'if-none-match': tag, 'if-modified-since': since } = policy.revalidationHeaders(request);
  const validators = {
    ...(typeof tag === 'string' && { 'if-none-match': tag }),
    ...(typeof since === 'string' && { 'if-modified-since': since }),
  };
  const freshMs = Math.max(0, policy.maxAge() - policy.age()) * 1000;
  return freshMs > 0 || Object.keys(validators).length > 0 ? { freshMs, validators } : undefined;
}

/** Whether the headers set a cache lifetime or forbid caching. */
export const setsLifetime = ({ headers }: VendorResponse): boolean =>
  headers['expires'] !== undefined ||
  headers['pragma'] !== undefined ||
  headers['vary'] === '*' ||
  hasDirective(
    headers,
    /\b(?:no-store|no-cache|private|max-age|s-maxage|must-revalidate|proxy-revalidate)\b/i,
  );

/** Whether the response must not be used when stale: RFC 9111, section 4.2.4. */
export const forbidsStale = ({ headers }: VendorResponse): boolean =>
  hasDirective(headers, /\b(?:no-cache|must-revalidate|proxy-revalidate|s-maxage)\b/i);

const hasDirective = ({ 'cache-control': control }: VendorResponse['headers'], name: RegExp) =>
  name.test(String(control ?? '').slice(0, MAX_HEADER));

/**
 * The caching headers of a response.
 * @returns undefined if one is unreasonably long: the library takes time quadratic in the white space of a header
 */
function readHeaders(headers: VendorResponse['headers']): VendorResponse['headers'] | undefined {
  const cachingHeaders = Object.fromEntries(
    HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  );
  return Object.values(cachingHeaders).every((value) => String(value).length <= MAX_HEADER)
    ? cachingHeaders
    : undefined;
}

/** Response headers that the library reads for a private cache. */
const HEADERS = [
  'age',
  'cache-control',
  'date',
  'etag',
  'expires',
  'last-modified',
  'pragma',
  'vary',
];

/** Characters. */
const MAX_HEADER = 500;

const isHint = ({
  etag,
  expires,
  'last-modified': modified,
  'cache-control': control,
}: VendorResponse['headers']) =>
  etag !== undefined ||
  modified !== undefined ||
  expires !== undefined ||
  (typeof control === 'string' && (control.includes('max-age') || control.includes('s-maxage')));

const OK = 200;
const NOT_MODIFIED = 304;
