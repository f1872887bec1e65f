import { isIP, isIPv6, SocketAddress } from 'node:net';

/**
 * Identifies a client in limits: by its IPv4 address, or by the first 64 bits of its IPv6 address, because a client can choose the others
 * (RFC 4291, section 2.5.1). All other texts count as one client, so that clients cannot create limits of their own.
 */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return isIP(address) === 0 ? 'unknown' : address;
  // Normalized by RFC 5952: other spellings are equal, and ::ffff:7f00:1 is an IPv4 address (RFC 4291, section 2.5.5.2).
  const canonical = new SocketAddress({ address, family: 'ipv6' }).address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(canonical)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = canonical.split('::');
  const [before, after] = [toGroups(head), tail === undefined ? [] : toGroups(tail)];
  const groups =
    tail === undefined
      ? before
      : [
          ...before,
          ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'),
          ...after,
        ];
  return `${groups.slice(0, 4).join(':')}::/64`;
}

const toGroups = (part: string) => (part === '' ? [] : part.split(':'));
