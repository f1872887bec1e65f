import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller } from '../../request/caller.ts';
import type { Callers } from '../access/callers.ts';
import { NO_CREDENTIAL, Unauthenticated } from '../access/refusal.ts';
import type { SignCaller } from '../access/services/signed-caller.ts';
import { CodedError } from '../../errors/coded-error.ts';
import { clientKeyOf } from '../../request/client-key.ts';
import type { Monitoring } from '../../monitoring/monitoring.ts';
import { isGraphOrSchemaPath, isGraphPath } from '../server/graph-paths.ts';
import { RequestRecord } from './request-record.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null on routes without a caller check. */
    caller: Caller | null;
    /** Headers that identify the caller to subgraph services. */
    callerHeaders: Readonly<Record<string, string>> | null;
  }
}

export interface CallerCheckOptions {
  readonly callers: Callers;
  /** @default services do not receive the caller */
  readonly signCaller?: SignCaller | undefined;
  readonly monitoring: Monitoring;
}

/**
 * Identifies the caller of a request for the graph or its schema, before the body is read. Other routes need no credential:
 * health and metrics, which are for the operator's network; the static page of the playground; files, whose links cannot be guessed and
 * whose `<img>` sends no credential; and webhooks, which vendors sign. All but health have a rate limit per address.
 */
export function checkCallers(
  app: FastifyInstance,
  { callers, signCaller, monitoring }: CallerCheckOptions,
): void {
  app.decorateRequest('caller', null);
  app.decorateRequest('callerHeaders', null);
  app.addHook('onRequest', async (request, reply) => {
    // A browser sends no credential with a preflight request: the Fetch standard, CORS-preflight fetch.
    if (!isGraphOrSchemaPath(request.routeOptions.url) || !READ_METHODS.has(request.method)) return;
    try {
      const caller = callers.identify(request.headers);
      request.caller = caller instanceof Promise ? await caller : caller;
      if (signCaller !== undefined)
        request.callerHeaders = await signCaller(
          request.caller,
          clientKeyOf(request.caller, request.ip),
        );
    } catch (error) {
      // A WebSocket client can send its credential in its first message: browsers let pages set no headers of the upgrade.
      if (request.ws && error === NO_CREDENTIAL) return;
      if (error instanceof CodedError) recordRefusal(error, request, reply, monitoring);
      throw error;
    }
  });
}

const READ_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST']);

function recordRefusal(
  error: CodedError,
  { routeOptions }: FastifyRequest,
  reply: FastifyReply,
  monitoring: Monitoring,
): void {
  // RFC 9110, section 11.6.1.
  if (error instanceof Unauthenticated) void reply.header('www-authenticate', error.challenge);
  if (!isGraphPath(routeOptions.url)) return;
  const record = new RequestRecord();
  record.refuse(error.code);
  monitoring.answered(record, reply.elapsedTime);
}
