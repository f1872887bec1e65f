import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** A client can name its request; the name is in the answer and in each line of a log about it, those of services included. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** The client's own id where it is one that a log can hold, else a new one. */
export function requestIdFor(headers: IncomingHttpHeaders): string {
  const given = headers[REQUEST_ID_HEADER];
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
}
