import type { FastifyReply } from 'fastify';
import type { RequestScope } from '../upstream/call-trace.ts';
import { createCallTrace } from '../upstream/call-trace.ts';

/** How many milliseconds a gateway leaves to a service of ours for its part of a request. */
export const DEADLINE_HEADER = 'x-tributary-deadline-ms';

/**
 * Begins a client request: its signal aborts after `timeoutMs`, or when the client goes away before its answer is
 * complete. Nothing is left running once the response is closed.
 */
export function beginRequest(response: FastifyReply['raw'], timeoutMs: number): RequestScope {
  const abort = new AbortController();
  const timer = setTimeout(() => {
    abort.abort(new DOMException('The deadline of the request has passed.', 'TimeoutError'));
  }, timeoutMs);
  response.once('close', () => {
    clearTimeout(timer);
    if (!response.writableFinished) abort.abort(clientWentAway());
  });
  return { signal: abort.signal, trace: createCallTrace(), deadlineAt: performance.now() + timeoutMs };
}

export const clientWentAway = () => new DOMException('The client went away.', 'AbortError');

/** Whether something failed only because its client was gone: nobody is told, and no vendor is to blame. */
export function isForNobody({ cause }: Error): boolean {
  return typeof cause === 'object' && cause !== null && 'name' in cause && cause.name === 'AbortError';
}

/** A caller can ask for a shorter deadline than the server's own, never for a longer one. */
export function shorterDeadline(ownMs: number, header: string | string[] | undefined): number {
  const asked = typeof header === 'string' && /^\d{1,9}$/.test(header) ? Number(header) : ownMs;
  return Math.max(1, Math.min(ownMs, asked));
}
