import {
  createServer,
  maxHeaderSize,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { compile } from '@fastify/proxy-addr';
import type { ErrorCode } from '../../errors/error-codes.ts';
import {
  type CloseReason,
  type ConnectionLimits,
  Connections,
  type ConnectionsOptions,
  type Refusal,
} from './connections.ts';
import { codedError } from '../../errors/visible-error.ts';

export interface NodeServerOptions {
  readonly mayUpgrade: ConnectionsOptions['mayUpgrade'];
  readonly limits: ConnectionLimits;
  readonly trustedProxies: readonly string[];
  readonly onClosed: (reason: CloseReason) => void;
}

export function createConnections({
  mayUpgrade,
  limits,
  trustedProxies,
  onClosed,
}: NodeServerOptions): Connections {
  const isProxy = compile([...trustedProxies]);
  return new Connections({
    mayUpgrade,
    limits,
    isProxy: (address) => isProxy(address, 0),
    refusals: TOO_MANY_CONNECTIONS,
    onClosed,
  });
}

/**
 * Creates a server with bounded requests and connections.
 * @param silenceMs milliseconds until an inactive connection is closed
 */
export function createNodeServer(
  listener: RequestListener,
  connections: Connections,
  silenceMs: number,
): Server {
  const handler = connections.handle(listener);
  const server = createServer(
    {
      // Node.js would refuse requests without it with an empty response.
      requireHostHeader: false,
      // The default is 30 seconds.
      connectionsCheckingInterval: CHECK_MS,
      headersTimeout: MAX_ARRIVAL_MS,
      requestTimeout: MAX_ARRIVAL_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    handler,
  );
  // Only a client that does not read its response is inactive for so long.
  server.timeout = silenceMs;
  server.on('checkContinue', handler);
  server.on(
    'checkExpectation',
    connections.handle((_request, response: ServerResponse) => {
      response
        .writeHead(417, { 'content-type': 'application/json; charset=utf-8', connection: 'close' })
        .end(UNKNOWN_EXPECTATION);
    }),
  );
  connections.watch(server);
  return server;
}

/** From the first to the last byte of a request: a slow sender holds a connection. */
const MAX_ARRIVAL_MS = 10_000;
const CHECK_MS = 1000;

/** Longer than the minute of most proxies, so that the proxy closes idle connections first. */
const KEEP_ALIVE_MS = 72_000;

const UNKNOWN_EXPECTATION = JSON.stringify({
  errors: [
    codedError('BAD_REQUEST', 'The only Expect header that this server supports is 100-continue.'),
  ],
});

/** A response without a request object. */
function rawResponse(
  status: string,
  code: ErrorCode,
  message: string,
  more: readonly string[] = [],
): string {
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

/** The response to a request that Node.js cannot parse. @param code of Node.js's error */
export const rejectMalformedRequest = (code: string): string =>
  MALFORMED_REQUESTS[code] ?? MALFORMED_REQUEST;

const MALFORMED_REQUEST = rawResponse(
  '400 Bad Request',
  'BAD_REQUEST',
  'The HTTP request is malformed.',
);

const MALFORMED_REQUESTS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: rawResponse(
    '408 Request Timeout',
    'BAD_REQUEST',
    `The HTTP request must arrive within ${String(MAX_ARRIVAL_MS / 1000)} seconds.`,
  ),
  HPE_HEADER_OVERFLOW: rawResponse(
    '431 Request Header Fields Too Large',
    'BAD_REQUEST',
    `The request line and the headers must have at most ${String(maxHeaderSize)} bytes together.`,
  ),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: rawResponse(
    '413 Payload Too Large',
    'PAYLOAD_TOO_LARGE',
    'The chunk extensions of the body are too large.',
  ),
};

const TOO_MANY_CONNECTIONS: Readonly<Record<Refusal, string>> = {
  address: rawResponse(
    '429 Too Many Requests',
    'RATE_LIMITED',
    'Too many connections are open from this address.',
    ['retry-after: 1'],
  ),
  all: rawResponse(
    '503 Service Unavailable',
    'RATE_LIMITED',
    'Too many connections are open. Try again later.',
    ['retry-after: 1'],
  ),
};
