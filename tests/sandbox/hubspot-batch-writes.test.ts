import { describe, expect, it } from '@jest/globals';
import { recordId } from '../../sandbox/hubspot/hubspot-ids.ts';
import { type HubSpot, openHubSpot } from './hubspot-requests.ts';

const batch = (hubspot: HubSpot, action: string, inputs: readonly object[], type = 'contacts') =>
  hubspot.ask('POST', `/crm/v3/objects/${type}/batch/${action}`, { inputs });

const some = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    properties: { email: `batch-${String(index)}@example.org` },
  }));

describe('a batch of new records', () => {
  it('is created, and returned in another order', () => {
    const hubspot = openHubSpot();
    const answer = batch(hubspot, 'create', some(3));
    expect(answer).toMatchObject({
      status: 201,
      wrote: '/crm/v3/objects/contacts/batch/create',
      body: {
        status: 'COMPLETE',
        results: [2, 1, 0].map((index) => ({
          properties: { email: `batch-${String(index)}@example.org` },
        })),
      },
    });
    for (const { properties } of some(3))
      expect(hubspot.search('contacts', 'email', properties.email)).toHaveLength(1);
  });

  it.each([
    ['a wrong value', { email: 'nobody' }, 400],
    ['an e-mail address that another one has', { email: 'batch-0@example.org' }, 409],
  ])('is refused completely for %s', (_what, properties, httpStatus) => {
    const hubspot = openHubSpot();
    const answer = batch(hubspot, 'create', [...some(2), { properties }]);
    expect(hubspot.error(answer)).toMatchObject({ httpStatus, status: 'error' });
    expect(answer.wrote).toBeUndefined();
    expect(hubspot.search('contacts', 'email', 'batch-1@example.org')).toEqual([]);
  });

  it('is created in part, with a 207, where each input has an id to trace it by', () => {
    const hubspot = openHubSpot();
    const inputs = [{ properties: { email: 'nobody' } }, ...some(1)].map((input, index) => ({
      ...input,
      objectWriteTraceId: `trace-${String(index)}`,
    }));
    expect(batch(hubspot, 'create', inputs)).toMatchObject({
      status: 207,
      body: {
        results: [{ properties: { email: 'batch-0@example.org' }, objectWriteTraceId: 'trace-1' }],
        numErrors: 1,
        errors: [
          {
            status: 'error',
            category: 'VALIDATION_ERROR',
            context: { objectWriteTraceId: ['trace-0'] },
          },
        ],
      },
    });
  });

  it('has a hundred records at most', () => {
    const hubspot = openHubSpot();
    expect(batch(hubspot, 'create', some(101)).status).toBe(400);
    expect(batch(hubspot, 'create', some(100)).status).toBe(201);
  });

  it('follows the rules of the account from version 2026-09', () => {
    const hubspot = openHubSpot();
    const inputs = [{ properties: { dealname: 'Won', dealstage: 'closedwon' } }];
    const create = (path: string) => hubspot.ask('POST', `${path}/batch/create`, { inputs }).status;
    expect([create('/crm/objects/2026-09/deals'), create('/crm/v3/objects/deals')]).toEqual([
      400, 201,
    ]);
  });
});

describe('a batch of changes', () => {
  it('is applied, with a 207 for unknown records', () => {
    const hubspot = openHubSpot();
    const id = recordId('contacts', 0);
    const email = hubspot.world.people[1]?.email;
    const answer = batch(hubspot, 'update', [
      { id, properties: { city: 'Ulm' } },
      { id: email, idProperty: 'email', properties: { city: 'Bern' } },
      { id: '1', properties: { city: 'Rome' } },
    ]);
    expect(answer).toMatchObject({
      status: 207,
      wrote: '/crm/v3/objects/contacts/batch/update',
      body: {
        results: [
          { id: recordId('contacts', 1), properties: { city: 'Bern' } },
          { id, properties: { city: 'Ulm' } },
        ],
        errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: ['1'] } }],
      },
    });
    expect(batch(hubspot, 'update', [{ id, properties: { city: 'Bonn' } }]).status).toBe(200);
  });

  it('marks new records if missing ones are created', () => {
    const hubspot = openHubSpot();
    const email = hubspot.world.people[0]?.email;
    const upsert = (id: string | null | undefined, city: string) => ({
      id,
      idProperty: 'email',
      properties: { city },
    });
    const answer = batch(hubspot, 'upsert', [
      upsert(email, 'Ulm'),
      upsert('u@example.org', 'Bern'),
    ]);
    expect(answer).toMatchObject({
      status: 200,
      wrote: '/crm/v3/objects/contacts/batch/upsert',
      body: {
        results: [
          { new: true, properties: { email: 'u@example.org', city: 'Bern' } },
          { new: false, id: recordId('contacts', 0), properties: { city: 'Ulm' } },
        ],
      },
    });
    const invalid = [{ id: 'Ulm', idProperty: 'city', properties: {} }];
    expect(batch(hubspot, 'upsert', invalid).status).toBe(400);
  });
});
