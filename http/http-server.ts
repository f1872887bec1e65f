import { createServer, maxHeaderSize, type RequestListener, type ServerResponse } from 'node:http';
import { compile } from '@fastify/proxy-addr';
import fastify, {
  LogController,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type HTTPMethods,
  type RouteHandlerMethod,
} from 'fastify';
import { CodedError } from '../errors/coded-error.ts';
import type { ErrorCode } from '../errors/error-codes.ts';
import { DEFAULT_CONNECTIONS } from './connection-limits.ts';
import { type CloseReason, type ConnectionLimits, Connections, endConnection, type Refusal } from './connections.ts';
import { isForNobody } from './deadline.ts';
import { describeUnexpectedError, describeUpstreamError } from './describe-error.ts';
import { limitHeaderLengths } from './header-lengths.ts';
import { codeOfHttpStatus, HTTP_STATUS } from './http-status.ts';
import { readJsonBodies, refuseEncodedBodies } from './json-body.ts';
import { logAnswers } from './log-answers.ts';
import { buildLogger, type LogOptions } from './logger.ts';
import { findHostProblem, pathOf } from './request-host.ts';
import { REQUEST_ID_HEADER, requestIdFor } from './request-id.ts';
import { addResponseHeaders, RESPONSE_HEADERS } from './response-headers.ts';
import { readForwardedAddresses } from './trusted-proxies.ts';
import { codedError, INTERNAL_ERROR, type VisibleError } from './visible-error.ts';

export interface HttpServerOptions {
  /** The most that a body may have. */
  readonly bodyBytes: number;
  /** The most keys that a body's objects may have together. @default any number */
  readonly bodyKeys?: number;
  /** Addresses and networks whose `x-forwarded-*` headers are believed. @default nobody's */
  readonly trustedProxies?: readonly string[];
  /** @default 256 for each address, and some for all that are no problem for a process */
  readonly connections?: ConnectionLimits;
  /** How long it may take to answer a request. @default 10 s */
  readonly requestTimeoutMs?: number;
  /** Called for each connection that is closed against its client's will. @default not told */
  readonly onConnectionClosed?: (reason: CloseReason) => void;
}

/** An HTTP server without routes, whose every error has the form of a GraphQL answer with a code. */
export function createHttpServer(log: LogOptions, options: HttpServerOptions): FastifyInstance {
  const { bodyBytes, bodyKeys = Infinity, trustedProxies = [], requestTimeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const { connections: limits = DEFAULT_CONNECTIONS } = options;
  const connections = createConnections(limits, options);
  const app: FastifyInstance = fastify({
    bodyLimit: bodyBytes,
    trustProxy: [...trustedProxies],
    serverFactory: (listener) => createNodeServer(listener, connections, requestTimeoutMs + limits.unreadMs),
    // A file's token holds an encrypted text of up to 500 characters, each of which may become eight.
    routerOptions: { maxParamLength: 4_200 },
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
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
      endConnection(socket, UNREADABLE_REQUESTS[code] ?? UNREADABLE_REQUEST);
    },
  });
  app.addHook('preClose', (done) => {
    connections.drain(requestTimeoutMs);
    done();
  });
  // Only JSON is a GraphQL request here: text/plain would need no preflight in a browser.
  app.removeContentTypeParser('text/plain');
  refuseEncodedBodies(app);
  readJsonBodies(app, bodyKeys);
  tellToGoOn(app, bodyBytes);
  addResponseHeaders(app);
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
  logAnswers(app, log.level);
  app.setErrorHandler((error: FastifyError, _request, reply) => sendFailure(error, reply));
  app.setNotFoundHandler((_request, reply) => sendError(reply, codedError('NOT_FOUND', NOT_FOUND)));
  return app;
}

/** Answers one method of a path, and every other with 405. */
export function serve(app: FastifyInstance, methods: readonly HTTPMethods[], url: string, handler: RouteHandlerMethod): void {
  const allowed: readonly string[] = methods.includes('GET') ? [...methods, 'HEAD'] : methods;
  app.route({ method: [...methods], url, handler });
  app.route({
    method: app.supportedMethods.filter((method) => !allowed.includes(method)),
    url,
    // Before the body is read, which nobody wants.
    onRequest: async (request, reply) => {
      const message = `Use ${methods.join(' or ')} here, not ${request.method}.`;
      await sendError(reply.header('allow', allowed.join(', ')), codedError('METHOD_NOT_ALLOWED', message));
    },
    handler: () => undefined,
  });
}

export const sendError = (reply: FastifyReply, error: VisibleError) =>
  reply.code(HTTP_STATUS[error.extensions.code]).send({ errors: [error] });

function createConnections(limits: ConnectionLimits, { trustedProxies = [], onConnectionClosed }: HttpServerOptions) {
  const isProxy = compile([...trustedProxies]);
  return new Connections({
    limits,
    isProxy: (address) => isProxy(address, 0),
    refusals: TOO_MANY_CONNECTIONS,
    onClosed: onConnectionClosed ?? (() => undefined),
  });
}

/** @param silenceMs after which a connection is closed on which nothing happens */
function createNodeServer(listener: RequestListener, connections: Connections, silenceMs: number) {
  const answer = connections.handle(listener);
  const server = createServer(
    {
      // Node.js would refuse those without one in no words.
      requireHostHeader: false,
      // Else it would look only every half minute which requests are late.
      connectionsCheckingInterval: CHECK_MS,
      headersTimeout: MAX_ARRIVAL_MS,
      requestTimeout: MAX_ARRIVAL_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    answer,
  );
  // Nothing happens on a connection for so long only where its client does not read.
  server.timeout = silenceMs;
  server.on('checkContinue', answer);
  server.on(
    'checkExpectation',
    connections.handle((_request, response: ServerResponse) => {
      response.writeHead(417, { 'content-type': 'application/json; charset=utf-8', connection: 'close' }).end(UNKNOWN_EXPECTATION);
    }),
  );
  connections.watch(server);
  return server;
}

/** A client that asks first gets its 100 only where its body is going to be read: RFC 9110, section 10.1.1. */
function tellToGoOn(app: FastifyInstance, bodyBytes: number): void {
  app.addHook('preParsing', ({ raw, headers }, reply, payload, done) => {
    const isExpected = headers.expect !== undefined && raw.httpVersion === '1.1';
    const isRefused = Number(headers['content-length'] ?? 0) > bodyBytes || !app.hasContentTypeParser(headers['content-type'] ?? '');
    if (isExpected && !isRefused) reply.raw.writeContinue();
    done(null, payload);
  });
}

/** From the first byte of a request to its last: who sends slowly holds a connection. */
const MAX_ARRIVAL_MS = 10_000;
const CHECK_MS = 1000;

/** Longer than the minute that most proxies keep an idle connection, so that it is not this server that ends it. */
const KEEP_ALIVE_MS = 72_000;

const DEFAULT_TIMEOUT_MS = 10_000;

function sendFailure(error: FastifyError, reply: FastifyReply) {
  if (error instanceof CodedError) {
    if (error.extensions.service !== undefined && !isForNobody(error))
      reply.log.warn({ error: describeUpstreamError(error) }, 'a vendor failed');
    const { retryAfter } = error.extensions;
    // RFC 9110, section 10.2.3.
    if (retryAfter !== undefined) void reply.header('retry-after', String(Math.ceil(retryAfter)));
    return sendError(reply, { message: error.message, extensions: error.extensions });
  }
  const code = codeOfHttpStatus(error.statusCode ?? 500);
  if (code !== 'INTERNAL_SERVER_ERROR')
    return sendError(reply, codedError(code, code === 'PAYLOAD_TOO_LARGE' ? tooLarge(reply) : (MESSAGES[code] ?? MALFORMED)));
  reply.log.error({ error: describeUnexpectedError(error) }, 'a request failed');
  return sendError(reply, INTERNAL_ERROR);
}

const NOT_FOUND = 'There is nothing at this path.';
const MALFORMED = 'The HTTP request is malformed: its path must be a valid URL path, its body JSON.';

const MESSAGES: Partial<Record<ErrorCode, string>> = {
  NOT_FOUND,
  UNSUPPORTED_MEDIA_TYPE: 'The content type must be application/json.',
};

const tooLarge = ({ server }: FastifyReply) => `The body must have at most ${String(server.initialConfig.bodyLimit)} bytes.`;

const UNKNOWN_EXPECTATION = JSON.stringify({
  errors: [codedError('BAD_REQUEST', 'The only expectation that can be met is 100-continue.')],
});

/** Where there is no request that could be answered. */
function rawAnswer(status: string, code: ErrorCode, message: string, more: readonly string[] = []): string {
  const body = JSON.stringify({ errors: [codedError(code, message)] });
  return [
    `HTTP/1.1 ${status}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${String(Buffer.byteLength(body))}`,
    'connection: close',
    ...more,
    '',
    body,
  ].join('\r\n');
}

const UNREADABLE_REQUEST = rawAnswer('400 Bad Request', 'BAD_REQUEST', 'The HTTP request cannot be read.');

/** By what Node.js calls what is wrong. */
const UNREADABLE_REQUESTS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: rawAnswer(
    '408 Request Timeout',
    'BAD_REQUEST',
    `The HTTP request must be here within ${String(MAX_ARRIVAL_MS / 1000)} seconds.`,
  ),
  HPE_HEADER_OVERFLOW: rawAnswer(
    '431 Request Header Fields Too Large',
    'BAD_REQUEST',
    `The request line and the headers must have at most ${String(maxHeaderSize)} bytes together.`,
  ),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: rawAnswer('413 Payload Too Large', 'PAYLOAD_TOO_LARGE', 'The extensions of a chunk are too large.'),
};

const TOO_MANY_CONNECTIONS: Readonly<Record<Refusal, string>> = {
  address: rawAnswer('429 Too Many Requests', 'RATE_LIMITED', 'Too many connections are open from this address.', ['retry-after: 1']),
  all: rawAnswer('503 Service Unavailable', 'RATE_LIMITED', 'Too many connections are open. Try again later.', ['retry-after: 1']),
};
