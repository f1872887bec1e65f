import { createCallTrace } from '../../../request/request-scope.ts';
import { clientKeyOf } from '../../../request/client-key.ts';
import { RequestRecord } from '../request-record.ts';
import type { ServedContext } from '../served-context.ts';
import type { StreamClient } from './stream.ts';

/** Opens the context of one execution for a stream: its admission, or the answer to a change. */
export const openContext = (
  { caller, headers, ip, requestId, log }: StreamClient,
  timeoutMs: number,
): ServedContext => ({
  scope: {
    signal: AbortSignal.timeout(timeoutMs),
    deadlineAt: performance.now() + timeoutMs,
    trace: createCallTrace(),
    requestId,
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
});
