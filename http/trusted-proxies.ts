import { isIP } from 'node:net';
import { z } from 'zod';

/**
 * A list of addresses and networks, as Fastify reads them: `10.0.0.7,192.168.0.0/16,loopback`. A number of proxies in a row is refused,
 * as by Fastify: whoever reaches this server without them could claim any address.
 */
export const trustedProxies = () =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .refine(
      (parts) => parts.every(isNetwork),
      'must be the addresses or networks of the proxies in front of this server, such as 10.0.0.7,192.168.0.0/16, or loopback, linklocal or uniquelocal.',
    );

function isNetwork(text: string): boolean {
  if (NAMED_NETWORKS.has(text)) return true;
  const [address = '', prefix, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  // Everybody is no proxy.
  return prefix === undefined || (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}

/** @fastify/proxy-addr's. */
const NAMED_NETWORKS: ReadonlySet<string> = new Set(['loopback', 'linklocal', 'uniquelocal']);
