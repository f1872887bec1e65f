import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CodedError } from '../../errors/coded-error.ts';
import type { LogHead } from '../../events/log/change-log.ts';
import type { Monitoring } from '../../monitoring/monitoring.ts';
import { readTraceparent, type Tracing } from '../../monitoring/tracing.ts';
import { type ResponseEnding, timeoutFor } from '../../request/deadline.ts';
import { type GraphQLResponse, refuse } from './graphql-server.ts';
import { GRAPH_PATHS } from '../server/graph-paths.ts';
import { serve } from '../server/http-server.ts';
import { recordResponse } from './record-response.ts';
import { readParameters, type RequestParameters } from './request-parameters.ts';
import { RequestRecord } from './request-record.ts';
import { openScope, type OperationRequest } from './request-scope.ts';
import { cursorOfQuery } from './streams/query-cursor.ts';
import { CURSOR_HEADER, TRACE_HEADER } from '../../request/request-scope.ts';
import { negotiate, PLAIN } from './response-format.ts';
import { acceptedStream } from './transports/accepted-transport.ts';
import { createStreamRoute, type SingleResponse } from './transports/serve-stream.ts';
import type { SocketOptions } from './transports/socket-connection.ts';
import { createSocketRoute, type OriginOptions } from './transports/websocket.ts';
import type { Streams } from './streams/streams.ts';
import type { ServedContext } from './served-context.ts';
import type { CurrentGraph, ServedGraph } from './served-graph.ts';
import { COST_HEADER, reportUpstreamCalls, UPSTREAM_CALLS_HEADER } from './upstream-report.ts';

export interface GraphQLRouteOptions {
  readonly requestTimeoutMs: number;
  readonly production: boolean;
  /** The URL of this server for clients. @default unknown */
  readonly publicUrl?: string | undefined;
  readonly monitoring: Monitoring;
  readonly tracing: Tracing | undefined;
  /** The head of the change log. @default no change log */
  readonly logHead?: (() => LogHead | undefined) | undefined;
  /** Undefined if this server has no events. */
  readonly streams?: Streams | undefined;
  /** Undefined if this server has no WebSockets. */
  readonly webSockets?: WebSocketOptions | undefined;
}

export type WebSocketOptions = OriginOptions &
  Pick<SocketOptions, 'sockets' | 'callers' | 'signCaller' | 'callerLimits' | 'readJson'>;

/** Serves GraphQL over HTTP: GET and POST take the same path. */
export function serveGraphQL(
  app: FastifyInstance,
  graphs: CurrentGraph,
  options: GraphQLRouteOptions,
): void {
  const { streams, webSockets } = options;
  const respondOnce = (
    request: OperationRequest,
    response: ResponseEnding,
    accept: string | undefined,
  ) => respondAndRecord(request, begin(request, response, options), graphs.value, options, accept);
  const respondWithStream =
    streams &&
    createStreamRoute({
      ...options,
      graphs,
      streams,
      respondOnce: (request, reply) =>
        respondOnce(request, reply.raw, acceptOrJson(request.headers.accept)),
    });
  const handle = async (request: FastifyRequest, reply: FastifyReply) => {
    const streamed = await respondWithStream?.(request, reply);
    if (streamed !== undefined) return streamed;
    const { status, headers, body } = await respondOnce(request, reply.raw, request.headers.accept);
    void reply.code(status).headers(headers);
    // For an empty text, Fastify would set the content type.
    if (status === NOT_MODIFIED) return reply.send();
    // Not the reply: Fastify would wait until the client has read all of it.
    return body;
  };
  const onUpgrade =
    streams &&
    webSockets &&
    createSocketRoute({
      ...options,
      ...webSockets,
      graphs,
      streams,
      respondOnce: (request, operation) => respondOnce(request, operation, request.headers.accept),
    });
  const [path, audiencePath] = GRAPH_PATHS;
  serve(app, ['GET', 'POST'], path, handle, onUpgrade);
  if (graphs.value.audiences !== undefined)
    serve(app, ['GET', 'POST'], audiencePath, handle, onUpgrade);
}

const ACCEPTABLE =
  'The accept header must allow application/json or application/graphql-response+json.';
const NOT_ACCEPTABLE = new CodedError('BAD_REQUEST', ACCEPTABLE);
const NO_STREAMS = new CodedError(
  'BAD_REQUEST',
  `This server serves no subscriptions. ${ACCEPTABLE}`,
);

const notAcceptable = (accept: string | undefined, { streams }: GraphQLRouteOptions) =>
  streams === undefined && acceptedStream(accept) !== undefined ? NO_STREAMS : NOT_ACCEPTABLE;

const NOT_MODIFIED = 304;

/** A client that accepts only a stream gets the JSON inside the stream. */
const acceptOrJson = (accept: string | undefined) =>
  negotiate(accept) === undefined ? undefined : accept;

async function respondAndRecord(
  request: OperationRequest,
  context: ServedContext,
  graph: ServedGraph,
  options: GraphQLRouteOptions,
  accept: string | undefined,
): Promise<SingleResponse> {
  let status = 500;
  graph.enter();
  try {
    // Before execution: a response that the client does not accept would be lost.
    const format = negotiate(accept);
    const response =
      format === undefined
        ? refuse(notAcceptable(accept, options), context, 406)
        : await respond(request, context, graph);
    const { contentType, statusOf } = format ?? PLAIN;
    status = statusOf(response.status, response.errors ?? []);
    return write(response, status, contentType, request, context, options);
  } finally {
    graph.leave();
    recordResponse(context, status, options.monitoring);
  }
}

async function respond(
  request: OperationRequest,
  context: ServedContext,
  graph: ServedGraph,
): Promise<GraphQLResponse> {
  try {
    const { audience: pathAudience } = request.params as { readonly audience?: string };
    const { server, audience } = await graph.serverFor(context.caller, pathAudience);
    context.record.audience = audience;
    const parameters = readParameters(request);
    return await server.execute(
      {
        ...parameters,
        allowsMutations: request.method === 'POST',
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

/** A response has an entity tag if the URL names the operation and the request selects no trace and no cost. */
const isTaggable = ({ method, headers }: OperationRequest, { id, query }: RequestParameters) =>
  TAGGABLE_METHODS.has(method) &&
  id !== undefined &&
  query === undefined &&
  // An event stream must contain its events.
  acceptedStream(headers.accept)?.isPreferredToJson !== true &&
  [TRACE_HEADER, COST_HEADER].every((name) => headers[name] === undefined);

const TAGGABLE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD']);

function begin(
  request: OperationRequest,
  response: ResponseEnding,
  { requestTimeoutMs, tracing, logHead }: GraphQLRouteOptions,
): ServedContext {
  const timeoutMs = timeoutFor(requestTimeoutMs, request.headers);
  const clientTraceparent = readTraceparent(request.headers['traceparent']);
  const span = tracing?.begin({ method: request.method, traceparent: clientTraceparent });
  const scope = openScope(request, response, {
    timeoutMs,
    traceparent: span?.traceparent ?? clientTraceparent,
  });
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
    logHead: logHead?.(),
  };
  return request.served;
}

/** Writes a response, with the report on vendor calls that the request selects. */
function write(
  response: GraphQLResponse,
  status: number,
  contentType: string,
  { headers: requestHeaders }: OperationRequest,
  context: ServedContext,
  { production }: GraphQLRouteOptions,
): SingleResponse {
  const { headers, errors, data } = response;
  const { [TRACE_HEADER]: traceHeader, [COST_HEADER]: costHeader } = requestHeaders;
  const { callCount, extensions } = reportUpstreamCalls(context, {
    traceHeader,
    costHeader,
    cursorHeader: requestHeaders[CURSOR_HEADER],
    production,
  });
  const cursor = cursorOfQuery(context);
  return {
    status,
    headers: {
      ...headers,
      // 304 describes the client's own copy: RFC 9110, section 15.4.5.
      ...(status !== NOT_MODIFIED && { 'content-type': contentType }),
      ...(callCount !== undefined && { [UPSTREAM_CALLS_HEADER]: callCount }),
      ...(cursor !== undefined && { [CURSOR_HEADER]: cursor }),
    },
    body: status === NOT_MODIFIED ? '' : `${JSON.stringify({ errors, data, extensions })}\n`,
    response,
  };
}
