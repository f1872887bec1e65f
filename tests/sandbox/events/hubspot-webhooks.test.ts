import { Signature } from '@hubspot/api-client';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { type Received, startReceiver } from './receiver.ts';

let sandbox: Sandbox<'hubspot'>;
let receiver: Awaited<ReturnType<typeof startReceiver>>;

beforeEach(async () => {
  receiver = await startReceiver();
  sandbox = await startSandbox({ vendors: ['hubspot'], searchLagMs: 0 });
  sandbox.deliverTo({ url: receiver.url });
});

afterEach(async () => {
  await sandbox.close();
  await receiver.close();
});

async function ask(method: string, path: string, body?: object) {
  const response = await fetch(`${sandbox.hubspot.baseUrl}${path}`, {
    method,
    headers: { authorization: 'Bearer pat-na1-sandbox', 'content-type': 'application/json' },
    body: body === undefined ? null : JSON.stringify(body),
  });
  const text = await response.text();
  return (text === '' ? {} : JSON.parse(text)) as { readonly id: string }; // The test looks at the fields that it expects.
}

const createContact = async (email: string) =>
  (await ask('POST', '/crm/objects/2026-03/contacts', { properties: { email } })).id;

type WireEvent = Readonly<Record<string, unknown>>;

const eventsOf = ({ body }: Received) => JSON.parse(body) as readonly WireEvent[]; // Always a list.

const isSigned = (
  { headers, body, url }: Received,
  clientSecret: string,
  publicUrl = receiver.url,
) =>
  Signature.isValid({
    method: 'POST',
    signatureVersion: 'v3',
    clientSecret,
    requestBody: body,
    url: `${publicUrl}${url}`,
    signature: String(headers['x-hubspot-signature-v3']),
    timestamp: Number(headers['x-hubspot-request-timestamp']),
  });

const secret = () => sandbox.webhookEnvironment['HUBSPOT_CLIENT_SECRETS'] ?? '';

/** Waits until an event of the kind has come. */
async function waitForEvent(subscriptionType: string): Promise<WireEvent> {
  for (let count = 1; ; count += 1) {
    const found = (await receiver.waitFor(count))
      .flatMap(eventsOf)
      .find((event) => event['subscriptionType'] === subscriptionType);
    if (found !== undefined) return found;
  }
}

describe('events of the HubSpot sandbox vendor', () => {
  it('arrive in a signed list, one for each property of a new record', async () => {
    const id = await createContact('ada@example.org');
    const [delivery] = await receiver.waitFor(1);
    if (delivery === undefined) throw new Error('A delivery was expected.');
    expect(isSigned(delivery, secret())).toBe(true);
    expect(delivery).toMatchObject({
      url: '/webhooks/hubspot',
      headers: { 'content-type': 'application/json', 'x-hubspot-signature-version': 'v1' },
    });
    const events = eventsOf(delivery);
    expect(events[0]).toEqual({
      eventId: expect.any(Number),
      subscriptionId: expect.any(Number),
      portalId: 24681357,
      appId: 4169410,
      occurredAt: expect.any(Number),
      subscriptionType: 'contact.creation',
      attemptNumber: 0,
      changeSource: 'INTEGRATION',
      objectId: Number(id),
      changeFlag: 'CREATED',
    });
    expect(events).toContainEqual(
      expect.objectContaining({
        subscriptionType: 'contact.propertyChange',
        objectId: Number(id),
        propertyName: 'email',
        propertyValue: 'ada@example.org',
      }),
    );
  });

  it('are sent for each property that a write changes, and for no other', async () => {
    const id = await createContact('ada@example.org');
    await receiver.waitFor(1);
    await ask('PATCH', `/crm/objects/2026-03/contacts/${id}`, {
      properties: { firstname: 'Ada', phone: '+1 555 0100' },
    });
    const [, delivery] = await receiver.waitFor(2);
    expect(
      eventsOf(delivery ?? { url: '', headers: {}, body: '[]' }).map((event) => [
        event['propertyName'],
        event['propertyValue'],
      ]),
    ).toEqual(
      expect.arrayContaining([
        ['firstname', 'Ada'],
        ['phone', '+1 555 0100'],
      ]),
    );
    expect(delivery?.body).not.toContain('lastmodifieddate');
  });

  it('are sent for deals and companies that people change on the pages, archive and restore', async () => {
    const { edit } = sandbox.hubspot;
    const deal = edit.create('deals', { dealname: 'Roof', pipeline: 'default' });
    expect(await waitForEvent('deal.creation')).toMatchObject({ changeSource: 'CRM_UI' });
    edit.archive('deals', deal);
    expect(await waitForEvent('deal.deletion')).toMatchObject({ objectId: Number(deal) });
    edit.restore('deals', deal);
    expect(await waitForEvent('deal.restore')).toMatchObject({ objectId: Number(deal) });
    expect(await ask('GET', `/crm/objects/2026-03/deals/${deal}`)).toMatchObject({ id: deal });
  });

  it('have all ids of a merge', async () => {
    const [ada, eve] = [
      await createContact('ada@example.org'),
      await createContact('eve@example.org'),
    ];
    const merged = sandbox.hubspot.edit.merge('contacts', ada, eve);
    expect(await waitForEvent('contact.merge')).toMatchObject({
      primaryObjectId: Number(ada),
      mergedObjectIds: [Number(eve)],
      newObjectId: Number(merged),
      numberOfPropertiesMoved: expect.any(Number),
    });
  });

  it('are sent for both ends of an association, when it begins and when it ends', async () => {
    const { edit } = sandbox.hubspot;
    const contact = { type: 'contacts', id: await createContact('ada@example.org') } as const;
    const company = { type: 'companies', id: edit.create('companies', { name: 'Roofs' }) } as const;
    edit.associate(contact, company, 1);
    const begun = {
      associationType: 'CONTACT_TO_COMPANY',
      fromObjectId: Number(contact.id),
      toObjectId: Number(company.id),
      associationRemoved: false,
      isPrimaryAssociation: true,
    };
    expect(await waitForEvent('contact.associationChange')).toMatchObject(begun);
    expect(await waitForEvent('company.associationChange')).toMatchObject({
      associationType: 'COMPANY_TO_CONTACT',
      fromObjectId: Number(company.id),
      toObjectId: Number(contact.id),
    });
    sandbox.hubspot.deliverTo({ url: `${receiver.url}/ended` });
    edit.dissociate(contact, company);
    const isEnd = ({ url }: Received) => url === '/ended';
    for (let count = 1; !receiver.received.some(isEnd); count += 1) await receiver.waitFor(count);
    expect(receiver.received.filter(isEnd).flatMap(eventsOf)).toContainEqual(
      expect.objectContaining({
        subscriptionType: 'contact.associationChange',
        associationRemoved: true,
      }),
    );
  });

  it('are sent for a privacy deletion', async () => {
    const id = await createContact('ada@example.org');
    sandbox.hubspot.edit.erase('contacts', id);
    expect(await waitForEvent('contact.privacyDeletion')).toMatchObject({ objectId: Number(id) });
    const answer = await fetch(
      `${sandbox.hubspot.baseUrl}/crm/v3/objects/contacts/${id}?archived=true`,
      {
        headers: { authorization: 'Bearer pat-na1-sandbox' },
      },
    );
    expect(answer.status).toBe(404);
  });

  it('come at most 100 at a time', async () => {
    await ask('POST', '/crm/objects/2026-03/contacts/batch/create', {
      inputs: Array.from({ length: 30 }, (_, index) => ({
        properties: { email: `batch-${String(index)}@example.org`, firstname: 'Many' },
      })),
    });
    const sizes = (await receiver.waitFor(2)).map((one) => eventsOf(one).length);
    expect(Math.max(...sizes)).toBe(100);
  });

  it('are sent again after 503 and, when Retry-After says so, after 429; never after another client error', async () => {
    receiver.replies.push([503], [429, { 'retry-after': '0' }], [400]);
    await createContact('ada@example.org');
    const received = await receiver.waitFor(3);
    expect(received.map((one) => eventsOf(one)[0]?.['attemptNumber'])).toEqual([0, 1, 2]);
    await createContact('eve@example.org');
    await receiver.waitFor(4);
    expect(eventsOf(received[3] ?? { url: '', headers: {}, body: '[]' })[0]).toMatchObject({
      attemptNumber: 0,
    });
    expect(received.every((one) => isSigned(one, secret()))).toBe(true);
  });

  it('are signed for the public URL of a receiver that has one', async () => {
    sandbox.deliverTo({ url: receiver.url, publicUrl: 'https://graph.example.com' });
    await createContact('ada@example.org');
    const [delivery] = await receiver.waitFor(1);
    if (delivery === undefined) throw new Error('A delivery was expected.');
    expect(isSigned(delivery, secret(), 'https://graph.example.com')).toBe(true);
  });

  it('are signed with the client secret that took the place of another', async () => {
    const rolled = sandbox.hubspot.edit.rollSecret();
    await createContact('ada@example.org');
    const [delivery] = await receiver.waitFor(1);
    if (delivery === undefined) throw new Error('A delivery was expected.');
    expect([isSigned(delivery, secret()), isSigned(delivery, rolled)]).toEqual([false, true]);
  });
});

describe('faults of the deliveries of the HubSpot sandbox vendor', () => {
  it('cut: nothing arrives, later neither', async () => {
    sandbox.hubspot.deliveries = 'late';
    await createContact('held@example.org');
    sandbox.hubspot.deliveries = 'cut';
    await createContact('lost@example.org');
    sandbox.hubspot.deliveries = null;
    await createContact('heard@example.org');
    const [delivery] = await receiver.waitFor(1);
    expect(delivery?.body).toContain('heard@example.org');
    expect(delivery?.body).not.toContain('lost@example.org');
  });

  it('wrong-signature: it is not signed with the client secret', async () => {
    sandbox.hubspot.deliveries = 'wrong-signature';
    await createContact('ada@example.org');
    const [delivery] = await receiver.waitFor(1);
    if (delivery === undefined) throw new Error('A delivery was expected.');
    expect(isSigned(delivery, secret())).toBe(false);
  });
});
