import { EventEmitter } from 'node:events';
import type { Caller } from '../../../request/caller.ts';
import { clientKeyOf } from '../../../request/client-key.ts';
import type { ResponseEnding } from '../../../request/deadline.ts';
import type { SignCaller } from '../../access/services/signed-caller.ts';
import { RequestRecord } from '../request-record.ts';
import { openScope } from '../request-scope.ts';
import type { ServedContext } from '../served-context.ts';
import type { StreamClient } from './stream.ts';

export interface ContextOptions {
  readonly client: StreamClient;
  /** Who the client is now. */
  readonly caller: Caller;
  readonly timeoutMs: number;
  /** @default requests to services have no caller */
  readonly signCaller?: SignCaller | undefined;
}

/**
 * Runs something for a stream as a request is run, with a deadline of its own.
 * @param left aborts once no stream waits for it. @default never
 */
export async function runInContext<Result>(
  { client, caller, timeoutMs, signCaller }: ContextOptions,
  left: AbortSignal | undefined,
  run: (context: ServedContext) => Promise<Result>,
): Promise<Result> {
  const { requestId: id, headers, ip, log } = client;
  const callerHeaders = (await signCaller?.(caller, clientKeyOf(caller, ip))) ?? null;
  const ending = new Ending();
  const scope = openScope({ id, ip, headers, caller, callerHeaders }, ending, {
    timeoutMs,
    traceparent: undefined,
  });
  const leave = () => {
    ending.leave();
  };
  if (left?.aborted === true) leave();
  left?.addEventListener('abort', leave);
  try {
    const record = new RequestRecord(headers);
    return await run({ scope, caller, admission: undefined, record, log, span: undefined });
  } finally {
    left?.removeEventListener('abort', leave);
    ending.finish();
  }
}

/** Takes the place of a response: it ends with the function that runs, or earlier. */
class Ending extends EventEmitter implements ResponseEnding {
  writableFinished = false;

  leave(): void {
    this.emit('close');
  }

  finish(): void {
    this.writableFinished = true;
    this.emit('close');
  }
}
