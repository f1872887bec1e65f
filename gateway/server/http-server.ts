import type { IncomingMessage } from 'node:http';
// Its types add handlers of WebSockets to routes.
import type {} from '@fastify/websocket';
import fastify, {
  LogController,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type HTTPMethods,
  type RouteHandlerMethod,
  type RouteOptions,
} from 'fastify';
import { CodedError } from '../../errors/coded-error.ts';
import type { ErrorCode } from '../../errors/error-codes.ts';
import { compressResponses } from './compression.ts';
import { DEFAULT_CONNECTIONS } from './connection-limits.ts';
import {
  type CloseReason,
  type ConnectionLimits,
  type Connections,
  endConnection,
} from './connections.ts';
import { isClientDisconnected } from '../../request/deadline.ts';
import { describeUnexpectedError, describeUpstreamError } from '../../errors/describe-error.ts';
import { leadsToGraph } from './graph-paths.ts';
import { limitHeaderLengths } from './header-lengths.ts';
import { codeOfHttpStatus, HTTP_STATUS } from './http-status.ts';
import { readJsonBodies, refuseEncodedBodies } from './json-body.ts';
import { buildLogger, type LogOptions } from './logger.ts';
import { rejectMalformedRequest, createConnections, createNodeServer } from './node-server.ts';
import { findHostProblem, pathOf } from './request-host.ts';
import { REQUEST_ID_HEADER, requestIdFor } from './request-id.ts';
import { addResponseHeaders, RESPONSE_HEADERS } from './response-headers.ts';
import { readForwardedAddresses } from './trusted-proxies.ts';
import { codedError, INTERNAL_ERROR, type VisibleError } from '../../errors/visible-error.ts';

export interface HttpServerOptions {
  /** The most that a body may have. */
  readonly bodyBytes: number;
  /** The most keys that a body's objects may have together. @default any number */
  readonly bodyKeys?: number;
  /** Addresses and networks whose `x-forwarded-*` headers are believed. @default nobody's */
  readonly trustedProxies?: readonly string[];
  /** @default 256 for each address, and some for all that are no problem for a process */
  readonly connections?: ConnectionLimits;
  /** Whether responses from 1 kB are compressed for clients that accept it. @default true */
  readonly compression?: boolean;
  /** How long it may take to answer a request. @default 10 s */
  readonly requestTimeoutMs?: number;
  /** Called for each connection that is closed against its client's will. @default not told */
  readonly onConnectionClosed?: (reason: CloseReason) => void;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** Those of this server. */
    connections: Connections;
  }
}

/** An HTTP server without routes, whose every error has the form of a GraphQL answer with a code. */
export function createHttpServer(log: LogOptions, options: HttpServerOptions): FastifyInstance {
  const {
    bodyBytes,
    bodyKeys = Infinity,
    trustedProxies = [],
    requestTimeoutMs = DEFAULT_TIMEOUT_MS,
  } = options;
  const {
    connections: limits = DEFAULT_CONNECTIONS,
    onConnectionClosed: onClosed = () => undefined,
  } = options;
  const connections = createConnections({ mayUpgrade, limits, trustedProxies, onClosed });
  const app: FastifyInstance = fastify({
    bodyLimit: bodyBytes,
    trustProxy: [...trustedProxies],
    serverFactory: (listener) =>
      createNodeServer(listener, connections, requestTimeoutMs + limits.unreadMs),
    // A file's token holds an encrypted text of up to 500 characters, each of which may become eight.
    routerOptions: { maxParamLength: 4_200 },
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    rewriteUrl: ({ url = '' }) => pathOf(url),
    genReqId: ({ headers }) => requestIdFor(headers),
    // While it drains a request on an open connection is still answered; the response asks the client to close it.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    logger: buildLogger(log),
    frameworkErrors: (error, _request, reply) => {
      // No hook runs for these.
      sendFailure(error, reply.headers(RESPONSE_HEADERS));
    },
    clientErrorHandler: ({ code }, socket) => {
      endConnection(socket, rejectMalformedRequest(code));
    },
  });
  app.decorate('connections', connections);
  app.addHook('preClose', (done) => {
    connections.drain(requestTimeoutMs);
    // Fastify then stops listening, in the same turn.
    afterShortTurn(done);
  });
  // Only JSON is a GraphQL request here: text/plain would need no preflight in a browser.
  app.removeContentTypeParser('text/plain');
  refuseEncodedBodies(app);
  readJsonBodies(app, bodyKeys);
  sendContinue(app);
  addResponseHeaders(app);
  if (options.compression ?? true) compressResponses(app);
  limitHeaderLengths(app);
  readForwardedAddresses(app);
  app.addHook('onRequest', (request, reply, done) => {
    const { raw, originalUrl, id } = request;
    void reply.header(REQUEST_ID_HEADER, id);
    const problem = findHostProblem(raw, originalUrl);
    if (problem !== undefined) void sendError(reply, codedError('BAD_REQUEST', problem));
    // Before the body is read, as with all that is refused without it.
    else if (request.is404) void sendError(reply, codedError('NOT_FOUND', NOT_FOUND));
    else done();
  });
  app.setErrorHandler((error: FastifyError, _request, reply) => sendFailure(error, reply));
  app.setNotFoundHandler((_request, reply) => sendError(reply, codedError('NOT_FOUND', NOT_FOUND)));
  return app;
}

/**
 * The kernel resets the connections that Node.js has not accepted when it stops listening, and with them requests that a proxy has sent, and
 * may not send again. A turn of the event loop accepts all that there are, so that after one with little else to do there are none.
 */
function afterShortTurn(then: () => void, until = performance.now() + MAX_TURNS_MS): void {
  setImmediate(() => {
    const startedAt = performance.now();
    setImmediate(() => {
      const endedAt = performance.now();
      if (endedAt - startedAt < SHORT_TURN_MS || endedAt > until) then();
      else afterShortTurn(then, until);
    });
  });
}

const SHORT_TURN_MS = 0.1;
const MAX_TURNS_MS = 2000;

/** A WebSocket is asked for by a GET: RFC 6455, section 4.1. */
const mayUpgrade = ({ method, headers, url = '' }: IncomingMessage) =>
  method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket' && leadsToGraph(pathOf(url));

/**
 * Answers some methods of a path, and every other with 405.
 * @param onUpgrade serves WebSockets by GET
 */
export function serve(
  app: FastifyInstance,
  methods: readonly HTTPMethods[],
  url: string,
  handler: RouteHandlerMethod,
  onUpgrade?: Pick<RouteOptions, 'onRequest' | 'wsHandler'>,
): void {
  const allowed: readonly string[] = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
  // One by one: a route with a handler of WebSockets must have no other method than GET.
  for (const method of methods)
    app.route({ method, url, handler, ...(method === 'GET' && onUpgrade) });
  app.route({
    method: app.supportedMethods.filter((method) => !allowed.includes(method)),
    url,
    // Before the body is read, which nobody wants.
    onRequest: async (request, reply) => {
      const message = `Use ${methods.join(' or ')} here, not ${request.method}.`;
      await sendError(
        reply.header('allow', allowed.join(', ')),
        codedError('METHOD_NOT_ALLOWED', message),
      );
    },
    handler: () => undefined,
  });
}

export const sendError = (reply: FastifyReply, error: VisibleError) =>
  reply.code(HTTP_STATUS[error.extensions.code]).send({ errors: [error] });

/** A client that asks first gets its 100 only where its body is going to be read: RFC 9110, section 10.1.1. */
function sendContinue(app: FastifyInstance): void {
  app.addHook('preParsing', ({ raw, headers, server, routeOptions }, reply, payload, done) => {
    const isExpected = headers.expect !== undefined && raw.httpVersion === '1.1';
    const isRefused =
      Number(headers['content-length'] ?? 0) > routeOptions.bodyLimit ||
      !server.hasContentTypeParser(headers['content-type'] ?? '');
    if (isExpected && !isRefused) reply.raw.writeContinue();
    done(null, payload);
  });
}

const DEFAULT_TIMEOUT_MS = 10_000;

function sendFailure(error: FastifyError, reply: FastifyReply) {
  if (error instanceof CodedError) {
    if (error.extensions.service !== undefined && !isClientDisconnected(error))
      reply.log.warn({ error: describeUpstreamError(error) }, 'a vendor failed');
    const { retryAfter } = error.extensions;
    // RFC 9110, section 10.2.3.
    if (retryAfter !== undefined) void reply.header('retry-after', String(Math.ceil(retryAfter)));
    return sendError(reply, { message: error.message, extensions: error.extensions });
  }
  const code = codeOfHttpStatus(error.statusCode ?? 500);
  if (code !== 'INTERNAL_SERVER_ERROR')
    return sendError(
      reply,
      codedError(
        code,
        code === 'PAYLOAD_TOO_LARGE' ? tooLarge(reply) : (MESSAGES[code] ?? MALFORMED),
      ),
    );
  reply.log.error({ error: describeUnexpectedError(error) }, 'a request failed');
  return sendError(reply, INTERNAL_ERROR);
}

/** In the words for any path where nothing is. */
export const NOT_FOUND = 'This path does not exist.';
const MALFORMED =
  'The HTTP request is malformed: its path must be a valid URL path, its body JSON.';

const MESSAGES: Partial<Record<ErrorCode, string>> = {
  NOT_FOUND,
  UNSUPPORTED_MEDIA_TYPE: 'The content type must be application/json.',
};

const tooLarge = ({ server }: FastifyReply) =>
  `The body must have at most ${String(server.initialConfig.bodyLimit)} bytes.`;
