import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Stripe from 'stripe';
import type { ChangeLog } from '../../events/log/change-log.ts';
import { ORIGIN } from '../../events/log/position.ts';
import { deliverStripeEvent, paidEvent, stripeEvent } from './signed-stripe-event.ts';
import { startTestGateway, type TestGateway } from './start-gateway.ts';

const SECRET = 'whsec_of_this_test';
const OLDER = 'whsec_before';
const WEBHOOKS = { STRIPE_WEBHOOK_SECRETS: `${SECRET},${OLDER}` };

interface Delivery {
  readonly headers?: Record<string, string>;
  readonly secret?: string;
  readonly path?: string;
}

const deliver = (url: string, body: object | string, delivery: Delivery = {}) =>
  deliverStripeEvent(url, body, { secret: SECRET, ...delivery });

const errorOf = async (response: Response) => {
  // A cast: the server's answers have this form.
  const { errors } = (await response.json()) as {
    readonly errors: readonly { message: string; extensions: { code: string } }[];
  };
  const [error] = errors;
  return { status: response.status, code: error?.extensions.code, message: error?.message };
};

const storedIn = async (log: ChangeLog) =>
  (await log.read(ORIGIN, 1000)).entries.map(({ change: { type, id, kind } }) =>
    [type, id, kind].join(' '),
  );

const metricsOf = async ({ url }: TestGateway) =>
  (await (await fetch(`${url}/metrics`)).text())
    .split('\n')
    .filter((line) => line.startsWith('tributary_events_received_total{'));

describe('a webhook of Stripe', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ environment: WEBHOOKS });
  });
  afterAll(() => gateway.close());

  it('reaches a subscriber with the payment as it is now', async () => {
    const { data } = await gateway.query(
      '{ payments(first: 1) { nodes { id status billingAccount { id } } } }',
    );
    const [{ billingAccount, ...payment }] = data.payments.nodes;
    const stream = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({
        query:
          'subscription ($of: ID) { paymentChanged(billingAccountId: $of) { id kind payment { id status } } }',
        variables: { of: billingAccount.id },
      }),
    });
    const object = { id: payment.id, customer: billingAccount.id };
    const response = await deliver(
      gateway.url,
      stripeEvent('evt_subscribed', 'payment_intent.succeeded', object),
    );
    expect([response.status, await response.json()]).toEqual([200, {}]);
    expect(await firstPayload(stream)).toMatchObject({
      data: { paymentChanged: { id: payment.id, kind: 'UPDATED', payment } },
    });
  });

  it('is stored once, however often it is delivered', async () => {
    const body = paidEvent('evt_repeated', 'pi_repeated');
    const responses = [];
    for (let count = 0; count < 3; count += 1) responses.push(await deliver(gateway.url, body));
    expect(responses.map(({ status }) => status)).toEqual([200, 200, 200]);
    const stored = await storedIn(gateway.events.log);
    expect(stored.filter((line) => line.includes('pi_repeated'))).toHaveLength(1);
  });

  it('counts once as a thin event and with its object', async () => {
    const thin = {
      id: 'evt_test_thin',
      object: 'v2.core.event',
      type: 'v1.payment_intent.succeeded',
      livemode: false,
      created: new Date().toISOString(),
      related_object: { id: 'pi_both', type: 'payment_intent', url: '/v1/payment_intents/pi_both' },
      snapshot_event: 'evt_both',
    };
    expect((await deliver(gateway.url, thin)).status).toBe(200);
    expect((await deliver(gateway.url, paidEvent('evt_both', 'pi_both'))).status).toBe(200);
    const stored = await storedIn(gateway.events.log);
    expect(stored.filter((line) => line.includes('pi_both'))).toHaveLength(1);
  });

  it('is accepted with an older secret, while that is rolled', async () => {
    const body = paidEvent('evt_rolled', 'pi_rolled');
    expect((await deliver(gateway.url, body, { secret: OLDER })).status).toBe(200);
    expect(await storedIn(gateway.events.log)).toContain('Payment pi_rolled UPDATED');
  });

  it.each([
    ['of a live account', paidEvent('evt_live', 'pi_ignored', { livemode: true })],
    ['of a connected account', paidEvent('evt_connected', 'pi_ignored', { account: 'acct_1' })],
    ['of no record of this graph', stripeEvent('evt_other', 'balance.available', {})],
  ])('%s is answered with 200, and not stored', async (_case, body) => {
    const before = await storedIn(gateway.events.log);
    expect((await deliver(gateway.url, body)).status).toBe(200);
    expect(await storedIn(gateway.events.log)).toEqual(before);
  });

  it.each([
    'text/plain',
    'application/octet-stream',
    'application/x-www-form-urlencoded',
    'x/y;z=',
  ])('is accepted with the content type %s, whose bytes are signed all the same', async (type) => {
    const id = type.replace(/\W/g, '');
    const body = paidEvent(`evt_${id}`, `pi_${id}`);
    const response = await deliver(gateway.url, body, { headers: { 'content-type': type } });
    expect(response.status).toBe(200);
    expect(await storedIn(gateway.events.log)).toContain(`Payment pi_${id} UPDATED`);
  });

  it('is accepted up to 1 MB, whatever the limit for operations', async () => {
    const padded = (bytes: number) => {
      const body = paidEvent(`evt_${String(bytes)}`, 'pi_large', { padding: '' });
      const text = JSON.stringify(body);
      return text.replace('"padding":""', `"padding":"${'x'.repeat(bytes - text.length)}"`);
    };
    expect((await deliver(gateway.url, padded(1024 * 1024))).status).toBe(200);
    expect(await errorOf(await deliver(gateway.url, padded(1024 * 1024 + 1)))).toEqual({
      status: 413,
      code: 'PAYLOAD_TOO_LARGE',
      message: 'The body must have at most 1048576 bytes.',
    });
  });

  it('is refused where its body is compressed', async () => {
    const body = paidEvent('evt_compressed', 'pi_compressed');
    const response = await deliver(gateway.url, body, { headers: { 'content-encoding': 'gzip' } });
    expect(await errorOf(response)).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
  });

  it.each([
    ['unsigned', '', 'The webhook has no signature, or a malformed one.'],
    ['wrong', undefined, 'The signature of the webhook is invalid.'],
    ['old', 1_700_000_000, 'The webhook was signed more than five minutes ago.'],
    [
      'from tomorrow',
      Date.now() / 1000 + 86_400,
      'The webhook was signed more than five minutes from now.',
    ],
  ])('is refused with 401, where its signature is %s', async (_case, time, message) => {
    const body = JSON.stringify(paidEvent('evt_refused', 'pi_refused'));
    const signature =
      time === ''
        ? ''
        : Stripe.webhooks.generateTestHeaderString({
            payload: body,
            ...(time === undefined
              ? { secret: 'whsec_other' }
              : { secret: SECRET, timestamp: Number(time) }),
          });
    const response = await deliver(gateway.url, body, {
      headers: { 'stripe-signature': signature },
    });
    expect(response.headers.get('www-authenticate')).toBe('Signature');
    expect(await errorOf(response)).toEqual({ status: 401, code: 'UNAUTHENTICATED', message });
    expect(await storedIn(gateway.events.log)).not.toContain('Payment pi_refused UPDATED');
  });

  it('asks to be sent again, where it is signed, and has a form of tomorrow', async () => {
    const response = await deliver(gateway.url, { id: 'evt_1', object: 'v3.event' });
    expect(response.headers.get('retry-after')).toBe('3600');
    expect(await errorOf(response)).toMatchObject({ status: 503, code: 'EVENTS_NOT_STORED' });
  });

  it('is sent by POST, to the path of its vendor', async () => {
    const get = await fetch(`${gateway.url}/webhooks/stripe`);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    const body = paidEvent('evt_path', 'pi_path');
    const unknown = await deliver(gateway.url, body, { path: '/webhooks/paypal' });
    expect(await errorOf(unknown)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    // Of a vendor that has no secret here.
    const maps = await deliver(gateway.url, body, { path: '/webhooks/google' });
    expect(maps.status).toBe(404);
  });

  it('is counted by what became of it, and a refused one is logged, without its body', async () => {
    await deliver(gateway.url, paidEvent('evt_metrics', 'pi_metrics'));
    const metrics = await metricsOf(gateway);
    for (const labels of [
      'result="stored",reason=""',
      'result="duplicate",reason=""',
      'result="ignored",reason="mode"',
      'result="ignored",reason="account"',
      'result="ignored",reason="type"',
      'result="refused",reason="unsigned"',
      'result="refused",reason="wrong-signature"',
      'result="refused",reason="too-old"',
      'result="refused",reason="too-new"',
      'result="unreadable",reason=""',
    ])
      expect(metrics).toContainEqual(expect.stringContaining(`vendor="stripe",${labels}`));
    const lines = gateway.log.filter((line) => line.includes('a webhook was refused'));
    expect(lines).toHaveLength(4);
    expect(lines.join()).toContain('"vendor":"stripe","reason":"wrong-signature"');
    for (const text of ['pi_refused', 'evt_', SECRET, 'v1='])
      expect(gateway.log.join()).not.toContain(text);
  });
});

/** The payload of the first event; leaves the stream then. */
async function firstPayload(response: Response): Promise<unknown> {
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString();
    const [, data] = /event: next\n(?:.*\n)*?data: (.*)\n\n/.exec(text) ?? [];
    if (data !== undefined) return JSON.parse(data) as unknown;
  }
  throw new Error('The stream ended without an event.');
}

describe('webhooks', () => {
  it('have no path where no secret is set', async () => {
    const gateway = await startTestGateway({ environment: { STRIPE_WEBHOOK_SECRETS: '' } });
    const response = await deliver(gateway.url, paidEvent('evt_1', 'pi_1'));
    expect(await errorOf(response)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
    await gateway.close();
  });

  it('are received by the service that has the adapter, and not by its gateway', async () => {
    const gateway = await startTestGateway({ mode: 'distributed', environment: WEBHOOKS });
    const body = paidEvent('evt_1', 'pi_1');
    const responses = await Promise.all(gateway.urls.map((url) => deliver(url, body)));
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404]);
    expect(await storedIn(gateway.events.log)).toEqual(['Payment pi_1 UPDATED']);
    await gateway.close();
  });

  it('need no credential of a caller', async () => {
    const gateway = await startTestGateway({
      environment: { ...WEBHOOKS, ACCESS: 'closed', API_KEYS_FILE: 'tests/gateway/no-keys.json' },
    });
    expect((await deliver(gateway.url, paidEvent('evt_1', 'pi_1'))).status).toBe(200);
    await gateway.close();
  });

  it('come in bursts of any size, while refused ones count for the limit of their address', async () => {
    const gateway = await startTestGateway({
      environment: { ...WEBHOOKS, ADDRESS_REQUESTS_PER_MINUTE: '10' },
    });
    const burst = Array.from({ length: 100 }, (_, index) =>
      paidEvent(`evt_${String(index)}`, 'pi_1'),
    );
    const accepted = await Promise.all(burst.map((body) => deliver(gateway.url, body)));
    expect(new Set(accepted.map(({ status }) => status))).toEqual(new Set([200]));
    const statuses = [];
    for (let count = 0; count < 12; count += 1) {
      const wrong = { headers: { 'stripe-signature': 'x' } };
      const { status, headers } = await deliver(gateway.url, 'x', wrong);
      statuses.push(status);
      // The first one too, which is refused by the count and not by its address.
      expect(Number(headers.get('retry-after')) > 0).toBe(status === 429);
    }
    expect(statuses).toEqual([...Array<number>(10).fill(401), 429, 429]);
    const blocked = await deliver(gateway.url, paidEvent('evt_blocked', 'pi_1'));
    expect(Number(blocked.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await errorOf(blocked)).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
    await gateway.close();
  });
});
