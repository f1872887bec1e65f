import type { IncomingHttpHeaders } from 'node:http';

/** What a client says it is: not to be trusted, and good for finding out whom to ask. */
export function readClientName(headers: IncomingHttpHeaders): {
  readonly client: string;
  readonly version: string;
} {
  return { client: read(headers, 'name'), version: read(headers, 'version') };
}

/** Apollo's clients send the first, those of others the second. */
function read(headers: IncomingHttpHeaders, what: 'name' | 'version'): string {
  const value = headers[`apollographql-client-${what}`] ?? headers[`graphql-client-${what}`];
  return (typeof value === 'string' && value.slice(0, MAX_LENGTH)) || 'unknown';
}

/** A pair of them is a label of a metric, which has at most 64 characters. */
const MAX_LENGTH = 31;
