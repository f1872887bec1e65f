import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { codedError } from '../../../errors/visible-error.ts';
import { sendError } from '../../server/http-server.ts';
import { refuseForeignHost } from './own-host.ts';
import { SocketConnection, type SocketOptions } from './socket-connection.ts';

export interface SocketRouteOptions extends SocketOptions, OriginOptions {}

export interface OriginOptions {
  /** The origins of pages that may open a WebSocket, or `*` alone. */
  readonly corsOrigins: readonly string[];
  /** The URL of this server for clients, if known. */
  readonly publicUrl: string | undefined;
}

/** Creates the handlers of a route that serves WebSockets. */
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
      // An open socket does not count as a request in progress.
      request.admission?.leave();
      new SocketConnection(socket, request, options).open();
    },
  };
}

/**
 * Checks the origin of an upgrade, because browsers let any page open a WebSocket to any server: RFC 6455, section 10.2.
 * @returns the reason for a refusal, if any
 */
function refuseUpgrade(request: FastifyRequest, options: OriginOptions): string | undefined {
  const { origin } = request.headers;
  if (origin !== undefined && !isAllowed(origin, request.host, options))
    return 'Pages of this origin may not open a WebSocket here. The operator allows origins by CORS_ORIGINS.';
  return refuseForeignHost(request, options.publicUrl);
}

/** @param host comes from the request or a trusted proxy */
function isAllowed(
  origin: string,
  host: string,
  { corsOrigins, publicUrl }: OriginOptions,
): boolean {
  if (corsOrigins.includes(origin) || corsOrigins.includes('*')) return true;
  if (publicUrl !== undefined && new URL(publicUrl).origin === origin) return true;
  if (!URL.canParse(origin)) return false;
  // Behind a TLS proxy, the scheme differs from the browser's.
  const own = `${new URL(origin).protocol}//${host}`;
  return URL.canParse(own) && new URL(own).origin === origin;
}
