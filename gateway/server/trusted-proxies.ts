import { isIP, isIPv4 } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

/**
 * A list of addresses and networks in Fastify's format: `10.0.0.7,192.168.0.0/16,loopback`. A number of hops is refused: a client that
 * bypasses the proxies could claim any address.
 */
export const trustedProxies = () =>
  z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .superRefine((parts, context) => {
      const invalid = parts.find((part) => !isNetwork(part));
      if (invalid === undefined) return;
      const hasPort = !isAddress(invalid) && addressIn(invalid) !== undefined;
      context.addIssue(hasPort ? `${WITHOUT_PORTS}, but has "${invalid}".` : NETWORKS);
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
  // A prefix of 0 would trust all addresses.
  return (
    prefix === undefined ||
    (/^[1-9]\d{0,2}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128))
  );
}

/** The names of @fastify/proxy-addr. */
const NAMED_NETWORKS: ReadonlySet<string> = new Set(['loopback', 'linklocal', 'uniquelocal']);

/**
 * Reduces `x-forwarded-for` to addresses before Fastify reads it. Some proxies (Azure Application Gateway, IIS) add the client's port, which
 * would make each connection a separate client. Fastify would also accept other text as an address.
 */
export function readForwardedAddresses(app: FastifyInstance): void {
  app.addHook('onRequest', ({ raw: { headers } }, _reply, done) => {
    const header = headers[FORWARDED_FOR];
    if (header !== undefined)
      headers[FORWARDED_FOR] = forwardedAddresses(String(header)).join(', ');
    done();
  });
}

const FORWARDED_FOR = 'x-forwarded-for';

/** @returns the addresses after the last invalid part: each proxy appends its client, and earlier parts are untrusted */
function forwardedAddresses(header: string): readonly string[] {
  const addresses: string[] = [];
  // Empty list elements are ignored: RFC 9110, section 5.6.1.2.
  const parts = header.split(',').flatMap((part) => part.trim() || []);
  for (const part of parts.reverse()) {
    const address = addressIn(part);
    if (address === undefined) break;
    addresses.unshift(address);
  }
  return addresses;
}

/** @returns an address without port, brackets and zone, which is local to a host; undefined for other text */
function addressIn(text: string): string | undefined {
  if (text.length > MAX_ADDRESS) return undefined;
  const [, bracketed, plain = text] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::\d{1,5})?$/.exec(text) ?? [];
  const [address = ''] = (bracketed ?? plain).split('%', 1);
  return isIP(address) === 0 || (bracketed !== undefined && isIPv4(address)) ? undefined : address;
}

/** Maximum length: an IPv6 address has at most 45 characters, plus brackets, zone and port. */
const MAX_ADDRESS = 100;

const isAddress = (text: string) => isIP(text) !== 0;
