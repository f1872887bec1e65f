import { EventEmitter } from 'node:events';
import type { Monitoring } from '../../../monitoring/monitoring.ts';
import type { RequestSpan } from '../../../monitoring/tracing.ts';
import type { Caller } from '../../../request/caller.ts';
import { clientKeyOf } from '../../../request/client-key.ts';
import type { ResponseEnding } from '../../../request/deadline.ts';
import type { SignCaller } from '../../access/services/signed-caller.ts';
import { recordResponse } from '../record-response.ts';
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
  /** What is run, in a trace. @default nothing of it is in a trace */
  readonly span?: RequestSpan | undefined;
  /** What services get where there is no span. @default nothing */
  readonly traceparent?: string | undefined;
}

/** Hears of streams, and of what is run for them. */
export type StreamMonitoring = Pick<Monitoring, 'answered' | 'streams'>;

/** Runs what counts as a request of the stream's client: its metrics, its span and its line in the log show what came of it. */
export function runAsRequest<Result extends object>(
  options: ContextOptions & { readonly monitoring: StreamMonitoring },
  signal: AbortSignal | undefined,
  run: (context: ServedContext) => Promise<Result>,
): Promise<Result> {
  return runInContext(options, signal, async (context) => {
    let status = 500;
    try {
      const result = await run(context);
      status = 'status' in result && typeof result.status === 'number' ? result.status : 200;
      return result;
    } finally {
      recordResponse(context, status, options.monitoring);
    }
  });
}

/**
 * Runs something for a stream as a request is run, with a deadline of its own.
 * @param signal aborts once no stream waits for it. @default never
 */
export async function runInContext<Result>(
  { client, caller, timeoutMs, signCaller, span, traceparent }: ContextOptions,
  signal: AbortSignal | undefined,
  run: (context: ServedContext) => Promise<Result>,
): Promise<Result> {
  const { requestId: id, headers, ip, log } = client;
  const callerHeaders = (await signCaller?.(caller, clientKeyOf(caller, ip))) ?? null;
  const ending = new Ending();
  const scope = openScope({ id, ip, headers, caller, callerHeaders }, ending, {
    timeoutMs,
    traceparent: span?.traceparent ?? traceparent,
  });
  const disconnect = () => {
    ending.disconnect();
  };
  if (signal?.aborted === true) disconnect();
  signal?.addEventListener('abort', disconnect);
  try {
    const record = new RequestRecord(headers);
    return await run({ scope, caller, admission: undefined, record, log, span });
  } finally {
    signal?.removeEventListener('abort', disconnect);
    ending.finish();
  }
}

/** Takes the place of a response: it ends with the function that runs, or earlier. */
class Ending extends EventEmitter implements ResponseEnding {
  writableFinished = false;

  disconnect(): void {
    this.emit('close');
  }

  finish(): void {
    this.writableFinished = true;
    this.emit('close');
  }
}
