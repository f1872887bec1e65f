import { isIP, isIPv4 } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

/**
 * A list of addresses and networks, as Fastify reads them: `10.0.0.7,192.168.0.0/16,loopback`. A number of proxies in a row is refused,
 * as by Fastify: whoever reaches this server without them could claim any address.
 */
export const trustedProxies = () =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .superRefine((parts, context) => {
      const wrong = parts.find((part) => !isNetwork(part));
      if (wrong === undefined) return;
      const hasPort = !isAddress(wrong) && addressIn(wrong) !== undefined;
      context.addIssue(hasPort ? `${WITHOUT_PORTS}, but has "${wrong}".` : NETWORKS);
    });

const NETWORKS =
  'must be the addresses or networks of the proxies in front of this server, such as 10.0.0.7,192.168.0.0/16, or loopback, linklocal or uniquelocal.';

const WITHOUT_PORTS =
  'must name each proxy by its address alone, without a port or brackets, as it connects from any port';

function isNetwork(text: string): boolean {
  if (NAMED_NETWORKS.has(text)) return true;
  const [address = '', prefix, ...more] = text.split('/');
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  // Everybody is no proxy.
  return (
    prefix === undefined ||
    (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128))
  );
}

/** @fastify/proxy-addr's. */
const NAMED_NETWORKS: ReadonlySet<string> = new Set(['loopback', 'linklocal', 'uniquelocal']);

/**
 * Lets Fastify see nothing but addresses in `x-forwarded-for`: some proxies (Azure Application Gateway, IIS) add the client's port, which
 * would make each connection another client, and another text there would be an address too.
 */
export function readForwardedAddresses(app: FastifyInstance): void {
  app.addHook('onRequest', ({ raw: { headers } }, _reply, done) => {
    const given = headers[FORWARDED_FOR];
    if (given !== undefined) headers[FORWARDED_FOR] = forwardedAddresses(String(given)).join(', ');
    done();
  });
}

const FORWARDED_FOR = 'x-forwarded-for';

/** @returns the addresses behind the last part that is none: a proxy adds its client at the end, and what is before that nobody vouches for. */
function forwardedAddresses(header: string): readonly string[] {
  const addresses: string[] = [];
  // Empty elements of a list do not count: RFC 9110, section 5.6.1.2.
  const parts = header.split(',').flatMap((part) => part.trim() || []);
  for (const part of parts.reverse()) {
    const address = addressIn(part);
    if (address === undefined) break;
    addresses.unshift(address);
  }
  return addresses;
}

/** @returns an address without port, brackets and zone, which means nothing on another host; undefined for what is none. */
function addressIn(text: string): string | undefined {
  if (text.length > MAX_ADDRESS) return undefined;
  const [, bracketed, plain = text] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::\d{1,5})?$/.exec(text) ?? [];
  const [address = ''] = (bracketed ?? plain).split('%', 1);
  return isIP(address) === 0 || (bracketed !== undefined && isIPv4(address)) ? undefined : address;
}

/** Characters: an IPv6 address has 45 at most, without brackets, a zone and a port. */
const MAX_ADDRESS = 100;

const isAddress = (text: string) => isIP(text) !== 0;
