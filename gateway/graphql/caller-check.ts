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
    /** Null where it does not matter who asks. */
    caller: Caller | null;
    /** Headers that tell a service of ours who asks. */
    callerHeaders: Readonly<Record<string, string>> | null;
  }
}

export interface CallerCheckOptions {
  readonly callers: Callers;
  /** @default services are not told who asks */
  readonly signCaller?: SignCaller | undefined;
  readonly monitoring: Monitoring;
}

/**
 * Finds out who asks for the graph or its schema, before a byte of the body is read. Open to all are health and metrics, which are for
 * the operator's own network; the playground's page, which holds nothing; files, whose links nobody else can write: an `<img>`
 * sends no credential; and webhooks, which vendors sign. All but health are limited by the client's address.
 */
export function checkCallers(
  app: FastifyInstance,
  { callers, signCaller, monitoring }: CallerCheckOptions,
): void {
  app.decorateRequest('caller', null);
  app.decorateRequest('callerHeaders', null);
  app.addHook('onRequest', async (request, reply) => {
    // A browser sends no credential with its question whether it may: the Fetch standard, CORS-preflight fetch.
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
      // A client of a WebSocket can show its credential in its first message: browsers let pages set no headers of the upgrade.
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
