import type { HttpMethod } from './connection-pool.ts';
import type { Explain } from './vendor-response.ts';

/** A call to a vendor's REST API. */
export interface UpstreamRequest<T> {
  readonly method: HttpMethod;
  /**
   * Effect of sending it twice, in the terms of RFC 9110 section 9.2: `safe` requests change nothing; `idempotent` ones have the effect of
   * one request,
   * by a key or because they set values; `unsafe` ones take effect twice.
   * @default 'safe'
   */
  readonly semantics?: Semantics;
  /** Path below the base URL, with names in braces for values: `/v1/customers/{id}`. */
  readonly path: string;
  /** Values of the path's names. They are percent-encoded. */
  readonly params?: Readonly<Record<string, string>>;
  /** An undefined value is left out; an array repeats its name. */
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Serialized JSON, for integers that a JavaScript number would round. */
  readonly jsonText?: string;
  /** Sent form-encoded, with the rules of `query`. */
  readonly form?: Readonly<Record<string, QueryValue>>;
  /**
   * Reads the body: a wire schema's `parse`. An error that it throws becomes `UPSTREAM_CONTRACT`, unless it is a `CodedError`.
   * The body can be any JSON value.
   */
  readonly read: (body: unknown) => T;
  /** Explains responses to this request. @default the client's own `explain` */
  readonly explain?: Explain;
  /** Distinguishes requests that are sent alike and read differently: they do not share a call. @default they are read alike */
  readonly reader?: string;
  /** Distinguishes cached responses to equal requests by client. @default all clients share them */
  readonly cachedFor?: string;
  /** A credential that is renewed from time to time. Requests that differ only in it are equal. */
  readonly authorization?: string;
  /** Number of records in the request, for the trace. */
  readonly batchSize?: number;
}

export type Semantics = 'safe' | 'idempotent' | 'unsafe';

export type QueryValue = string | number | boolean | readonly string[] | undefined;

/** A request without the type of its result. */
export type AnyRequest = Omit<UpstreamRequest<unknown>, 'read'>;

/** Whether the request changes nothing at the vendor. */
export const isSafe = ({ semantics = 'safe' }: Pick<AnyRequest, 'semantics'>): boolean =>
  semantics === 'safe';

/** The headers and query that the client's `authorize` adds credentials to. */
export interface OutgoingRequest {
  readonly headers: Record<string, string>;
  readonly query: Record<string, QueryValue>;
}

export function expandPath({
  path,
  params,
}: Pick<UpstreamRequest<unknown>, 'path' | 'params'>): string {
  if (!path.includes('{')) return path;
  return path.replace(/\{(\w+)\}/g, (_match, name: string) => {
    const value = params?.[name];
    // An empty or dotted segment would address another resource.
    if (value === undefined || value === '' || value === '.' || value === '..') {
      throw new TypeError(`The path ${path} needs a value for ${name}.`);
    }
    return encode(value);
  });
}

/** @returns the query string with its question mark; empty if there are no values */
export function expandQuery(query: OutgoingRequest['query']): string {
  let text = '';
  for (const name of Object.keys(query)) {
    const value = query[name];
    if (value === undefined) continue;
    for (const one of Array.isArray(value) ? (value as readonly string[]) : [value]) {
      text += `${text === '' ? '?' : '&'}${encode(name)}=${encode(String(one))}`;
    }
  }
  return text;
}

/** A client may send a lone surrogate, which cannot be encoded; U+FFFD replaces it, as in `URLSearchParams`. */
const encode = (text: string) => encodeURIComponent(text.toWellFormed());
