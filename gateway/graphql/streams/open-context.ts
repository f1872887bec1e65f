import { createCallTrace, type RequestScope } from '../../../request/request-scope.ts';
import type { Caller } from '../../../request/caller.ts';
import { clientKeyOf } from '../../../request/client-key.ts';
import { REQUEST_ID_HEADER } from '../../server/request-id.ts';
import { RequestRecord } from '../request-record.ts';
import type { ServedContext } from '../served-context.ts';
import type { StreamClient } from './stream.ts';

export interface StreamContextOptions extends Pick<RequestScope, 'forwarded'> {
  /** Who the client is now. @default who it was when it came */
  readonly caller?: Caller;
  /** @default aborts at the deadline */
  readonly signal?: AbortSignal;
}

/** The context of one execution for a stream: of its admission, or of the response to a change. */
export function openContext(
  client: StreamClient,
  timeoutMs: number,
  {
    caller = client.caller,
    signal = AbortSignal.timeout(timeoutMs),
    forwarded,
  }: StreamContextOptions = {},
): ServedContext {
  const { headers, ip, requestId, log } = client;
  const trace = createCallTrace();
  return {
    scope: {
      signal,
      deadlineAt: trace.startedAt + timeoutMs,
      trace,
      requestId,
      forwarded: { [REQUEST_ID_HEADER]: requestId, ...forwarded },
      clientHeaders: headers,
      claims: caller.claims,
      callerId: caller.id,
      clientKey: clientKeyOf(caller, ip),
    },
    caller,
    admission: undefined,
    record: new RequestRecord(headers),
    log,
    span: undefined,
  };
}
