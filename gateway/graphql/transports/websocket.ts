import type { FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { codedError } from '../../../errors/visible-error.ts';
import { isLoopback } from '../../../settings/values.ts';
import { sendError } from '../../server/http-server.ts';
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
  // What needs no credential is protected by nothing but the address: a page whose own name leads to this server must not reach it (DNS rebinding).
  const isAnonymous = request.caller !== null && !request.caller.isAuthenticated;
  if (isAnonymous && !isOwnHost(request.host, options.publicUrl))
    return 'Without a credential, a WebSocket can be opened by a loopback address alone, or by the host of PUBLIC_URL.';
  return undefined;
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

function isOwnHost(host: string, publicUrl: string | undefined): boolean {
  const url = `http://${host}`;
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return (
    isLoopback(hostname) || (publicUrl !== undefined && new URL(publicUrl).hostname === hostname)
  );
}
