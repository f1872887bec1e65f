import { isIPv6 } from 'node:net';

/**
 * What stands for a client in limits: its IPv4 address, or the first 64 bits of its IPv6 address, below which a client may choose as it
 * likes (RFC 4291, section 2.5.1).
 */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [withoutZone = ''] = address.toLowerCase().split('%', 1);
  const [head = '', tail] = withoutZone.split('::');
  const [before, after] = [toGroups(head), tail === undefined ? [] : toGroups(tail)];
  const groups =
    tail === undefined ? before : [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after];
  return `${groups.slice(0, 4).map(withoutZeros).join(':')}::/64`;
}

const toGroups = (part: string) => (part === '' ? [] : part.split(':'));

const withoutZeros = (group: string) => group.replace(/^0+(?=.)/, '');
