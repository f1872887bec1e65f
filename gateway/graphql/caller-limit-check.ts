import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { ANONYMOUS_CALLER, type Caller } from '../../request/caller.ts';
import type { Admission, CallerLimits } from '../admission/caller-limits.ts';
import type { Monitoring } from '../../monitoring/monitoring.ts';
import { isGraphPath } from '../server/graph-paths.ts';
import { RequestRecord } from './request-record.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null for a caller without limits. */
    admission: Admission | null;
  }
}

export interface CallerLimitOptions {
  /** Undefined if callers have no limits. */
  readonly limits: CallerLimits | undefined;
  readonly callerOf: (request: FastifyRequest) => Caller;
  readonly monitoring: Monitoring;
}

/** Refuses requests for the graph by callers over their limits, before the body is read. */
export function limitCallers(
  app: FastifyInstance,
  { limits, callerOf, monitoring }: CallerLimitOptions,
): void {
  app.decorateRequest('admission', null);
  app.addHook('onSend', ({ admission }, reply, _payload, done) => {
    if (admission !== null) void reply.headers(admission.headers());
    done();
  });
  if (limits === undefined) return;
  app.addHook('onRequest', (request, reply, done) => {
    const admission = isGraphPath(request.routeOptions.url)
      ? limits.admit(callerOf(request), request.ip)
      : undefined;
    if (admission === undefined) {
      done();
      return;
    }
    enter(admission, request, reply).then(
      () => {
        done();
      },
      (error: unknown) => {
        recordRefusal(reply, monitoring);
        done(error instanceof Error ? error : new Error(String(error)));
      },
    );
  });
}

export interface AddressLimitOptions {
  readonly limits: CallerLimits;
  /** Whether a request comes from our own gateway, which has counted its client. @default never */
  readonly isFromGateway?: ((request: FastifyRequest) => Promise<boolean>) | undefined;
}

/** Limits requests for the public routes of a plug-in by the client's address. */
export function limitAddresses(
  routes: FastifyInstance,
  { limits, isFromGateway }: AddressLimitOptions,
): void {
  routes.addHook('onRequest', async (request, reply) => {
    if (isFromGateway !== undefined && (await isFromGateway(request))) return;
    const admission = limits.admit(ANONYMOUS_CALLER, request.ip);
    if (admission !== undefined) await enter(admission, request, reply);
  });
}

function enter(admission: Admission, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  request.admission = admission;
  const entered = admission.enter();
  // The client may have disconnected while its caller was identified.
  if (reply.raw.destroyed) admission.leave();
  else
    reply.raw.once('close', () => {
      admission.leave();
    });
  return entered;
}

function recordRefusal({ elapsedTime }: FastifyReply, monitoring: Monitoring): void {
  const record = new RequestRecord();
  record.refuse('RATE_LIMITED');
  monitoring.answered(record, elapsedTime);
}
