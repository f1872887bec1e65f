import type { FastifyRequest } from 'fastify';
import { isLoopback } from '../../../settings/values.ts';

/**
 * Prevents DNS rebinding for requests without a credential, which only the server's address protects. A page whose host name resolves to
 * this server must not open a stream: for the browser, page and server have the same origin.
 * @param publicUrl is the URL of this server for clients, if known
 * @returns the reason for a refusal, if any
 */
export function refuseForeignHost(
  { caller, host }: Pick<FastifyRequest, 'caller' | 'host'>,
  publicUrl: string | undefined,
): string | undefined {
  const isAnonymous = caller !== null && !caller.isAuthenticated;
  return !isAnonymous || isOwnHost(host, publicUrl) ? undefined : FOREIGN_HOST;
}

const FOREIGN_HOST =
  'Without a credential, the Host of a subscription or a WebSocket must be a loopback address or the host of PUBLIC_URL. Send a credential, or let the operator set PUBLIC_URL.';

/** @param host comes from the request or a trusted proxy */
function isOwnHost(host: string, publicUrl: string | undefined): boolean {
  const url = `http://${host}`;
  if (!URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  return (
    isLoopback(hostname) || (publicUrl !== undefined && new URL(publicUrl).hostname === hostname)
  );
}
