import type { FastifyRequest } from 'fastify';
import { ANONYMOUS_CALLER } from '../../request/caller.ts';
import { clientKeyOf } from '../../request/client-key.ts';
import type { RequestScope } from '../../request/request-scope.ts';
import { beginRequest, type ResponseEnding } from '../../request/deadline.ts';
import { REQUEST_ID_HEADER } from '../server/request-id.ts';

/** The parts of a request that decide its response: of an HTTP request, or of a message on a WebSocket. */
export type OperationRequest = Pick<
  FastifyRequest,
  | 'id'
  | 'ip'
  | 'method'
  | 'url'
  | 'headers'
  | 'params'
  | 'body'
  | 'log'
  | 'caller'
  | 'callerHeaders'
  | 'admission'
  | 'served'
>;

export interface ScopeOptions {
  readonly timeoutMs: number;
  /** The parent span of all work for the request. */
  readonly traceparent: string | undefined;
}

/** Creates the scope of a client request from its headers. */
export function openScope(
  request: Pick<OperationRequest, 'id' | 'ip' | 'headers' | 'caller' | 'callerHeaders'>,
  response: ResponseEnding,
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
  return beginRequest(response, timeoutMs, {
    isBackground,
    requestId: request.id,
    forwarded,
    clientHeaders: request.headers,
    claims: (caller ?? ANONYMOUS_CALLER).claims,
    callerId: caller?.id,
    clientKey: clientKeyOf(caller ?? ANONYMOUS_CALLER, request.ip),
  });
}

/** Urgency 7 is for background requests: RFC 9218, section 4.1. */
function isBackgroundPriority(priority: string | string[] | undefined): boolean {
  return typeof priority === 'string' && /(?:^|,)\s*u=7\s*(?:[;,]|$)/.test(priority);
}
