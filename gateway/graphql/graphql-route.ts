import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CodedError } from '../../errors/coded-error.ts';
import type { Monitoring } from '../../monitoring/monitoring.ts';
import { readTraceparent, type Tracing } from '../../monitoring/tracing.ts';
import { chooseAudience } from './audience-choice.ts';
import { hasClientDisconnected, timeoutFor } from '../../request/deadline.ts';
import { type GraphQLResponse, refuse } from './graphql-server.ts';
import { GRAPH_PATHS } from '../server/graph-paths.ts';
import { serve } from '../server/http-server.ts';
import { codeOfHttpStatus } from '../server/http-status.ts';
import { readParameters, type RequestParameters } from './request-parameters.ts';
import { RequestRecord } from './request-record.ts';
import { openScope } from './request-scope.ts';
import { TRACE_HEADER } from '../../request/request-scope.ts';
import { negotiate, PLAIN } from './response-format.ts';
import { acceptsEventStream, serveEventStream } from './transports/event-stream.ts';
import type { Streams } from './streams/streams.ts';
import type { ServedContext } from './served-context.ts';
import type { CurrentGraph, ServedGraph } from './served-graph.ts';
import { COST_HEADER, reportUpstreamCalls, UPSTREAM_CALLS_HEADER } from './upstream-report.ts';

export interface GraphQLRouteOptions {
  readonly requestTimeoutMs: number;
  readonly production: boolean;
  readonly monitoring: Monitoring;
  readonly tracing: Tracing | undefined;
  /** Undefined where this server has no events. */
  readonly streams?: Streams | undefined;
}

/** Serves GraphQL over HTTP: one way for GET and POST, first and repeated requests. */
export function serveGraphQL(
  app: FastifyInstance,
  graphs: CurrentGraph,
  options: GraphQLRouteOptions,
): void {
  const { streams } = options;
  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    if (streams !== undefined && acceptsEventStream(request.headers.accept)) {
      const refusal = await serveEventStream(request, reply, streams);
      if (refusal === undefined) return reply;
      return reply.code(refusal.status).send({ errors: refusal.errors });
    }
    const { status, headers, body } = await respondAndRecord(
      request,
      begin(request, reply, options),
      graphs.value,
      options,
    );
    // Not the reply: Fastify would wait until the client has read it all.
    void reply.code(status).headers(headers);
    return body;
  };
  const [path, audiencePath] = GRAPH_PATHS;
  serve(app, ['GET', 'POST'], path, answer);
  if (graphs.value.audiences !== undefined) serve(app, ['GET', 'POST'], audiencePath, answer);
}

const NOT_ACCEPTABLE = new CodedError(
  'BAD_REQUEST',
  'The accept header must allow application/json or application/graphql-response+json.',
);

const NOT_MODIFIED = 304;

interface WrittenResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

async function respondAndRecord(
  request: FastifyRequest,
  context: ServedContext,
  graph: ServedGraph,
  options: GraphQLRouteOptions,
): Promise<WrittenResponse> {
  let status = 500;
  graph.enter();
  try {
    // Before anything runs: an answer that the client does not take would be lost.
    const format = negotiate(request.headers.accept);
    const answer =
      format === undefined
        ? refuse(NOT_ACCEPTABLE, context, 406)
        : await respond(request, context, graph);
    const { contentType, statusOf } = format ?? PLAIN;
    status = statusOf(answer.status, answer.errors ?? []);
    return write(answer, status, contentType, request, context, options);
  } finally {
    graph.leave();
    finish(context, status, options.monitoring);
  }
}

async function respond(
  request: FastifyRequest,
  context: ServedContext,
  { server: whole, audiences }: ServedGraph,
): Promise<GraphQLResponse> {
  try {
    const { audience: named } = request.params as { readonly audience?: string };
    const audience = chooseAudience({ caller: context.caller, named, audiences });
    context.record.audience = audience;
    const server =
      audience === undefined || audiences === undefined ? whole : await audiences.of(audience);
    const parameters = readParameters(request);
    return await server.answer(
      {
        ...parameters,
        mayChange: request.method === 'POST',
        ...(isTaggable(request, parameters) && {
          ifNoneMatch: request.headers['if-none-match'] ?? null,
        }),
      },
      context,
    );
  } catch (error) {
    if (error instanceof CodedError) return refuse(error, context);
    throw error;
  }
}

/** A response is named by a tag where its URL names the operation and nothing of how it came about is asked for. */
const isTaggable = ({ method, headers }: FastifyRequest, { id, query }: RequestParameters) =>
  method === 'GET' &&
  id !== undefined &&
  query === undefined &&
  [TRACE_HEADER, COST_HEADER].every((name) => headers[name] === undefined);

function begin(
  request: FastifyRequest,
  reply: FastifyReply,
  { requestTimeoutMs, tracing }: GraphQLRouteOptions,
): ServedContext {
  const timeoutMs = timeoutFor(requestTimeoutMs, request.headers);
  const given = readTraceparent(request.headers['traceparent']);
  const span = tracing?.begin({ method: request.method, traceparent: given });
  const scope = openScope(request, reply, { timeoutMs, traceparent: span?.traceparent ?? given });
  const { caller } = request;
  if (caller === null)
    throw new TypeError('`request.caller` is not set: the caller check has not run.');
  request.served = {
    scope,
    caller,
    admission: request.admission ?? undefined,
    record: new RequestRecord(request.headers),
    log: request.log,
    span,
  };
  return request.served;
}

/** Records each request, however it was answered. */
function finish(
  { record, scope, span }: ServedContext,
  status: number,
  monitoring: Monitoring,
): void {
  if (hasClientDisconnected(scope.signal)) record.abandon();
  // Something failed that nobody expected.
  else if (status >= 400 && record.errors.length === 0) record.refuse(codeOfHttpStatus(status));
  record.count(scope.trace.calls);
  monitoring.answered(record, performance.now() - scope.trace.startedAt);
  span?.end(record, status, scope.trace);
}

/** With what the request asked to be told of its vendor calls. */
function write(
  { headers, errors, data }: GraphQLResponse,
  status: number,
  contentType: string,
  { headers: asked }: FastifyRequest,
  context: ServedContext,
  { production }: GraphQLRouteOptions,
): WrittenResponse {
  const { [TRACE_HEADER]: traceHeader, [COST_HEADER]: costHeader } = asked;
  const { callCount, extensions } = reportUpstreamCalls(context, {
    traceHeader,
    costHeader,
    production,
  });
  return {
    status,
    headers: {
      ...headers,
      'content-type': contentType,
      ...(callCount !== undefined && { [UPSTREAM_CALLS_HEADER]: callCount }),
    },
    body: status === NOT_MODIFIED ? '' : `${JSON.stringify({ errors, data, extensions })}\n`,
  };
}
