import { type ApolloServer, HeaderMap } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { CodedError } from '../errors/coded-error.ts';
import type { Monitoring } from '../monitoring/monitoring.ts';
import { readTraceparent, type Tracing } from '../monitoring/tracing.ts';
import type { RequestScope } from '../upstream/call-trace.ts';
import { chooseAudience } from './audience-choice.ts';
import type { AudienceServers } from './audience-servers.ts';
import { hasClientGone, timeoutFor } from './deadline.ts';
import type { GraphQLServer } from './graphql-server.ts';
import { GRAPH_PATHS } from './graph-paths.ts';
import { serve } from './http-server.ts';
import { codeOfHttpStatus, HTTP_STATUS } from './http-status.ts';
import { refuseOperationName } from './operation-choice.ts';
import { type AskedRequest, readParameters } from './persisted-requests.ts';
import type { RepeatedAnswer } from './repeated-operations.ts';
import { RequestRecord } from './request-record.ts';
import { openScope } from './request-scope.ts';
import type { ServedContext } from './served-context.ts';
import { COST_HEADER, reportUpstreamCalls, TRACE_HEADER, UPSTREAM_CALLS_HEADER } from './upstream-report.ts';
import { ValidationLine } from './validation-line.ts';

export interface GraphQLRouteOptions {
  /** Each is served under `/graphql/<its name>`. Undefined where it does not matter who sees what. */
  readonly audiences: AudienceServers | undefined;
  readonly requestTimeoutMs: number;
  readonly production: boolean;
  readonly monitoring: Monitoring;
  readonly tracing: Tracing | undefined;
}

/**
 * Serves GraphQL over HTTP. Not through Apollo's integration for Fastify: it builds a URL from the client's Host header
 * and answers 500 where that is not one.
 */
export function serveGraphQL(app: FastifyInstance, whole: GraphQLServer, options: GraphQLRouteOptions): void {
  const { audiences, production, monitoring } = options;
  // Which content type Apollo Server has chosen for an Accept header; none where it has not been asked, or refused.
  const contentTypes = new LRUCache<string, string>({ max: 100 });
  const validation = new ValidationLine();
  const answer = async (request: FastifyRequest, reply: FastifyReply) => {
    const context = begin(request, reply, options);
    const audience = audienceFor(request, context, options);
    const server = audience === undefined || audiences === undefined ? whole : await audiences.of(audience);
    const asked = server.findPersisted(request);
    if (asked instanceof CodedError) {
      context.record.refuse(asked.code);
      context.record.surprise();
      finish(context, HTTP_STATUS[asked.code], monitoring);
      throw asked;
    }
    const accept = request.headers.accept ?? '';
    const contentType = request.method === 'POST' ? contentTypes.get(accept) : undefined;
    const repeated = contentType === undefined ? undefined : await server.answerRepeated(asked.body, context);
    if (contentType !== undefined && repeated !== undefined) {
      addUpstreamReport(request, reply, repeated, { context, production });
      finish(context, repeated.status, monitoring);
      return reply.code(repeated.status).header('content-type', contentType).send(writeAnswer(repeated));
    }
    const parameters = readParameters(asked);
    const newText = server.findNewText(parameters);
    const refusal =
      refuseOperationName(parameters.operationName) ??
      (newText === undefined ? undefined : await refuseNewText(newText, server, validation, context.scope));
    if (refusal !== undefined) {
      context.record.refuse(refusal.code);
      finish(context, HTTP_STATUS[refusal.code], monitoring);
      throw refusal;
    }
    const { status = 200, headers, body } = await askApollo(server.apollo, request, asked, context);
    const chosen = headers.get('content-type');
    if (status === 200 && chosen !== undefined) contentTypes.set(accept, chosen);
    finish(context, status, monitoring);
    return send(reply.code(status).headers(Object.fromEntries(headers)), body);
  };
  const [path, audiencePath] = GRAPH_PATHS;
  serve(app, ['GET', 'POST'], path, answer);
  if (audiences !== undefined) serve(app, ['GET', 'POST'], audiencePath, answer);
}

function begin(request: FastifyRequest, reply: FastifyReply, { requestTimeoutMs, tracing }: GraphQLRouteOptions): ServedContext {
  const timeoutMs = timeoutFor(requestTimeoutMs, request.headers);
  const given = readTraceparent(request.headers['traceparent']);
  const span = tracing?.begin({ method: request.method, traceparent: given });
  const scope = openScope(request, reply, { timeoutMs, traceparent: span?.traceparent ?? given });
  const { caller } = request;
  if (caller === null) throw new TypeError('Nobody has looked who asks.');
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

/** Waits for the thread, then looks at the text before Apollo Server does, whose validation some texts keep busy for long. */
async function refuseNewText(
  text: string,
  server: GraphQLServer,
  validation: ValidationLine,
  scope: RequestScope,
): Promise<CodedError | undefined> {
  try {
    await validation.enter(scope);
    return server.refuseText(text);
  } catch (error) {
    if (error instanceof CodedError) return error;
    throw error;
  }
}

/** @throws CodedError where there is no such audience, or not for this caller */
function audienceFor(request: FastifyRequest, context: ServedContext, { audiences, monitoring }: GraphQLRouteOptions): string | undefined {
  const { audience: named } = request.params as { readonly audience?: string };
  try {
    const audience = chooseAudience({ caller: context.caller, named, audiences });
    context.record.audience = audience;
    return audience;
  } catch (error) {
    if (error instanceof CodedError) {
      context.record.refuse(error.code);
      finish(context, HTTP_STATUS[error.code], monitoring);
    }
    throw error;
  }
}

/** All operations come by here, whoever answers them. */
function finish({ record, scope, span }: ServedContext, status: number, monitoring: Monitoring): void {
  if (hasClientGone(scope.signal)) record.abandon();
  // Apollo Server has refused the request before it looked for an operation.
  else if (status >= 400 && record.errors.length === 0) record.refuse(codeOfHttpStatus(status));
  record.count(scope.trace.calls);
  monitoring.answered(record, performance.now() - scope.trace.startedAt);
  span?.end(record, status, scope.trace.calls);
}

/** In the words of Apollo Server, whose answers end with a new line. */
const writeAnswer = ({ result }: RepeatedAnswer) => `${JSON.stringify(result)}\n`;

function addUpstreamReport(
  request: FastifyRequest,
  reply: FastifyReply,
  answer: RepeatedAnswer,
  { context, production }: { readonly context: ServedContext; readonly production: boolean },
): void {
  const { callCount, extensions } = reportUpstreamCalls(context, {
    traceHeader: request.headers[TRACE_HEADER],
    costHeader: request.headers[COST_HEADER],
    production,
  });
  if (callCount !== undefined) void reply.header(UPSTREAM_CALLS_HEADER, callCount);
  if (extensions !== undefined) answer.result.extensions = extensions;
}

const askApollo = (apollo: ApolloServer<ServedContext>, request: FastifyRequest, { body, search }: AskedRequest, context: ServedContext) =>
  apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: {
      method: request.method === 'HEAD' ? 'GET' : request.method,
      headers: readHeaders(request),
      search,
      body,
    },
    context: () => Promise.resolve(context),
  });

function readHeaders({ headers }: FastifyRequest): HeaderMap {
  const map = new HeaderMap();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return map;
}

type Body = Awaited<ReturnType<typeof askApollo>>['body'];

function send(reply: FastifyReply, body: Body) {
  if (body.kind === 'complete') return reply.send(body.string);
  // Only @defer and @stream answer in parts, and no graph of ours has them.
  throw new TypeError('The answer came in parts, which this server does not send.');
}
