import { afterEach, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import type { Problems } from '../../configuration/environment.ts';
import { createHttpServer, serve } from '../../http/http-server.ts';
import { readServerConfig } from '../../http/server-config.ts';

let app: FastifyInstance | undefined;
afterEach(() => app?.close());

function read(proxies: string) {
  const problems: Problems = [];
  return { config: readServerConfig({ TRUST_PROXY: proxies }, problems, { defaultPort: 0 }), problems };
}

/** Where a server takes a request to come from, which came from 127.0.0.1. */
async function askWhence(proxies: string, forwardedFor: string): Promise<unknown> {
  app = createHttpServer(
    { level: 'silent', secrets: [], write: () => undefined },
    { bodyBytes: 1000, trustedProxies: read(proxies).config?.trustedProxies ?? [] },
  );
  serve(app, ['GET'], '/', ({ ip, protocol, host }, reply) => reply.send({ ip, protocol, host }));
  const headers = { host: 'inner', 'x-forwarded-for': forwardedFor, 'x-forwarded-proto': 'https', 'x-forwarded-host': 'api.example.com' };
  return (await app.inject({ url: '/', headers })).json();
}

describe('what a proxy says of its client', () => {
  it('is believed from nobody, unless it is told so', async () => {
    expect(await askWhence('', '203.0.113.9')).toEqual({ ip: '127.0.0.1', protocol: 'http', host: 'inner' });
  });

  it.each(['127.0.0.1', '127.0.0.0/8', 'loopback', '10.0.0.7, 127.0.0.1'])('is believed from %s', async (proxies) => {
    expect(await askWhence(proxies, '203.0.113.9')).toEqual({ ip: '203.0.113.9', protocol: 'https', host: 'api.example.com' });
  });

  it('is believed as far as the proxies go: what a client claims itself is not', async () => {
    expect(await askWhence('loopback,10.0.0.0/8', '198.51.100.1, 203.0.113.9, 10.0.0.7')).toMatchObject({ ip: '203.0.113.9' });
    await app?.close();
    expect(await askWhence('10.0.0.0/8', '203.0.113.9')).toMatchObject({ ip: '127.0.0.1', protocol: 'http' });
  });

  it.each(['true', '1', '0.0.0.0/0', '10.0.0.0/33', '10.0.0.0/8/8', 'proxy.example.com', '10.0.0.7,', '::/0'])(
    'cannot be set to %s',
    (proxies) => {
      expect(read(proxies)).toEqual({
        config: undefined,
        problems: [
          'TRUST_PROXY must be the addresses or networks of the proxies in front of this server, such as 10.0.0.7,192.168.0.0/16, or loopback, linklocal or uniquelocal.',
        ],
      });
    },
  );
});
