import { describe, expect, it } from '@jest/globals';
import { startSandbox } from '../../../sandbox/sandbox.ts';
import { openHubSpot } from '../hubspot-requests.ts';
import { openStripe } from '../stripe-requests.ts';
import { startReceiver } from './receiver.ts';

async function openControl() {
  const receiver = await startReceiver();
  const sandbox = await startSandbox({ vendors: ['stripe', 'hubspot', 'google'] });
  const control = async (
    vendor: 'google' | 'hubspot' | 'stripe',
    [method, path]: readonly [string, string],
    body: object,
    type = 'application/json',
  ) => {
    const response = await fetch(`${sandbox[vendor].baseUrl}/_sandbox/${path}`, {
      method,
      headers: { 'content-type': type },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return [response.status, text === '' ? null : (JSON.parse(text) as unknown)] as const;
  };
  const close = async () => {
    await sandbox.close();
    await receiver.close();
  };
  return { receiver, sandbox, control, close };
}

describe('control of the sandbox from another process', () => {
  it('edits records, and sends the events to a receiver', async () => {
    const { control, receiver, sandbox, close } = await openControl();
    const url = `${receiver.url}/webhooks/stripe`;
    expect(await control('stripe', ['PUT', 'receiver'], { url })).toEqual([204, null]);
    const write = { edit: 'write', method: 'POST', path: '/v1/customers', params: { name: 'Ada' } };
    expect(await control('stripe', ['POST', 'edits'], write)).toEqual([
      200,
      { result: expect.objectContaining({ name: 'Ada' }) },
    ]);
    expect((await receiver.waitFor(1))[0]?.body).toContain('"type": "customer.created"');
    const create = { edit: 'create', type: 'deals', properties: { dealname: 'Roof' } };
    expect(await control('hubspot', ['POST', 'edits'], create)).toEqual([
      200,
      { result: expect.stringMatching(/^\d+$/) },
    ]);
    // They are no calls of the vendor's API.
    expect([sandbox.stripe.requests, sandbox.hubspot.requests]).toEqual([[], []]);
    await close();
  });

  it('sets faults of deliveries', async () => {
    const { control, sandbox, close } = await openControl();
    expect(await control('stripe', ['PUT', 'deliveries'], { fault: 'cut' })).toEqual([204, null]);
    expect(sandbox.stripe.deliveries).toBe('cut');
    expect((await control('stripe', ['PUT', 'deliveries'], { fault: 'lost' }))[0]).toBe(400);
    await close();
  });

  it('refuses requests from web pages, receivers on other machines, and vendors without events', async () => {
    const { control, close } = await openControl();
    const fault = { fault: null };
    const elsewhere = { url: 'http://192.0.2.1/webhooks/stripe' };
    expect((await control('stripe', ['PUT', 'deliveries'], fault, 'text/plain'))[0]).toBe(415);
    expect((await control('stripe', ['PUT', 'receiver'], elsewhere))[0]).toBe(400);
    expect((await control('google', ['PUT', 'deliveries'], fault))[0]).toBe(404);
    expect(
      (await control('stripe', ['POST', 'edits'], { edit: 'payInvoice', id: 'in_no' }))[0],
    ).toBe(400);
    await close();
  });
});

describe('a busy sandbox', () => {
  const lives = 24;

  it('makes the same changes of a Stripe account each time, of several kinds', () => {
    const changesOf = () => {
      const stripe = openStripe();
      for (let life = 0; life < lives; life += 1) stripe.sandboxVendor.events.simulateChange();
      return stripe.list('/v1/events?limit=100').data.map(({ id, type }) => [id, type]);
    };
    const changes = changesOf();
    expect(changes).toEqual(changesOf());
    expect(changes.map(([, type]) => type)).toEqual(
      expect.arrayContaining([
        'customer.updated',
        'invoice.paid',
        'payment_intent.succeeded',
        'refund.created',
      ]),
    );
  });

  it('makes the same changes of a HubSpot account each time, of several kinds', () => {
    const changed = () => {
      const hubspot = openHubSpot();
      const read = () =>
        ['contacts', 'companies', 'deals'].map(
          (type) =>
            hubspot.ask('GET', `/crm/v3/objects/${type}?limit=100&properties=phone,dealstage`).body,
        );
      const before = read();
      for (let life = 0; life < 40 * lives; life += 1)
        hubspot.sandboxVendor.events.simulateChange();
      return read().map((after, index) => [JSON.stringify(after), JSON.stringify(before[index])]);
    };
    const changes = changed();
    expect(changes).toEqual(changed());
    expect(changes.every(([after, before]) => after !== before)).toBe(true);
  });
});
