import { type Client, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { z } from 'zod';
import { markSecret } from '../settings/settings.ts';
import { isLoopback } from '../settings/values.ts';

/** The proxies of this process: URLs, which may have a user name and a password. */
export interface ProxySettings {
  /** For `http:`, and for `https:` where that has none. */
  readonly httpProxy: string;
  /** For `https:`. */
  readonly httpsProxy: string;
  /** Hosts that are called without a proxy, their subdomains included; `*` for all. */
  readonly noProxy: string;
}

const proxyUrl = () =>
  z.url({ protocol: /^https?$/, error: 'must be an http or https URL.' }).optional();

/** By the names that other programs have for them, in capital or small letters; small ones count first, as in curl. */
export const proxySettings = z
  .object({
    HTTP_PROXY: markSecret(proxyUrl()),
    http_proxy: proxyUrl(),
    HTTPS_PROXY: markSecret(proxyUrl()),
    https_proxy: proxyUrl(),
    NO_PROXY: z.string().default(''),
    no_proxy: z.string().optional(),
  })
  .transform((given): ProxySettings | undefined => {
    const httpProxy = given.http_proxy ?? given.HTTP_PROXY ?? '';
    const httpsProxy = given.https_proxy ?? given.HTTPS_PROXY ?? '';
    if (httpProxy === '' && httpsProxy === '') return undefined;
    return { httpProxy, httpsProxy, noProxy: given.no_proxy ?? given.NO_PROXY };
  });

/** What no log may contain of a proxy. */
export const proxySecrets = (proxies: ProxySettings | undefined): readonly string[] =>
  [proxies?.httpProxy, proxies?.httpsProxy].flatMap((url) => {
    const password = url === undefined || url === '' ? '' : new URL(url).password;
    return password === '' ? [] : [password, decodeURIComponent(password)];
  });

/**
 * Makes a connection to an origin through a proxy.
 * @returns undefined where the origin is called without one: this machine always is
 */
export function connectByProxy(
  origin: string,
  proxies: ProxySettings | undefined,
  options: Client.Options,
): Dispatcher | undefined {
  if (proxies === undefined || isLoopback(new URL(origin).hostname)) return undefined;
  return new EnvHttpProxyAgent({ ...options, ...proxies, connections: 1 });
}
