import type { IncomingHttpHeaders } from 'node:http';
import { CodedError } from '../errors/coded-error.ts';
import type { RequestScope } from './request-scope.ts';
import { createCallTrace } from './request-scope.ts';

/** The time that a gateway grants to a subgraph service; milliseconds. */
export const DEADLINE_HEADER = 'x-tributary-deadline-ms';

/** The time that a client waits for its response; milliseconds. */
const TIMEOUT_HEADER = 'x-request-timeout-ms';

/** The properties of a request beside its operation. */
export interface RequestOrigin extends Pick<
  RequestScope,
  'isBackground' | 'forwarded' | 'clientKey' | 'clientHeaders' | 'claims' | 'requestId'
> {
  readonly callerId?: string | undefined;
}

/** The end of a response: of HTTP, or of an operation on a WebSocket. */
export interface ResponseEnding {
  /** Whether the response was complete. */
  readonly writableFinished: boolean;
  /** Whether it has closed, so that no event follows. @default false */
  readonly destroyed?: boolean;
  once(event: 'close', listener: () => void): unknown;
}

/**
 * Creates the scope of a client request. Its signal aborts after `timeoutMs`, or when the client disconnects before the response is complete:
 * at once if it already has.
 * After the response closes, no timer remains.
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
  const close = () => {
    clearTimeout(timer);
    if (!response.writableFinished) abort.abort(clientDisconnected());
  };
  if (response.destroyed === true) close();
  else response.once('close', close);
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

/** Whether an error was caused only by the client's disconnection. It needs no response and is not a vendor's failure. */
export function isClientDisconnected({ cause }: Error): boolean {
  return (
    typeof cause === 'object' && cause !== null && 'name' in cause && cause.name === 'AbortError'
  );
}

/**
 * The timeout of a request: the server's own deadline, or a shorter one from its headers.
 * @throws CodedError for an invalid client header: the client would otherwise wait longer than it intended
 */
export function timeoutFor(ownMs: number, headers: IncomingHttpHeaders): number {
  const { [DEADLINE_HEADER]: deadline, [TIMEOUT_HEADER]: timeout } = headers;
  const leftMs =
    typeof deadline === 'string' && /^\d{1,9}$/.test(deadline)
      ? Math.max(1, Math.min(ownMs, Number(deadline)))
      : ownMs;
  if (timeout === undefined) return leftMs;
  if (typeof timeout === 'string' && /^[1-9]\d{0,8}$/.test(timeout))
    return Math.min(leftMs, Number(timeout));
  throw new CodedError(
    'BAD_REQUEST',
    `The header ${TIMEOUT_HEADER} must be a whole number of milliseconds, from 1 to 999999999.`,
  );
}
