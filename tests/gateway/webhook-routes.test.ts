import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import { type ChangeLog, LogUnavailable, NotStored } from '../../events/log/change-log.ts';
import type { WebhookDelivery } from '../../events/catch-up/vendor-events.ts';
import { createRequestLimits } from '../../gateway/admission/request-limits.ts';
import { SERVICE_LIMITS } from '../../gateway/admission/limit-settings.ts';
import { createHttpServer } from '../../gateway/server/http-server.ts';
import { serveWebhooks, type WebhookOptions } from '../../gateway/webhook-routes.ts';
import { createMonitoring } from '../../monitoring/monitoring.ts';
import { createMemoryBudgets } from '../../state/memory-budgets.ts';
import { createStripeProvider } from '../../subgraphs/payments/providers/stripe/stripe-provider.ts';
import { Credential } from '../../upstream/credential.ts';
import { testResources } from '../subgraphs/test-resources.ts';
import { serve } from '../upstream/loopback.ts';

const SECRET = 'whsec_of_this_test';

interface StartOptions extends Partial<WebhookOptions> {
  readonly append?: ChangeLog['append'];
  readonly publicUrl?: string;
  /** @default it is not asked for anything */
  readonly stripeUrl?: string;
  readonly onDelivery?: (delivery: WebhookDelivery) => void;
}

async function start({
  append = (events) => Promise.resolve(events.map(() => 'stored' as const)),
  publicUrl,
  stripeUrl = 'http://127.0.0.1:1',
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
  const provider = createStripeProvider(
    {
      secretKey: new Credential('sk_test_1'),
      baseUrl: stripeUrl,
      rateLimit: null,
      endpointRateLimit: null,
      webhookSecrets: [SECRET],
    },
    {},
    testResources({}),
  );
  const webhooks = provider.events?.webhooks;
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
      config: { publicUrl, requestTimeoutMs: 10_000 },
      monitoring,
      addressLimits: createRequestLimits(SERVICE_LIMITS, createMemoryBudgets()).addresses,
    },
  );
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    lines,
    metrics: () => monitoring.exposition(),
    close: async () => {
      await app.close();
      await provider.close();
    },
  };
}

const BODY = JSON.stringify({
  id: 'evt_1',
  object: 'event',
  type: 'payment_intent.succeeded',
  livemode: false,
  created: Math.floor(Date.now() / 1000),
  data: { object: { id: 'pi_secret' } },
});

const deliver = (url: string, headers: Record<string, string> = {}, payload = BODY) =>
  fetch(url, {
    method: 'POST',
    headers: {
      'stripe-signature': Stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET }),
      ...headers,
    },
    body: payload,
  });

describe('a webhook whose events are not stored', () => {
  it.each([
    ['the log refuses them', new NotStored('The disk is full.'), '"problem":"The disk is full."'],
    [
      'the log cannot be reached',
      new LogUnavailable('Redis does not respond.'),
      '"problem":"Redis does not respond."',
    ],
    [
      'something fails unexpectedly',
      new TypeError('It is not a function.'),
      'the change log failed',
    ],
  ])('is answered with 503, and the log has the reason, if %s', async (_case, error, reason) => {
    const { close, url, lines, metrics } = await start({ append: () => Promise.reject(error) });
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
    expect(lines.join()).toContain(reason);
    expect(lines.join()).not.toContain('pi_secret');
    await close();
  });
});

describe('the route of webhooks', () => {
  it.each([
    ['https://api.example.com', 'https://api.example.com/webhooks/stripe?a=%20b&a=1'],
    ['https://example.com/api', 'https://example.com/api/webhooks/stripe?a=%20b&a=1'],
    [undefined, 'https://hooks.example.com/webhooks/stripe?a=%20b&a=1'],
  ])('tells the URL that the vendor called, with PUBLIC_URL %j', async (publicUrl, expected) => {
    const urls: string[] = [];
    const { close, url } = await start({
      ...(publicUrl !== undefined && { publicUrl }),
      onDelivery: (delivery) => urls.push(delivery.url),
    });
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'hooks.example.com' };
    const response = await deliver(`${url}/webhooks/stripe?a=%20b&a=1`, forwarded);
    expect([response.status, urls]).toEqual([200, [expected]]);
    await close();
  });

  it.each([
    ['was refused', { 'stripe-signature': 't=1,v1=2' }, BODY],
    ['cannot be read', {}, '{}'],
  ])('has a catch-up read what the webhook held, if it %s', async (_case, headers, body) => {
    const soon: string[] = [];
    const { close, url } = await start({
      catchUps: { catchUpSoon: (vendor) => soon.push(vendor) },
    });
    await deliver(`${url}/webhooks/stripe`);
    expect(soon).toEqual([]);
    await deliver(`${url}/webhooks/stripe`, headers, body);
    expect(soon).toEqual(['stripe']);
    await close();
  });

  it('lets a sender continue that waits for it, up to its own limit', async () => {
    const { close, url } = await start({});
    const payload = BODY.replace('"data"', `"padding":"${'x'.repeat(5000)}","data"`);
    const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: SECRET });
    const sending = request(`${url}/webhooks/stripe`, {
      method: 'POST',
      headers: {
        'stripe-signature': signature,
        'content-length': payload.length,
        expect: '100-continue',
      },
    });
    sending.flushHeaders();
    await once(sending, 'continue');
    sending.end(payload);
    const [response] = (await once(sending, 'response')) as [IncomingMessage];
    expect(response.statusCode).toBe(200);
    response.resume();
    await close();
  });

  it('answers a webhook without a body', async () => {
    const { close, url } = await start({});
    const response = await fetch(`${url}/webhooks/stripe`, { method: 'POST' });
    expect(response.status).toBe(401);
    await close();
  });

  it('stores what is under way while the process drains', async () => {
    const stored = new EventTarget();
    const append: ChangeLog['append'] = async (events) => {
      stored.dispatchEvent(new Event('begun'));
      await once(stored, 'go on');
      return events.map(() => 'stored' as const);
    };
    const { close, url } = await start({ append });
    const begun = once(stored, 'begun');
    const response = deliver(`${url}/webhooks/stripe`);
    await begun;
    const closed = close();
    stored.dispatchEvent(new Event('go on'));
    expect((await response).status).toBe(200);
    await closed;
  });

  it('reads each other route as before', async () => {
    const { close, url } = await start({});
    const response = await fetch(`${url}/elsewhere`, { method: 'POST', body: 'x'.repeat(2000) });
    expect(response.status).toBe(404);
    await close();
  });
});

const event = (id: string, type: string, object: object) => ({
  id,
  object: 'event',
  type,
  livemode: false,
  created: 1_700_000_000,
  data: { object },
});

const THIN = {
  id: 'evt_test_thin',
  object: 'v2.core.event',
  type: 'v1.charge.refunded',
  livemode: false,
  created: '2023-11-14T22:13:20.000Z',
  related_object: { id: 'ch_1', type: 'charge', url: '/v1/charges/ch_1' },
  snapshot_event: 'evt_1',
};

const DISPUTE = event('evt_2', 'charge.dispute.created', { id: 'dp_1', payment_intent: 'pi_1' });

/** Delivers an event while Stripe answers so, and returns the status, and the changes that were stored. */
async function deliverWhile(answers: Readonly<Record<string, object | number>>, body: object) {
  await using stripe = await serve(({ url = '' }, response) => {
    const answer = answers[url];
    if (typeof answer === 'object') response.end(JSON.stringify(answer));
    else response.writeHead(answer ?? 500).end('{"error":{"code":"resource_missing"}}');
  });
  const stored: string[] = [];
  const { url, metrics, close } = await start({
    stripeUrl: stripe.baseUrl,
    append: (events) => {
      for (const { type, id, related } of events.flatMap(({ changes }) => changes))
        stored.push([type, id, ...related.map((one) => one.id)].join(' '));
      return Promise.resolve(events.map(() => 'stored' as const));
    },
  });
  const { status } = await deliver(`${url}/webhooks/stripe`, {}, JSON.stringify(body));
  const counted = await metrics();
  await close();
  return { status, stored, counted };
}

describe('a webhook that leaves out whose record it is about', () => {
  const CHARGE = { id: 'ch_1', payment_intent: 'pi_1', customer: 'cus_1' };
  const PAYMENT = {
    id: 'pi_1',
    object: 'payment_intent',
    amount: 1,
    created: 1,
    currency: 'eur',
    customer: 'cus_1',
    status: 'succeeded',
  };

  it('is completed by the event with the object, where it is thin', async () => {
    const answers = { '/v1/events/evt_1': event('evt_1', 'charge.refunded', CHARGE) };
    expect(await deliverWhile(answers, THIN)).toMatchObject({
      status: 200,
      stored: ['Payment pi_1 cus_1'],
    });
  });

  it('is completed with the payment of a dispute', async () => {
    expect(await deliverWhile({ '/v1/payment_intents/pi_1': PAYMENT }, DISPUTE)).toMatchObject({
      status: 200,
      stored: ['Payment pi_1 cus_1'],
    });
  });

  it.each(['refund.updated', 'refund.failed', 'charge.refund.updated'])(
    'is completed with the payment of a refund: %s',
    async (type) => {
      const refund = event('evt_3', type, { id: 're_1', charge: 'ch_1', payment_intent: 'pi_1' });
      expect(await deliverWhile({ '/v1/payment_intents/pi_1': PAYMENT }, refund)).toMatchObject({
        status: 200,
        stored: ['Refund re_1 pi_1', 'Payment pi_1 cus_1'],
      });
    },
  );

  it('is stored without a call if the event of its charge names the account: refund.created', async () => {
    const refund = event('evt_4', 'refund.created', { id: 're_1', payment_intent: 'pi_1' });
    expect(await deliverWhile({}, refund)).toMatchObject({
      status: 200,
      stored: ['Refund re_1 pi_1', 'Payment pi_1'],
    });
  });

  it('is completed with both if it is a thin event of a dispute', async () => {
    const answers = { '/v1/events/evt_1': DISPUTE, '/v1/payment_intents/pi_1': PAYMENT };
    expect(
      await deliverWhile(answers, { ...THIN, type: 'v1.charge.dispute.created' }),
    ).toMatchObject({ status: 200, stored: ['Payment pi_1 cus_1'] });
  });

  it.each([404, 403])('is stored as it is, where Stripe answers %i', async (status) => {
    expect(await deliverWhile({ '/v1/payment_intents/pi_1': status }, DISPUTE)).toMatchObject({
      status: 200,
      stored: ['Payment pi_1'],
    });
  });

  it('is ignored, where it is thin, names no record of this graph, and Stripe has nothing more', async () => {
    const { status, stored, counted } = await deliverWhile({ '/v1/events/evt_1': 404 }, THIN);
    expect([status, stored]).toEqual([200, []]);
    expect(counted).toContain('{vendor="stripe",result="ignored",reason="type"} 1');
  });

  // 403: the key may not read events. The webhook names no record, so that nothing of it could be stored.
  it.each([500, 429, 403])('is to be sent again, where Stripe answers %i', async (answer) => {
    const { status, stored, counted } = await deliverWhile({ '/v1/events/evt_1': answer }, THIN);
    expect([status, stored]).toEqual([503, []]);
    expect(counted).toContain('{vendor="stripe",result="not-stored",reason="incomplete"} 1');
  });
});
