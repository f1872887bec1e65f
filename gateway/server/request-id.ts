import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** Clients can set the id of a request. It is in the response and in each log line of the request, also in services. */
export const REQUEST_ID_HEADER = 'x-request-id';

/** The client's id if it has a valid form, otherwise a new one. */
export function requestIdFor(headers: IncomingHttpHeaders): string {
  const clientId = headers[REQUEST_ID_HEADER];
  return typeof clientId === 'string' && /^[\w.-]{1,64}$/.test(clientId) ? clientId : randomUUID();
}
