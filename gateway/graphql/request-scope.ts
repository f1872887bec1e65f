import type { FastifyReply, FastifyRequest } from 'fastify';
import { ANONYMOUS_CALLER } from '../../request/caller.ts';
import { clientKeyOf } from '../../request/client-key.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import { beginRequest } from '../../request/deadline.ts';
import { REQUEST_ID_HEADER } from '../server/request-id.ts';

export interface ScopeOptions {
  readonly timeoutMs: number;
  /** Names the span that all that is done for the request belongs to. */
  readonly traceparent: string | undefined;
}

/** Begins a client request as its headers ask for. */
export function openScope(
  request: FastifyRequest,
  reply: FastifyReply,
  { timeoutMs, traceparent }: ScopeOptions,
): RequestScope {
  const { caller } = request;
  const isBackground = isBackgroundPriority(request.headers['priority']);
  const forwarded = {
    [REQUEST_ID_HEADER]: request.id,
    ...(isBackground && { priority: 'u=7' }),
    ...(traceparent !== undefined && { traceparent }),
    ...request.callerHeaders,
  };
  return beginRequest(reply.raw, timeoutMs, {
    isBackground,
    requestId: request.id,
    forwarded,
    clientHeaders: request.headers,
    claims: (caller ?? ANONYMOUS_CALLER).claims,
    callerId: caller?.id,
    clientKey: clientKeyOf(caller ?? ANONYMOUS_CALLER, request.ip),
  });
}

/** Urgency 7 is for what runs in the background: RFC 9218, section 4.1. */
function isBackgroundPriority(priority: string | string[] | undefined): boolean {
  return typeof priority === 'string' && /(?:^|,)\s*u=7\s*(?:[;,]|$)/.test(priority);
}
