import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/**
 * The path of a request target, which can be an absolute URL (RFC 9112, section 3.2.2).
 * @param target from the request line
 */
export function pathOf(target: string): string {
  const [, , path] = WHOLE_URL.exec(target) ?? [];
  if (path === undefined) return target;
  return path.startsWith('/') ? path : `/${path}`;
}

/**
 * Checks the host of a request: RFC 9112, section 3.2. In HTTP/1.0, the Host header is optional.
 * @param target from the request line. The host of an absolute URL is checked, too; the header must be valid even then.
 * @returns undefined if the host is valid
 */
export function findHostProblem(
  { headers, rawHeaders, httpVersion }: IncomingMessage,
  target: string,
): string | undefined {
  // Node.js drops all but the first.
  const count = rawHeaders.filter(
    (name, index) => index % 2 === 0 && name.length === 4 && name.toLowerCase() === 'host',
  ).length;
  if (count > 1) return `The HTTP request must have one Host header, but has ${String(count)}.`;
  if (headers.host === undefined && httpVersion !== '1.0' && httpVersion !== '0.9') return NO_HOST;
  const [, authority] = WHOLE_URL.exec(target) ?? [];
  if (![headers.host, authority].every((host) => host === undefined || isHost(host)))
    return WRONG_HOST;
  return undefined;
}

const WHOLE_URL = /^https?:\/\/([^/?#]*)([/?#].*|)$/is;

const NO_HOST = 'The HTTP request has no Host header.';
const WRONG_HOST =
  'The host of the HTTP request must be a name or an address, with or without a port.';

/** `uri-host [ ":" port ]`, RFC 9110, section 7.2. An http URL has no empty host: section 4.2.1. */
function isHost(text: string): boolean {
  const [, address, name] = HOST.exec(text) ?? [];
  return address === undefined ? name !== undefined : isIPv6(address) && !address.includes('%');
}

/** RFC 3986, section 3.2.2. */
const HOST = /^(?:\[([^\]]+)\]|((?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})+))(?::\d{0,5})?$/i;
