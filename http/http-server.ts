import type { ServerResponse } from 'node:http';
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
import { isForNobody } from './deadline.ts';
import { describeUnexpectedError, describeUpstreamError } from './describe-error.ts';
import { codeOfHttpStatus, HTTP_STATUS } from './http-status.ts';
import { readJsonBodies } from './json-body.ts';
import { logAnswers } from './log-answers.ts';
import { buildLogger, type LogOptions } from './logger.ts';
import { REQUEST_ID_HEADER, requestIdFor } from './request-id.ts';
import { addResponseHeaders, RESPONSE_HEADERS } from './response-headers.ts';
import { codedError, INTERNAL_ERROR, type VisibleError } from './visible-error.ts';

export interface HttpServerOptions {
  /** The most that a body may have. */
  readonly bodyBytes: number;
  /** The most keys that a body's objects may have together. @default any number */
  readonly bodyKeys?: number;
  /** Addresses and networks whose `x-forwarded-*` headers are believed. @default nobody's */
  readonly trustedProxies?: readonly string[];
}

/** An HTTP server without routes, whose every error has the form of a GraphQL answer with a code. */
export function createHttpServer(
  log: LogOptions,
  { bodyBytes, bodyKeys = Infinity, trustedProxies = [] }: HttpServerOptions,
): FastifyInstance {
  const app: FastifyInstance = fastify({
    bodyLimit: bodyBytes,
    trustProxy: [...trustedProxies],
    requestTimeout: MAX_ARRIVAL_MS,
    // A file's token holds an encrypted text of up to 500 characters, each of which may become eight.
    routerOptions: { maxParamLength: 4_200 },
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: ({ headers }) => requestIdFor(headers),
    // While it drains a request on an open connection is still answered; the response asks the client to close it.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    http: {
      // Node.js would refuse those without one in no words.
      requireHostHeader: false,
      // Else it would look only every half minute which requests are late.
      connectionsCheckingInterval: CHECK_MS,
      headersTimeout: MAX_ARRIVAL_MS,
    },
    logger: buildLogger(log),
    frameworkErrors: (error, _request, reply) => {
      // No hook runs for these.
      sendFailure(error, reply.headers(RESPONSE_HEADERS));
    },
    clientErrorHandler: ({ code }, socket) => {
      if (socket.writable) socket.end(code === 'ERR_HTTP_REQUEST_TIMEOUT' ? LATE_REQUEST : UNREADABLE_REQUEST);
    },
  });
  // Only JSON is a GraphQL request here: text/plain would need no preflight in a browser.
  app.removeContentTypeParser('text/plain');
  readJsonBodies(app, bodyKeys);
  app.server.on('checkExpectation', (_request, response: ServerResponse) => {
    response.writeHead(417, { 'content-type': 'application/json; charset=utf-8', connection: 'close' }).end(UNKNOWN_EXPECTATION);
  });
  addResponseHeaders(app);
  app.addHook('onRequest', ({ raw, id }, reply, done) => {
    void reply.header(REQUEST_ID_HEADER, id);
    // RFC 9112, section 3.2.
    if (raw.httpVersion === '1.1' && raw.headers.host === undefined) void sendError(reply, codedError('BAD_REQUEST', NO_HOST));
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

/** From the first byte of a request to its last: who sends slowly holds a connection. */
const MAX_ARRIVAL_MS = 10_000;
const CHECK_MS = 1000;

function sendFailure(error: FastifyError, reply: FastifyReply) {
  if (error instanceof CodedError) {
    if (error.extensions.service !== undefined && !isForNobody(error))
      reply.log.warn({ error: describeUpstreamError(error) }, 'a vendor failed');
    return sendError(reply, { message: error.message, extensions: error.extensions });
  }
  const code = codeOfHttpStatus(error.statusCode ?? 500);
  if (code !== 'INTERNAL_SERVER_ERROR')
    return sendError(reply, codedError(code, code === 'PAYLOAD_TOO_LARGE' ? tooLarge(reply) : (MESSAGES[code] ?? MALFORMED)));
  reply.log.error({ error: describeUnexpectedError(error) }, 'a request failed');
  return sendError(reply, INTERNAL_ERROR);
}

const NOT_FOUND = 'There is nothing at this path.';
const NO_HOST = 'The HTTP request has no Host header.';
const MALFORMED = 'The HTTP request is malformed: its path must be a valid URL path, its body JSON.';

const MESSAGES: Partial<Record<ErrorCode, string>> = {
  NOT_FOUND,
  UNSUPPORTED_MEDIA_TYPE: 'The content type must be application/json.',
};

const tooLarge = ({ server }: FastifyReply) => `The body must have at most ${String(server.initialConfig.bodyLimit)} bytes.`;

const UNKNOWN_EXPECTATION = JSON.stringify({
  errors: [codedError('BAD_REQUEST', 'The only expectation that can be met is 100-continue.')],
});

/** Where there is no request yet that could be answered. */
function rawAnswer(status: string, message: string): string {
  const body = JSON.stringify({ errors: [codedError('BAD_REQUEST', message)] });
  return [
    `HTTP/1.1 ${status}`,
    'content-type: application/json; charset=utf-8',
    `content-length: ${String(Buffer.byteLength(body))}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}

// Node.js could not read as much as a request line and headers of a sensible size.
const UNREADABLE_REQUEST = rawAnswer('400 Bad Request', 'The HTTP request cannot be read.');
const LATE_REQUEST = rawAnswer('408 Request Timeout', `The HTTP request must be here within ${String(MAX_ARRIVAL_MS / 1000)} seconds.`);
