import { LRUCache } from 'lru-cache';

/** How a stream is written over HTTP. */
export type HttpTransport = 'sse' | 'multipart';

/** What a client accepts for a stream. */
export interface AcceptedStream {
  /** The one that it prefers; of equals the one that it names first. */
  readonly transport: HttpTransport;
  /** Whether it prefers that to JSON for what is no stream, a query or a mutation, too. */
  readonly isPreferredToJson: boolean;
}

/**
 * Reads an Accept header: RFC 9110, section 12.5.1. Wildcards ask for no stream, as a client that accepts anything expects JSON.
 * @returns undefined where the client accepts no stream
 */
export function acceptedStream(accept: string | undefined): AcceptedStream | undefined {
  // Most requests: nothing is parsed for them.
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
  // Without the parameter it means parts of another form: those of `@defer`.
  return type === 'multipart/mixed' &&
    parameters.some((one) => one === 'subscriptionspec=1.0' || one === 'subscriptionspec="1.0"')
    ? 'multipart'
    : undefined;
}

/** @returns 1 where none is given, and for one that is none */
function qualityIn(parameters: readonly string[]): number {
  const value = parameters.find((one) => one.startsWith('q='))?.slice(2);
  return value !== undefined && /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(value)
    ? Number(value)
    : 1;
}
