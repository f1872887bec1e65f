import type { IncomingHttpHeaders } from 'node:http';
import { CodedError } from '../errors/coded-error.ts';
import type { RequestScope } from './request-scope.ts';
import { createCallTrace } from './request-scope.ts';

/** How many milliseconds a gateway leaves to a service of ours for its part of a request. */
export const DEADLINE_HEADER = 'x-tributary-deadline-ms';

/** How many milliseconds a client is going to wait for its answer. */
const TIMEOUT_HEADER = 'x-request-timeout-ms';

/** What a request says beside what it asks for. */
export interface RequestOrigin extends Pick<
  RequestScope,
  'isBackground' | 'forwarded' | 'clientKey' | 'clientHeaders' | 'claims' | 'requestId'
> {
  readonly callerId?: string | undefined;
}

/** What ends when nobody waits for an answer any more: an HTTP response, or an operation of a WebSocket. */
export interface ResponseEnding {
  /** Whether the answer was complete by then. */
  readonly writableFinished: boolean;
  once(event: 'close', listener: () => void): unknown;
}

/**
 * Begins a client request: its signal aborts after `timeoutMs`, or when the client goes away before its answer is
 * complete. Nothing is left running once the response is closed.
 */
export function beginRequest(
  response: ResponseEnding,
  timeoutMs: number,
  {
    isBackground = false,
    forwarded = {},
    clientHeaders = {},
    claims = {},
    callerId,
    clientKey,
    requestId,
  }: RequestOrigin = {},
): RequestScope {
  const abort = new AbortController();
  const timer = setTimeout(() => {
    abort.abort(new DOMException('The deadline of the request has passed.', 'TimeoutError'));
  }, timeoutMs);
  response.once('close', () => {
    clearTimeout(timer);
    if (!response.writableFinished) abort.abort(clientDisconnected());
  });
  const trace = createCallTrace();
  const deadlineAt = trace.startedAt + timeoutMs;
  return {
    signal: abort.signal,
    trace,
    deadlineAt,
    isBackground,
    forwarded,
    clientHeaders,
    claims,
    ...(requestId !== undefined && { requestId }),
    ...(callerId !== undefined && { callerId }),
    ...(clientKey !== undefined && { clientKey }),
  };
}

export const hasClientDisconnected = ({ reason }: AbortSignal) =>
  reason instanceof DOMException && reason.name === 'AbortError';

export const clientDisconnected = () => new DOMException('The client disconnected.', 'AbortError');

/** Whether something failed only because its client was gone: nobody is told, and no vendor is to blame. */
export function isClientDisconnected({ cause }: Error): boolean {
  return (
    typeof cause === 'object' && cause !== null && 'name' in cause && cause.name === 'AbortError'
  );
}

/**
 * How long a request may take: no longer than the server's own deadline, and shorter where its headers say so.
 * @throws CodedError where the client's header says no time: who thinks to have set a deadline must not find out by waiting.
 */
export function timeoutFor(ownMs: number, headers: IncomingHttpHeaders): number {
  const { [DEADLINE_HEADER]: given, [TIMEOUT_HEADER]: asked } = headers;
  const leftMs =
    typeof given === 'string' && /^\d{1,9}$/.test(given)
      ? Math.max(1, Math.min(ownMs, Number(given)))
      : ownMs;
  if (asked === undefined) return leftMs;
  if (typeof asked === 'string' && /^[1-9]\d{0,8}$/.test(asked))
    return Math.min(leftMs, Number(asked));
  throw new CodedError(
    'BAD_REQUEST',
    `The header ${TIMEOUT_HEADER} must be a whole number of milliseconds, from 1 to 999999999.`,
  );
}
