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
  /** The current caller. */
  readonly caller: Caller;
  readonly timeoutMs: number;
  /** @default services do not receive the caller */
  readonly signCaller?: SignCaller | undefined;
  /** The span of the execution. @default not traced */
  readonly span?: RequestSpan | undefined;
  /** Sent to services if there is no span. @default nothing */
  readonly traceparent?: string | undefined;
}

/** The metrics of streams and of their executions. */
export type StreamMonitoring = Pick<Monitoring, 'answered' | 'streams'>;

/** Runs a function as a request of the stream's client, with metrics and a span for its outcome. */
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
 * Runs a function for a stream in the context of a request, with its own deadline.
 * @param signal aborts when no stream waits for it. @default never
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

/** Replaces an HTTP response: it ends with the function, or when the signal aborts. */
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
