import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { codedError } from '../../../errors/visible-error.ts';
import { sendError } from '../../server/http-server.ts';
import { refuseForeignHost } from './own-host.ts';
import { SocketConnection, type SocketOptions } from './socket-connection.ts';

export interface SocketRouteOptions extends SocketOptions, OriginOptions {}

export interface OriginOptions {
  /** Of pages that may open a WebSocket; or `*` alone. */
  readonly corsOrigins: readonly string[];
  /** Where clients reach this server, where that is known. */
  readonly publicUrl: string | undefined;
}

/** What a route needs to serve WebSockets. */
export function createSocketRoute(
  options: SocketRouteOptions,
): Pick<RouteOptions, 'onRequest' | 'wsHandler'> {
  return {
    onRequest: (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
      const refusal = request.ws ? refuseUpgrade(request, options) : undefined;
      if (refusal === undefined) done();
      else void sendError(reply, codedError('FORBIDDEN', refusal));
    },
    wsHandler: (socket, request) => {
      request.isStream = true;
      // An open socket is none of the requests that a caller may have in progress.
      request.admission?.leave();
      new SocketConnection(socket, request, options).open();
    },
  };
}

/**
 * Browsers let any page open a WebSocket to any server, so that the server has to look where the page is from: RFC 6455, section 10.2.
 * @returns why a request may not change the protocol of its connection
 */
function refuseUpgrade(request: FastifyRequest, options: OriginOptions): string | undefined {
  const { origin } = request.headers;
  if (origin !== undefined && !isAllowed(origin, request.host, options))
    return 'Pages of this origin may not open a WebSocket here. The operator allows origins by CORS_ORIGINS.';
  return refuseForeignHost(request, options.publicUrl);
}

/** @param host as the request names it, or a trusted proxy */
function isAllowed(
  origin: string,
  host: string,
  { corsOrigins, publicUrl }: OriginOptions,
): boolean {
  if (corsOrigins.includes(origin) || corsOrigins.includes('*')) return true;
  if (publicUrl !== undefined && new URL(publicUrl).origin === origin) return true;
  if (!URL.canParse(origin)) return false;
  // Behind a proxy with TLS the scheme is another one here than in the browser.
  const own = `${new URL(origin).protocol}//${host}`;
  return URL.canParse(own) && new URL(own).origin === origin;
}
