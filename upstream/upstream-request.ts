import type { HttpMethod } from './connection-pool.ts';
import type { Explain } from './vendor-response.ts';

/** A call to a vendor's REST API. */
export interface UpstreamRequest<T> {
  readonly method: HttpMethod;
  /**
   * What may come of sending it twice, in the words of RFC 9110 section 9.2: nothing, as it changes nothing; the same as of
   * sending it once, as it carries a key or sets what it sets; or two of something.
   * @default 'safe'
   */
  readonly semantics?: Semantics;
  /** Path below the base URL, with names in braces for values: `/v1/customers/{id}`. */
  readonly path: string;
  /** The values for the path's names. They are percent-encoded. */
  readonly params?: Readonly<Record<string, string>>;
  /** An undefined value is left out; an array repeats its name. */
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** JSON that is text already, for integers that a JavaScript number would round. */
  readonly jsonText?: string;
  /** Sent as a form, like a query. */
  readonly form?: Readonly<Record<string, QueryValue>>;
  /**
   * Reads the body: a wire schema's `parse`. What it throws becomes `UPSTREAM_CONTRACT`, unless it is a `CodedError`.
   * The body is the JSON value that came, whatever it is.
   */
  readonly read: (body: unknown) => T;
  /** What a response to this request means. @default what the client's own `explain` says */
  readonly explain?: Explain;
  /** Tells requests apart that are sent alike and read differently: they share no call. @default they are read alike */
  readonly reader?: string;
  /** Tells cached responses apart of requests that are sent alike: those of one client from those of another. @default all share them */
  readonly cachedFor?: string;
  /** A credential that is fetched from time to time. Requests that differ in nothing else are alike. */
  readonly authorization?: string;
  /** How many records are asked for at once, for the trace. */
  readonly batchSize?: number;
}

export type Semantics = 'safe' | 'idempotent' | 'unsafe';

export type QueryValue = string | number | boolean | readonly string[] | undefined;

/** A request whatever it reads. */
export type AnyRequest = Omit<UpstreamRequest<unknown>, 'read'>;

/** Whether it changes nothing at the vendor. */
export const isSafe = ({ semantics = 'safe' }: Pick<AnyRequest, 'semantics'>): boolean =>
  semantics === 'safe';

/** What a call needs to know who is asking; filled in by the client's `authorize`. */
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
    // An empty or dotted segment would name another resource than the path means.
    if (value === undefined || value === '' || value === '.' || value === '..') {
      throw new TypeError(`The path ${path} needs a value for ${name}.`);
    }
    return encode(value);
  });
}

/** @returns the text behind a path: empty, or beginning with a question mark. */
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

/** Half of a surrogate pair, which a client may send, has no code; U+FFFD stands for it, as in `URLSearchParams`. */
const encode = (text: string) => encodeURIComponent(text.toWellFormed());
