import { afterEach, describe, expect, it } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { parseSettings, type Problems } from '../../../settings/settings.ts';
import { createHttpServer, serve } from '../../../gateway/server/http-server.ts';
import { serverSettings } from '../../../gateway/server/server-config.ts';

let app: FastifyInstance | undefined;
afterEach(() => app?.close());

function read(proxies: string) {
  const problems: Problems = [];
  return {
    config: parseSettings(serverSettings({ defaultPort: 0 }), { TRUST_PROXY: proxies }, problems),
    problems,
  };
}

/** Where a server takes a request to come from, which came from 127.0.0.1. */
async function clientAddress(proxies: string, forwardedFor: string): Promise<unknown> {
  app = createHttpServer(
    { level: 'silent', secrets: [], write: () => undefined },
    { bodyBytes: 1000, trustedProxies: read(proxies).config?.trustedProxies ?? [] },
  );
  serve(app, ['GET'], '/', ({ ip, protocol, host }, reply) => reply.send({ ip, protocol, host }));
  const headers = {
    host: 'inner',
    'x-forwarded-for': forwardedFor,
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'api.example.com',
  };
  return (await app.inject({ url: '/', headers })).json();
}

describe('the x-forwarded headers of a proxy', () => {
  it('are ignored unless TRUST_PROXY is set', async () => {
    expect(await clientAddress('', '203.0.113.9')).toEqual({
      ip: '127.0.0.1',
      protocol: 'http',
      host: 'inner',
    });
  });

  it.each(['127.0.0.1', '127.0.0.0/8', 'loopback', '10.0.0.7, 127.0.0.1'])(
    'are trusted from %s',
    async (proxies) => {
      expect(await clientAddress(proxies, '203.0.113.9')).toEqual({
        ip: '203.0.113.9',
        protocol: 'https',
        host: 'api.example.com',
      });
    },
  );

  it('are trusted up to the first address that is not a trusted proxy', async () => {
    expect(
      await clientAddress('loopback,10.0.0.0/8', '198.51.100.1, 203.0.113.9, 10.0.0.7'),
    ).toMatchObject({ ip: '203.0.113.9' });
    await app?.close();
    expect(await clientAddress('10.0.0.0/8', '203.0.113.9')).toMatchObject({
      ip: '127.0.0.1',
      protocol: 'http',
    });
  });

  it.each([
    ['203.0.113.9:5678', '203.0.113.9'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
    ['2001:DB8::1%eth0', '2001:DB8::1'],
    ['::ffff:cb00:7109', '::ffff:cb00:7109'],
    ['203.0.113.9:5678, 10.0.0.7:4711, [::1]:80', '203.0.113.9'],
    [' ,203.0.113.9:1,, ', '203.0.113.9'],
    ['198.51.100.1:1, 203.0.113.9:2', '203.0.113.9'],
  ])('can have ports, brackets and lists: %s', async (forwardedFor, ip) => {
    expect(await clientAddress('loopback,10.0.0.0/8', forwardedFor)).toMatchObject({ ip });
  });

  it.each([
    ['', '127.0.0.1'],
    ['unknown', '127.0.0.1'],
    ['_hidden:80', '127.0.0.1'],
    ['203.0.113.9:', '127.0.0.1'],
    ['203.0.113.9:x', '127.0.0.1'],
    ['203.0.113', '127.0.0.1'],
    ['[203.0.113.9]:80', '127.0.0.1'],
    ['[2001:db8::1', '127.0.0.1'],
    ['2001:db8::1]:80', '127.0.0.1'],
    [`fe80::1%${'a'.repeat(5000)}`, '127.0.0.1'],
    ['1'.repeat(10_000), '127.0.0.1'],
    ['__proto__', '127.0.0.1'],
    ['203.0.113.9, unknown', '127.0.0.1'],
    ['203.0.113.9, unknown, 10.0.0.7', '10.0.0.7'],
    ['unknown, 203.0.113.9', '203.0.113.9'],
    [Array.from({ length: 1000 }, (_, n) => `x${String(n)}`).join(), '127.0.0.1'],
  ])('are ignored before a part that is not an address: %s', async (forwardedFor, ip) => {
    expect(await clientAddress('loopback,10.0.0.0/8', forwardedFor)).toMatchObject({ ip });
  });

  it.each(['10.0.0.7:8080', '[::1]:80', '[::1]', '127.0.0.1, 10.0.0.7:1', '[fe80::1%eth0]:80'])(
    'cannot be configured with a port or brackets: %s',
    (proxies) => {
      const invalid = proxies.split(', ').at(-1) ?? '';
      expect(read(proxies).problems).toEqual([
        `TRUST_PROXY must name each proxy by its address alone, without a port or brackets, as it connects from any port, but has "${invalid}".`,
      ]);
    },
  );

  it.each([
    'true',
    '1',
    '0.0.0.0/0',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    'proxy.example.com',
    '10.0.0.7,',
    '::/0',
  ])('cannot be configured as %s', (proxies) => {
    expect(read(proxies)).toEqual({
      config: undefined,
      problems: [
        'TRUST_PROXY must be the addresses or networks of the proxies in front of this server, such as 10.0.0.7,192.168.0.0/16, or loopback, linklocal or uniquelocal.',
      ],
    });
  });
});
