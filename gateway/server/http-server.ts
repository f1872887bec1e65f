import type { IncomingMessage } from 'node:http';
// Adds WebSocket handlers to the types of routes.
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
  /** Maximum bytes of a body. */
  readonly bodyBytes: number;
  /** Maximum number of keys in all objects of a body. @default unlimited */
  readonly bodyKeys?: number;
  /** Addresses and networks whose `x-forwarded-*` headers are trusted. @default none */
  readonly trustedProxies?: readonly string[];
  /** @default 256 per address, and a total that fits the limit of file descriptors */
  readonly connections?: ConnectionLimits;
  /** Whether responses from 1 kB are compressed for clients that accept it. @default true */
  readonly compression?: boolean;
  /** Maximum duration of a request. @default 10 s */
  readonly requestTimeoutMs?: number;
  /** Called for each connection that this server closes early. @default no action */
  readonly onConnectionClosed?: (reason: CloseReason) => void;
}

declare module 'fastify' {
  interface FastifyInstance {
    /** The connections of this server. */
    connections: Connections;
  }
}

/** An HTTP server without routes. All its errors are GraphQL responses with a code. */
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
    // The token of a file contains up to 500 encrypted characters, each encoded as up to eight.
    routerOptions: { maxParamLength: 4_200 },
    logController: new LogController({
      disableRequestLogging: true,
      requestIdLogLabel: 'requestId',
    }),
    rewriteUrl: ({ url = '' }) => pathOf(url),
    genReqId: ({ headers }) => requestIdFor(headers),
    // While draining, requests on open connections are served; the response has `connection: close`.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    logger: buildLogger(log),
    frameworkErrors: (error, _request, reply) => {
      // Fastify runs no hooks for these errors.
      sendFailure(error, reply.headers(RESPONSE_HEADERS));
    },
    clientErrorHandler: ({ code }, socket) => {
      endConnection(socket, rejectMalformedRequest(code));
    },
  });
  app.decorate('connections', connections);
  app.addHook('preClose', (done) => {
    connections.drain(requestTimeoutMs);
    // Fastify then stops listening, in the same turn of the event loop.
    afterShortTurn(done);
  });
  // Only JSON is accepted: browsers send text/plain without a preflight.
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
    // Before the body is read, like all refusals that do not need it.
    else if (request.is404) void sendError(reply, codedError('NOT_FOUND', NOT_FOUND));
    else done();
  });
  app.setErrorHandler((error: FastifyError, _request, reply) => sendFailure(error, reply));
  app.setNotFoundHandler((_request, reply) => sendError(reply, codedError('NOT_FOUND', NOT_FOUND)));
  return app;
}

/**
 * Calls back after an event loop turn with little work. When Node.js stops listening, the kernel resets connections that it has not accepted,
 * with requests that a proxy has sent and may not retry. A turn accepts all pending connections, so after a short one there are none.
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

/** A WebSocket handshake is a GET: RFC 6455, section 4.1. */
const mayUpgrade = ({ method, headers, url = '' }: IncomingMessage) =>
  method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket' && leadsToGraph(pathOf(url));

/**
 * Serves some methods of a path; other methods get 405.
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
  // Separately: a route with a WebSocket handler must have only the method GET.
  for (const method of methods)
    app.route({ method, url, handler, ...(method === 'GET' && onUpgrade) });
  app.route({
    method: app.supportedMethods.filter((method) => !allowed.includes(method)),
    url,
    // Before the body is read.
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

/** Sends 100 Continue only if the body will be read: RFC 9110, section 10.1.1. */
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

/** Used for each path without a route. */
export const NOT_FOUND = 'This path does not exist.';
const MALFORMED =
  'The HTTP request is malformed: its path must be a valid URL path, its body JSON.';

const MESSAGES: Partial<Record<ErrorCode, string>> = {
  NOT_FOUND,
  UNSUPPORTED_MEDIA_TYPE: 'The content type must be application/json.',
};

const tooLarge = ({ server }: FastifyReply) =>
  `The body must have at most ${String(server.initialConfig.bodyLimit)} bytes.`;
