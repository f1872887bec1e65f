import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type ServedSchema, serveSchema } from '../serve-schema.ts';
import { bearer, startTokenIssuer } from '../access/token-issuer.ts';
import { sendOperation } from '../start-gateway.ts';
import { gate } from '../../upstream/loopback.ts';
import { until } from '../../until.ts';

let server: ServedSchema;
afterEach(() => server.close());

/** Answers `{ wait }` when released. */
async function serve(environment: Record<string, string>) {
  const [waiting, begun] = [gate(), gate()];
  server = await serveSchema({
    typeDefs: 'type Query { hello: String wait: String }',
    resolvers: {
      Query: {
        hello: () => 'world',
        wait: () => {
          begun.open();
          return waiting.opened.then(() => 'done');
        },
      },
    },
    environment,
  });
  return {
    begun: begun.opened,
    goOn: waiting.open,
  };
}

const hello = () => sendOperation(server.url, { query: '{ hello }' });

describe('requests of a caller', () => {
  it('have no rate-limit headers without limits', async () => {
    await serve({});
    const { status, headers } = await hello();
    expect([status, headers.get('ratelimit'), headers.get('ratelimit-policy')]).toEqual([
      200,
      null,
      null,
    ]);
  });

  it('are refused beyond the limit with the time of the next retry, and other requests are not', async () => {
    await serve({ CALLER_REQUESTS_PER_MINUTE: '2' });
    const answers = [await hello(), await hello(), await hello()];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(answers.map(({ headers }) => headers.get('ratelimit-policy'))).toEqual(
      Array(3).fill('"requests";q=2;w=60'),
    );
    expect(answers[0]?.headers.get('ratelimit')).toMatch(/^"requests";r=1;t=30$/);
    const seconds = Number(answers[2]?.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(answers[2]?.errors).toEqual([
      {
        message:
          'This caller may use 2 requests per minute, of which 0 are left: not enough for another request.',
        extensions: { code: 'RATE_LIMITED', retryable: true, retryAfter: seconds },
      },
    ]);
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
    expect(await (await fetch(`${server.url}/metrics`)).text()).toContain(
      'tributary_operation_errors_total{code="RATE_LIMITED",service="none"} 1',
    );
  });

  it.each([
    ['ports', (n: number) => `203.0.113.9:${String(5000 + n)}`],
    ['ports of an IPv6 address', (n: number) => `[2001:db8::1]:${String(5000 + n)}`],
    ['addresses of an IPv6 network', (n: number) => `2001:db8::${String(n)}`],
    [
      'forms of an IPv4 address',
      (n: number) => ['::ffff:203.0.113.9', '::ffff:cb00:7109', '203.0.113.9'][n] ?? '',
    ],
    ['texts that are no addresses', (n: number) => 'x'.repeat(1 + 1000 * n)],
  ])(
    'are counted together for an address that a proxy forwards with several %s',
    async (_name, forwardedFor) => {
      await serve({ CALLER_REQUESTS_PER_MINUTE: '1', TRUST_PROXY: 'loopback' });
      const statuses: number[] = [];
      for (const n of [0, 1, 2])
        statuses.push(
          (
            await sendOperation(
              server.url,
              { query: '{ hello }' },
              { 'x-forwarded-for': forwardedFor(n) },
            )
          ).status,
        );
      expect(statuses).toEqual([200, 429, 429]);
      expect(
        (
          await sendOperation(
            server.url,
            { query: '{ hello }' },
            { 'x-forwarded-for': '198.51.100.1:5000' },
          )
        ).status,
      ).toBe(200);
    },
  );

  it('are refused before their body arrives', async () => {
    await serve({ CALLER_REQUESTS_PER_MINUTE: '1' });
    await hello();
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1').setEncoding('utf8');
    socket.write(
      'POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n',
    );
    const [answer] = (await once(socket, 'data')) as [string];
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1\.1 429 /);
  });

  it('are refused while too many are pending, and accepted again afterwards', async () => {
    const { begun, goOn } = await serve({ CALLER_MAX_CONCURRENT: '1' });
    const first = sendOperation(server.url, { query: '{ wait }' });
    await begun;
    const second = await hello();
    expect([second.status, second.headers.get('retry-after')]).toEqual([429, '1']);
    goOn();
    expect((await first).data).toEqual({ wait: 'done' });
    // Its connection is closed, or free, only when the client has it all.
    const third = await until('a request within the limit', async () => {
      const response = await hello();
      return response.status !== 429 && response;
    });
    expect(third.status).toBe(200);
  });

  it('are not pending if their client disconnects before its token is checked', async () => {
    const issuer = await startTokenIssuer();
    const { asked, release } = issuer.hold();
    await serve({ ...issuer.environment, CALLER_MAX_CONCURRENT: '1' });
    const headers = bearer(await issuer.token());
    const client = new AbortController();
    const left = fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: '{"query":"{ hello }"}',
      signal: client.signal,
    });
    await asked;
    client.abort();
    await expect(left).rejects.toThrow();
    const hasLeft = (line: string) => line.includes('"msg":"abandoned"');
    await until('the disconnect to be logged', () => server.log.some(hasLeft));
    release();
    expect((await sendOperation(server.url, { query: '{ hello }' }, headers)).status).toBe(200);
    await issuer.close();
  });
});
