import { LRUCache } from 'lru-cache';

/** The format of a stream over HTTP. */
export type HttpTransport = 'sse' | 'multipart';

/** The stream format that a client accepts. */
export interface AcceptedStream {
  /** The preferred format; of equals, the first in the header. */
  readonly transport: HttpTransport;
  /** Whether the client prefers it to JSON, for queries and mutations, too. */
  readonly isPreferredToJson: boolean;
}

/**
 * Reads an Accept header: RFC 9110, section 12.5.1. Wildcards select no stream: a client that accepts anything expects JSON.
 * @returns undefined if the client accepts no stream
 */
export function acceptedStream(accept: string | undefined): AcceptedStream | undefined {
  // The fast path, for most requests.
  if (accept === undefined || !MAY_BE_STREAM.test(accept)) return undefined;
  const known = KNOWN.get(accept);
  if (known !== undefined) return known.stream;
  const stream = readAccept(accept);
  KNOWN.set(accept, { stream });
  return stream;
}

const MAY_BE_STREAM = /text\/event-stream|subscriptionspec/i;

const KNOWN = new LRUCache<string, { readonly stream: AcceptedStream | undefined }>({ max: 100 });

function readAccept(accept: string): AcceptedStream | undefined {
  let best: { readonly transport: HttpTransport; readonly quality: number } | undefined;
  let json = 0;
  for (const range of accept.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const quality = qualityIn(parameters);
    const transport = transportOf(type, parameters);
    if (JSON_RANGES.has(type)) json = Math.max(json, quality);
    if (transport !== undefined && quality > (best?.quality ?? 0)) best = { transport, quality };
  }
  return best && { transport: best.transport, isPreferredToJson: best.quality > json };
}

const JSON_RANGES: ReadonlySet<string> = new Set([
  'application/json',
  'application/graphql-response+json',
  'application/*',
  '*/*',
]);

function transportOf(type: string, parameters: readonly string[]): HttpTransport | undefined {
  if (type === 'text/event-stream') return 'sse';
  // Without the parameter, it is the format of `@defer`.
  return type === 'multipart/mixed' &&
    parameters.some((one) => one === 'subscriptionspec=1.0' || one === 'subscriptionspec="1.0"')
    ? 'multipart'
    : undefined;
}

/** @returns 1 if it is absent or malformed */
function qualityIn(parameters: readonly string[]): number {
  const value = parameters.find((one) => one.startsWith('q='))?.slice(2);
  return value !== undefined && /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(value)
    ? Number(value)
    : 1;
}
