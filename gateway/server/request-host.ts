import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/**
 * The path of a request target, which may be a whole URL (RFC 9112, section 3.2.2).
 * @param target as the request line has it
 */
export function pathOf(target: string): string {
  const [, , path] = WHOLE_URL.exec(target) ?? [];
  if (path === undefined) return target;
  return path.startsWith('/') ? path : `/${path}`;
}

/**
 * Why a request is refused for the host that it names: RFC 9112, section 3.2. HTTP/1.0 has no Host header, but one or none.
 * @param target as the request line has it; in a whole URL it names a host too, beside which the header must be right all the same.
 * @returns undefined where nothing is wrong
 */
export function findHostProblem(
  { headers, rawHeaders, httpVersion }: IncomingMessage,
  target: string,
): string | undefined {
  // Node.js keeps the first of several.
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

/** `uri-host [ ":" port ]`, of RFC 9110, section 7.2; an http URL has no empty host: section 4.2.1. */
function isHost(text: string): boolean {
  const [, address, name] = HOST.exec(text) ?? [];
  return address === undefined ? name !== undefined : isIPv6(address) && !address.includes('%');
}

/** RFC 3986, section 3.2.2. */
const HOST = /^(?:\[([^\]]+)\]|((?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})+))(?::\d{0,5})?$/i;
