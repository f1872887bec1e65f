import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Signature } from '@hubspot/api-client';
import { ORIGIN } from '../../events/log/position.ts';
import { startTestGateway, type TestGateway } from './start-gateway.ts';

const SECRET = 'secret-of-the-app-of-this-test';

it('a webhook of HubSpot is signed for PUBLIC_URL as clients call it, however the setting is written', async () => {
  const gateway = await startTestGateway({
    environment: {
      HUBSPOT_CLIENT_SECRETS: SECRET,
      PUBLIC_URL: 'https://API.Example.com:443/graph/',
    },
  });
  const timestamp = Date.now();
  const signature = Signature.getSignature('POST', 'v3', {
    clientSecret: SECRET,
    signature: '',
    requestBody: '[]',
    url: 'https://api.example.com/graph/webhooks/hubspot',
    timestamp,
  });
  const { status } = await fetch(`${gateway.url}/webhooks/hubspot`, {
    method: 'POST',
    headers: {
      'x-hubspot-signature-v3': signature,
      'x-hubspot-request-timestamp': String(timestamp),
    },
    body: '[]',
  });
  expect(status).toBe(200);
  await gateway.close();
});

describe('a webhook of HubSpot', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ environment: { HUBSPOT_CLIENT_SECRETS: SECRET } });
  });
  afterAll(() => gateway.close());

  const event = (objectId: number, over: object = {}) => ({
    eventId: objectId,
    subscriptionId: 25,
    portalId: 62_515,
    occurredAt: Date.now(),
    subscriptionType: 'deal.creation',
    attemptNumber: 0,
    objectId,
    ...over,
  });

  /** Signed by HubSpot's own library. */
  function deliver(
    body: string,
    headers: Record<string, string> = {},
    changeSignature = (signature: string) => signature,
  ): Promise<Response> {
    const url = `${gateway.url}/webhooks/hubspot`;
    const timestamp = Date.now();
    const signature = Signature.getSignature('POST', 'v3', {
      clientSecret: SECRET,
      signature: '',
      requestBody: body,
      url,
      timestamp,
    });
    return fetch(url, {
      method: 'POST',
      headers: {
        'x-hubspot-signature-v3': changeSignature(signature),
        'x-hubspot-request-timestamp': String(timestamp),
        ...headers,
      },
      // Bytes have no content type of their own.
      body: Buffer.from(body),
    });
  }

  const storedDeals = async () =>
    (await gateway.events.log.read(ORIGIN, 10_000)).entries.flatMap(({ change: { type, id } }) =>
      type === 'Deal' ? [id] : [],
    );

  it.each([
    ['JSON with a character set', { 'content-type': 'application/json; charset=utf-8' }],
    ['none', {}],
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }],
    ['one that is no type', { 'content-type': ';;' }],
    ['JSON, and the coding identity', { 'content-encoding': 'identity' }],
  ])('is received whatever its content type: %s', async (_case, headers) => {
    const id = Math.floor(Math.random() * 1e12);
    const response = await deliver(JSON.stringify([event(id)]), headers);
    expect([response.status, await response.json()]).toEqual([200, {}]);
    expect(await storedDeals()).toContain(String(id));
  });

  it('is received with a byte order mark, which is signed too', async () => {
    expect((await deliver(`\uFEFF${JSON.stringify([event(1)])}`)).status).toBe(200);
    expect(await storedDeals()).toContain('1');
  });

  it('is received where a proxy has made spaces of the plus signs of its signature', async () => {
    const sent: string[] = [];
    for (let id = 10; !sent.some((signature) => signature.includes(' ')); id += 1) {
      const response = await deliver(JSON.stringify([event(id)]), {}, (signature) => {
        sent.push(signature.replaceAll('+', ' '));
        return sent.at(-1) ?? '';
      });
      expect(response.status).toBe(200);
    }
  });

  it('is stored without the events that cannot be read, which HubSpot must send again', async () => {
    const unreadable = [event(2, { objectId: { id: 2 } }), event(3, { portalId: undefined }), 7];
    const body = JSON.stringify([...unreadable, event(4), event(5, { subscriptionType: 'x.y' })]);
    const response = await deliver(body);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '3600']);
    const stored = await storedDeals();
    expect(stored).toContain('4');
    expect(stored).not.toContain('3');
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    const counted = 'tributary_events_received_total{vendor="hubspot",result=';
    expect(metrics).toContain(`${counted}"unreadable",reason=""} 3`);
    expect(metrics).toContain(`${counted}"ignored",reason="type"} 1`);
  });

  it('is stored with all of its events, however many fit into a body', async () => {
    const ids = Array.from({ length: 3000 }, (_, index) => 100_000 + index);
    expect((await deliver(JSON.stringify(ids.map((id) => event(id))))).status).toBe(200);
    expect(await storedDeals()).toEqual(expect.arrayContaining(ids.map(String)));
  });
});
