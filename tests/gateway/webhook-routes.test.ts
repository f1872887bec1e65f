import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import { type ChangeLog, LogUnavailable, NotStored } from '../../events/change-log.ts';
import type { WebhookDelivery } from '../../events/vendor-events.ts';
import { createRequestLimits } from '../../gateway/admission/request-limits.ts';
import { SERVICE_LIMITS } from '../../gateway/admission/limit-settings.ts';
import { createHttpServer } from '../../gateway/server/http-server.ts';
import { serveWebhooks, type WebhookOptions } from '../../gateway/webhook-routes.ts';
import { createMonitoring } from '../../monitoring/monitoring.ts';
import { createMemoryBudgets } from '../../state/memory-budgets.ts';
import { createStripeWebhooks } from '../../subgraphs/payments/providers/stripe/webhooks/stripe-webhooks.ts';
import { Credential } from '../../upstream/credential.ts';

const SECRET = 'whsec_of_this_test';

interface StartOptions extends Partial<WebhookOptions> {
  readonly append?: ChangeLog['append'];
  readonly publicUrl?: string;
  readonly onDelivery?: (delivery: WebhookDelivery) => void;
}

async function start({
  append = (events) => Promise.resolve(events.map(() => 'stored' as const)),
  publicUrl,
  onDelivery,
  ...options
}: StartOptions) {
  const lines: string[] = [];
  const app = createHttpServer(
    { level: 'warn', secrets: [SECRET], write: (line) => void lines.push(line) },
    { bodyBytes: 1000, trustedProxies: ['loopback'] },
  );
  const monitoring = createMonitoring({ vendors: [] });
  monitoring.logTo(app.log);
  const webhooks = createStripeWebhooks({
    secretKey: new Credential('sk_test_1'),
    webhookSecrets: [SECRET],
  });
  if (webhooks === undefined) throw new Error('There is a secret.');
  const receive: typeof webhooks.receive = (delivery) => {
    onDelivery?.(delivery);
    return webhooks.receive(delivery);
  };
  const vendor = {
    vendor: 'stripe',
    webhooks: { ...webhooks, receive },
    catchUp: () => {
      throw new Error('Nothing catches up here.');
    },
  };
  serveWebhooks(
    app,
    { vendors: [vendor], log: { append }, ...options },
    {
      config: { publicUrl },
      monitoring,
      addressLimits: createRequestLimits(SERVICE_LIMITS, createMemoryBudgets()).addresses,
    },
  );
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { app, url, lines, metrics: () => monitoring.exposition() };
}

const BODY = JSON.stringify({
  id: 'evt_1',
  object: 'event',
  type: 'payment_intent.succeeded',
  livemode: false,
  created: Math.floor(Date.now() / 1000),
  data: { object: { id: 'pi_secret' } },
});

const deliver = (url: string, headers: Record<string, string> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: {
      'stripe-signature': Stripe.webhooks.generateTestHeaderString({
        payload: BODY,
        secret: SECRET,
      }),
      ...headers,
    },
    body: BODY,
  });

describe('a webhook whose events are not stored', () => {
  it.each([
    ['the log refuses them', new NotStored('The disk is full: pi_secret.')],
    ['the log cannot be reached', new LogUnavailable('Redis is gone: pi_secret.')],
    ['something fails that nobody expected', new TypeError('It is not a function.')],
  ])('is answered with 503 and a time for the next try, where %s', async (_case, error) => {
    const { app, url, lines, metrics } = await start({ append: () => Promise.reject(error) });
    const response = await deliver(`${url}/webhooks/stripe`);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await response.json()).toEqual({
      errors: [
        {
          message: 'The events could not be stored. Send them again.',
          extensions: { code: 'EVENTS_NOT_STORED', retryable: true, retryAfter: 5 },
        },
      ],
    });
    expect(await metrics()).toContain(
      'tributary_events_received_total{vendor="stripe",result="not-stored",reason=""} 1',
    );
    expect(lines.join()).toContain('events of a webhook were not stored');
    expect(lines.join()).not.toContain('pi_secret');
    await app.close();
  });
});

describe('the route of webhooks', () => {
  it.each([
    ['https://api.example.com', 'https://api.example.com/webhooks/stripe?a=%20b&a=1'],
    ['https://example.com/api', 'https://example.com/api/webhooks/stripe?a=%20b&a=1'],
    [undefined, 'https://hooks.example.com/webhooks/stripe?a=%20b&a=1'],
  ])('tells the URL that the vendor called, with PUBLIC_URL %j', async (publicUrl, expected) => {
    const urls: string[] = [];
    const { app, url } = await start({
      ...(publicUrl !== undefined && { publicUrl }),
      onDelivery: (delivery) => urls.push(delivery.url),
    });
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'hooks.example.com' };
    const response = await deliver(`${url}/webhooks/stripe?a=%20b&a=1`, forwarded);
    expect([response.status, urls]).toEqual([200, [expected]]);
    await app.close();
  });

  it('tells of each refused signature, so that what was missed can be read', async () => {
    const refused: string[] = [];
    const { app, url } = await start({ onRefusedSignature: (vendor) => refused.push(vendor) });
    await deliver(`${url}/webhooks/stripe`);
    expect(refused).toEqual([]);
    await deliver(`${url}/webhooks/stripe`, { 'stripe-signature': 't=1,v1=2' });
    expect(refused).toEqual(['stripe']);
    await app.close();
  });

  it('answers a webhook without a body', async () => {
    const { app, url } = await start({});
    const response = await fetch(`${url}/webhooks/stripe`, { method: 'POST' });
    expect(response.status).toBe(401);
    await app.close();
  });

  it('stores what is under way while the process drains', async () => {
    const stored = new EventTarget();
    const append: ChangeLog['append'] = async (events) => {
      stored.dispatchEvent(new Event('begun'));
      await once(stored, 'go on');
      return events.map(() => 'stored' as const);
    };
    const { app, url } = await start({ append });
    const begun = once(stored, 'begun');
    const response = deliver(`${url}/webhooks/stripe`);
    await begun;
    const closed = app.close();
    stored.dispatchEvent(new Event('go on'));
    expect((await response).status).toBe(200);
    await closed;
  });

  it('reads each other route as before', async () => {
    const { app, url } = await start({});
    const response = await fetch(`${url}/elsewhere`, { method: 'POST', body: 'x'.repeat(2000) });
    expect(response.status).toBe(404);
    await app.close();
  });
});
