import { describe, expect, it } from '@jest/globals';
import { parseSettings, type Problems } from '../../settings/settings.ts';
import { probe } from '../../upstream/probe.ts';
import { proxySecrets, proxySettings } from '../../upstream/proxy.ts';
import { createUpstreamClient } from '../../upstream/upstream-client.ts';
import { CRM } from '../../subgraphs/crm/service.ts';
import { ownResources } from '../subgraphs/test-resources.ts';
import { get, scopeOf, serve } from './loopback.ts';
import { startProxy } from './start-proxy.ts';

async function ask(baseUrl: string, environment: Record<string, string>): Promise<unknown> {
  const client = createUpstreamClient({
    service: CRM,
    vendor: 'hubspot',
    baseUrl,
    authorize: () => undefined,
    policy: { maxConcurrency: 2 },
    resources: ownResources({ UPSTREAM_MAX_TRIES: '1', ...environment }),
  });
  try {
    return await client.send(get(), scopeOf());
  } finally {
    await client.close();
  }
}

describe('calls to a vendor', () => {
  it.each(['HTTP_PROXY', 'http_proxy'])('go through the proxy of %s', async (name) => {
    await using vendor = await serve(({ headers }, response) =>
      response.end(JSON.stringify(headers.host)),
    );
    await using proxy = await startProxy(vendor);
    const environment = { [name]: `http://user:pass%20word@${proxy.host}` };
    expect(await ask('http://vendor.invalid:8080', environment)).toBe('vendor.invalid:8080');
    expect(proxy.asked).toEqual([
      `vendor.invalid:8080 Basic ${Buffer.from('user:pass word').toString('base64')}`,
    ]);
  });

  it('go through the same proxy for a check of its credential', async () => {
    await using vendor = await serve(({ headers }, response) =>
      response.end(JSON.stringify(headers.host)),
    );
    await using proxy = await startProxy(vendor);
    const proxies = parseSettings(proxySettings, { HTTP_PROXY: `http://${proxy.host}` }, []);
    const api = { baseUrl: 'http://vendor.invalid:8080', authorize: () => undefined };
    expect(await probe(api, get(), proxies)).toMatchObject({
      status: 200,
      body: 'vendor.invalid:8080',
    });
    expect(proxy.asked).toEqual(['vendor.invalid:8080']);
  });

  it('go through the proxy of HTTPS_PROXY if its URL is https', async () => {
    await using vendor = await serve((_request, response) => response.end('{}'));
    await using proxy = await startProxy(vendor);
    const environment = { HTTPS_PROXY: `http://${proxy.host}` };
    // The server behind the proxy has no certificate.
    await expect(ask('https://vendor.invalid', environment)).rejects.toThrow();
    expect(proxy.asked).toEqual(['vendor.invalid:443']);
  });

  it('use no proxy if NO_PROXY names its host', async () => {
    await using vendor = await serve((_request, response) => response.end('{}'));
    await using proxy = await startProxy(vendor);
    const environment = { HTTP_PROXY: `http://${proxy.host}`, NO_PROXY: 'other.test,.invalid' };
    await expect(ask('http://vendor.invalid', environment)).rejects.toThrow();
    expect(proxy.asked).toEqual([]);
  });

  it('use no proxy if it is on this machine, as sandbox vendors are', async () => {
    await using vendor = await serve((_request, response) => response.end('{"a":1}'));
    await using proxy = await startProxy(vendor);
    expect(await ask(vendor.baseUrl, { HTTP_PROXY: `http://${proxy.host}` })).toEqual({ a: 1 });
    expect(proxy.asked).toEqual([]);
  });
});

describe('the settings of proxies', () => {
  const read = (environment: Record<string, string>) => {
    const problems: Problems = [];
    return { proxies: parseSettings(proxySettings, environment, problems), problems };
  };

  it('must be URLs', () => {
    expect(read({ HTTPS_PROXY: 'proxy:3128' }).problems).toEqual([
      'HTTPS_PROXY must be an http or https URL.',
    ]);
  });

  it('keep a password out of logs', () => {
    const { proxies } = read({ HTTPS_PROXY: 'http://u:a%20b@proxy:3128', HTTP_PROXY: 'http://p' });
    expect(proxySecrets(proxies)).toEqual(['a%20b', 'a b']);
  });
});
