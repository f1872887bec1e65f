import HttpCachePolicy from 'http-cache-semantics';
import type { HttpRequest } from './connection-pool.ts';
import type { VendorResponse } from './vendor-response.ts';

/** What a vendor's headers allow to be done with its answer. */
export interface CachePermission {
  /** How long it is as good as new. */
  readonly freshMs: number;
  /** Headers by which the vendor can be asked whether it still holds. */
  readonly validators: Readonly<Record<string, string>> | undefined;
}

type Asked = Pick<HttpRequest, 'method' | 'path' | 'headers'>;

/**
 * Reads an answer's headers as a cache does: RFC 9111.
 * @param shared whether what is kept is handed on to other caches, such as browsers': then `private` and `s-maxage` count.
 * @returns undefined where the answer must not be kept, and where its headers say nothing.
 */
export function readCachePermission(
  { method, path, headers: { accept = '' } }: Asked,
  answer: VendorResponse,
  { shared = false } = {},
): CachePermission | undefined {
  const { status, headers } = answer;
  // Most vendors' answers end here; reading all that the rules know of costs more than the call's JSON.
  if (method !== 'GET' || !isHint(headers)) return undefined;
  const said = readHeaders(headers);
  if (said === undefined) return undefined;
  // Of our headers the credentials are none of the library's business.
  const request = { method, url: path, headers: { accept } };
  const policy = new HttpCachePolicy(
    request,
    { status: status === NOT_MODIFIED ? OK : status, headers: said },
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

/** Whether an answer's headers say how long it may be kept, or that it must not be. */
export const saysHowLong = ({ headers }: VendorResponse): boolean =>
  headers['expires'] !== undefined ||
  headers['pragma'] !== undefined ||
  headers['vary'] === '*' ||
  hasDirective(
    headers,
    /\b(?:no-store|no-cache|private|max-age|s-maxage|must-revalidate|proxy-revalidate)\b/i,
  );

/** Whether an answer must not stand in for one that the vendor does not give: RFC 9111, section 4.2.4. */
export const forbidsStale = ({ headers }: VendorResponse): boolean =>
  hasDirective(headers, /\b(?:no-cache|must-revalidate|proxy-revalidate|s-maxage)\b/i);

const hasDirective = ({ 'cache-control': control }: VendorResponse['headers'], name: RegExp) =>
  name.test(String(control ?? '').slice(0, MAX_HEADER));

/**
 * What an answer's headers say of keeping it.
 * @returns undefined where one is too long to be meant: the library takes a time that grows with the square of the white space in it.
 */
function readHeaders(headers: VendorResponse['headers']): VendorResponse['headers'] | undefined {
  const said = Object.fromEntries(
    HEADERS.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  );
  return Object.values(said).every((value) => String(value).length <= MAX_HEADER)
    ? said
    : undefined;
}

/** All that the library reads of an answer to a private cache. */
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
