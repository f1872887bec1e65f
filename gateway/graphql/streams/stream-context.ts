import { clientDisconnected } from '../../../request/deadline.ts';
import type { Caller } from '../../../request/caller.ts';
import { clientKeyOf } from '../../../request/client-key.ts';
import type { SignCaller } from '../../access/services/signed-caller.ts';
import type { ServedContext } from '../served-context.ts';
import { openContext } from './open-context.ts';
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
    return await run(openContext(client, timeoutMs, { caller, signal: abort.signal, forwarded }));
  } finally {
    clearTimeout(timer);
    left?.removeEventListener('abort', leave);
  }
}
