import type { IncomingHttpHeaders } from 'node:http';

/** The client's name for itself: untrusted, but useful to find its developers. */
export function readClientName(headers: IncomingHttpHeaders): {
  readonly client: string;
  readonly version: string;
} {
  return { client: read(headers, 'name'), version: read(headers, 'version') };
}

/** Apollo's clients send the first header, others the second. */
function read(headers: IncomingHttpHeaders, what: 'name' | 'version'): string {
  const value = headers[`apollographql-client-${what}`] ?? headers[`graphql-client-${what}`];
  return (typeof value === 'string' && value.slice(0, MAX_LENGTH)) || 'unknown';
}

/** Name and version form the label of a metric, which has at most 64 characters. */
const MAX_LENGTH = 31;
