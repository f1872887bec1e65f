import { type Client, type Dispatcher, EnvHttpProxyAgent } from 'undici';
import { z } from 'zod';
import { markSecret } from '../settings/settings.ts';
import { isLoopback } from '../settings/values.ts';

/** The proxies of this process. URLs can contain a user name and a password. */
export interface ProxySettings {
  /** For `http:`, and for `https:` if `httpsProxy` is empty. */
  readonly httpProxy: string;
  /** For `https:`. */
  readonly httpsProxy: string;
  /** Hosts that are called without a proxy, including their subdomains; `*` for all. */
  readonly noProxy: string;
}

const proxyUrl = () =>
  z.url({ protocol: /^https?$/, error: 'must be an http or https URL.' }).optional();

/** The usual environment variables, in capital or small letters; small ones take precedence, as in curl. */
export const proxySettings = z
  .object({
    HTTP_PROXY: markSecret(proxyUrl()),
    http_proxy: proxyUrl(),
    HTTPS_PROXY: markSecret(proxyUrl()),
    https_proxy: proxyUrl(),
    NO_PROXY: z.string().default(''),
    no_proxy: z.string().optional(),
  })
  .transform((variables): ProxySettings | undefined => {
    const httpProxy = variables.http_proxy ?? variables.HTTP_PROXY ?? '';
    const httpsProxy = variables.https_proxy ?? variables.HTTPS_PROXY ?? '';
    if (httpProxy === '' && httpsProxy === '') return undefined;
    return { httpProxy, httpsProxy, noProxy: variables.no_proxy ?? variables.NO_PROXY };
  });

/** Secrets of the proxies, to be redacted in logs. */
export const proxySecrets = (proxies: ProxySettings | undefined): readonly string[] =>
  [proxies?.httpProxy, proxies?.httpsProxy].flatMap((url) => {
    const password = url === undefined || url === '' ? '' : new URL(url).password;
    return password === '' ? [] : [password, decodeURIComponent(password)];
  });

/**
 * Makes a connection to an origin through a proxy.
 * @returns undefined if the origin is called without a proxy; this machine always is
 */
export function connectByProxy(
  origin: string,
  proxies: ProxySettings | undefined,
  options: Client.Options,
): Dispatcher | undefined {
  if (proxies === undefined || isLoopback(new URL(origin).hostname)) return undefined;
  return new EnvHttpProxyAgent({ ...options, ...proxies, connections: 1 });
}
