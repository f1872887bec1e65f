import { clientDisconnected } from '../../../request/deadline.ts';
import { createCallTrace } from '../../../request/request-scope.ts';
import type { Caller } from '../../../request/caller.ts';
import { clientKeyOf } from '../../../request/client-key.ts';
import type { SignCaller } from '../../access/services/signed-caller.ts';
import { REQUEST_ID_HEADER } from '../../server/request-id.ts';
import { RequestRecord } from '../request-record.ts';
import type { ServedContext } from '../served-context.ts';
import type { StreamClient } from './stream.ts';

export interface ContextOptions {
  readonly client: StreamClient;
  /** Who the client is now. */
  readonly caller: Caller;
  readonly timeoutMs: number;
  /** @default services are not told who the caller is */
  readonly signCaller?: SignCaller | undefined;
}

/**
 * Runs something for a stream as a request is run, with a timer that ends with it.
 * @param left aborts once nobody waits for it. @default somebody does until the deadline
 */
export async function runInContext<Result>(
  { client, caller, timeoutMs, signCaller }: ContextOptions,
  left: AbortSignal | undefined,
  run: (context: ServedContext) => Promise<Result>,
): Promise<Result> {
  const forwarded = (await signCaller?.(caller, clientKeyOf(caller, client.ip))) ?? {};
  const abort = new AbortController();
  const timer = setTimeout(() => {
    abort.abort(new DOMException('The deadline of the request has passed.', 'TimeoutError'));
  }, timeoutMs);
  const leave = () => {
    abort.abort(clientDisconnected());
  };
  if (left?.aborted === true) leave();
  left?.addEventListener('abort', leave);
  try {
    return await run(openContext({ client, caller, timeoutMs }, abort.signal, forwarded));
  } finally {
    clearTimeout(timer);
    left?.removeEventListener('abort', leave);
  }
}

function openContext(
  { client, caller, timeoutMs }: ContextOptions,
  signal: AbortSignal,
  forwarded: Readonly<Record<string, string>>,
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
