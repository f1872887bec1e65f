import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import { createKeyFile, type KeyFile } from '../access/key-file.ts';
import { startTestGateway, type TestGateway } from '../start-gateway.ts';
import { PAYMENT_CHANGED } from './changes.ts';

const SECRET = 'whsec_of_this_test';
const EVIL = 'evil.example.com';

let keys: KeyFile;
let key: string;
let gateway: TestGateway;
beforeAll(async () => {
  keys = await createKeyFile();
  key = await keys.add();
  gateway = await startTestGateway({
    environment: {
      ACCESS: 'open',
      API_KEYS_FILE: keys.path,
      PUBLIC_URL: 'https://graph.example.com',
      CORS_ORIGINS: 'https://shop.example.com',
      STRIPE_WEBHOOK_SECRETS: SECRET,
    },
  });
});
afterAll(async () => {
  await gateway.close();
  await keys.remove();
});

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers: Record<string, string>;
  readonly body?: string;
}

/** Sends a request with any Host, which `fetch` does not allow. */
async function send({ method = 'POST', path = '/graphql', headers, body }: Sent) {
  const sent = request(gateway.url + path, { method, headers });
  sent.end(body);
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response;
}

const SSE = 'text/event-stream';
const MULTIPART = 'multipart/mixed;subscriptionSpec=1.0';
const TYPE = { 'content-type': 'application/json' };
const search = new URLSearchParams({ query: PAYMENT_CHANGED }).toString();
const body = JSON.stringify({ query: PAYMENT_CHANGED });

const SUBSCRIPTIONS: readonly (readonly [string, Sent])[] = [
  ['server-sent events', { headers: { ...TYPE, accept: SSE }, body }],
  ['multipart', { headers: { ...TYPE, accept: MULTIPART }, body }],
  [
    'server-sent events by GET',
    {
      method: 'GET',
      path: `/graphql?${search}`,
      headers: { accept: SSE, 'apollo-require-preflight': '1' },
    },
  ],
];

describe.each(SUBSCRIPTIONS)('where access is open, a subscription by %s', (_name, sent) => {
  const answerTo = async (headers: Record<string, string>) => {
    const response = await send({ ...sent, headers: { ...sent.headers, ...headers } });
    const { statusCode: status, headers: received } = response;
    const isStream = received['content-type']?.includes('json') !== true;
    // A cast: the server's errors have this form.
    const { errors } = isStream
      ? {}
      : ((await json(response)) as { readonly errors?: { extensions: { code: string } }[] });
    response.destroy();
    return [status, isStream ? 'a stream' : errors?.[0]?.extensions.code];
  };

  it.each(['localhost', 'localhost:4000', '127.0.0.1', '[::1]:4000', 'graph.example.com'])(
    'is served under the host %s',
    async (host) => {
      expect(await answerTo({ host })).toEqual([200, 'a stream']);
    },
  );

  it.each([EVIL, `${EVIL}:4000`, 'localhost.evil.example.com', 'graph.example.com.evil.test'])(
    'is refused with 403 under the host %s, which a malicious page can have (DNS rebinding)',
    async (host) => {
      expect(await answerTo({ host })).toEqual([403, 'FORBIDDEN']);
      expect(await answerTo({ host, origin: `http://${host}` })).toEqual([403, 'FORBIDDEN']);
    },
  );

  it('is served under any host with a valid credential', async () => {
    expect(await answerTo({ host: EVIL, 'x-api-key': key })).toEqual([200, 'a stream']);
    expect((await answerTo({ host: EVIL, 'x-api-key': 'trib_wrong' }))[0]).toBe(401);
  });
});

describe('a webhook', () => {
  const payload = JSON.stringify({
    id: 'evt_1',
    object: 'event',
    api_version: Stripe.API_VERSION,
    type: 'payment_intent.succeeded',
    livemode: false,
    created: Math.floor(Date.now() / 1000),
    data: { object: { id: 'pi_1' } },
  });
  const post = (headers: Record<string, string>) =>
    send({
      path: '/webhooks/stripe',
      headers: { ...TYPE, origin: 'https://shop.example.com', ...headers },
      body: payload,
    });

  it('is accepted under any host, by its signature alone', async () => {
    for (const host of [EVIL, 'localhost', 'graph.example.com']) {
      const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET });
      const { statusCode: signed } = await post({ host, 'stripe-signature': signature });
      const { statusCode: unsigned } = await post({ host });
      expect([host, signed, unsigned]).toEqual([host, 200, 401]);
    }
  });

  it('has no CORS headers in its responses', async () => {
    const { headers, statusCode } = await send({
      method: 'OPTIONS',
      path: '/webhooks/stripe',
      headers: {
        origin: 'https://shop.example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'stripe-signature',
      },
    });
    expect(statusCode).toBe(405);
    const { headers: posted } = await post({});
    for (const name of Object.keys({ ...headers, ...posted }))
      expect(name).not.toMatch(/^access-control-/);
  });

  it('has no WebSocket', async () => {
    const { statusCode } = await send({
      method: 'GET',
      path: '/webhooks/stripe',
      headers: { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' },
    });
    expect(statusCode).toBe(405);
  });
});
