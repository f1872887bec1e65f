import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { CallRecord } from '../../request/request-scope.ts';
import type { LogLevel } from '../server/server-config.ts';
import type { ServedContext } from './served-context.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Null until the request is identified as one for the graph. */
    served: ServedContext | null;
    /** Whether the response is a stream, or the connection a WebSocket. */
    isStream: boolean;
  }
}

/** Logs each request when its response is sent or its client disconnects. */
export function logRequests(app: FastifyInstance, level: LogLevel): void {
  app.decorateRequest('served', null);
  app.decorateRequest('isStream', false);
  if (!SHOWS_INFO.has(level)) return;
  app.addHook('onRequest', (request, reply, done) => {
    reply.raw.once('close', () => {
      // Most streams end when the client disconnects.
      if (request.isStream) request.log.info(describe(request, reply), 'stream ended');
      else if (!reply.raw.writableFinished)
        request.log.info({ ...describe(request, reply), outcome: 'abandoned' }, 'abandoned');
    });
    done();
  });
  app.addHook('onResponse', (request, reply, done) => {
    if (request.isStream) {
      done();
      return;
    }
    const level = PROBES.has(request.routeOptions.url) ? 'debug' : 'info';
    request.log[level]({ ...describe(request, reply), status: reply.statusCode }, 'answered');
    done();
  });
}

/** Sent every few seconds by orchestrators, not by clients. */
const PROBES: ReadonlySet<string | undefined> = new Set([
  '/health/live',
  '/health/ready',
  '/metrics',
]);

const SHOWS_INFO: ReadonlySet<LogLevel> = new Set(['info', 'debug']);

function describe(
  { method, routeOptions, served, caller }: FastifyRequest,
  { elapsedTime }: FastifyReply,
) {
  const line = { method, route: routeOptions.url ?? 'unknown', ms: Math.round(elapsedTime) };
  if (served === null) return caller === null ? line : { ...line, caller: caller.id };
  return { ...line, ...describeOperation(served) };
}

/** The log fields of an executed operation. */
export function describeOperation({ record, scope, caller }: ServedContext) {
  const { name, type, audience, outcome, errors } = record;
  const { calls, mappingProblems } = scope.trace;
  return {
    ...(name !== undefined && { operation: name }),
    ...(type !== undefined && { type }),
    caller: caller.id,
    ...(audience !== undefined && { audience }),
    outcome,
    ...(errors.length > 0 && { codes: [...new Set(errors.map(({ code }) => code))] }),
    calls: sumByVendor(calls),
    ...(mappingProblems.length > 0 && {
      mappingProblems: mappingProblems.reduce((sum, { count }) => sum + count, 0),
    }),
  };
}

/** The number and total duration of calls per vendor. Concurrent calls can exceed the duration of the request. */
function sumByVendor(calls: readonly CallRecord[]) {
  const sums: Record<string, { count: number; ms: number }> = {};
  for (const { vendor, ms } of calls) {
    const sum = (sums[vendor] ??= { count: 0, ms: 0 });
    sum.count += 1;
    sum.ms = Math.round((sum.ms + ms) * 10) / 10;
  }
  return sums;
}
