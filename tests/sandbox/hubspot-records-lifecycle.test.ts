import { describe, expect, it } from '@jest/globals';
import { recordId } from '../../sandbox/hubspot/hubspot-ids.ts';
import { type HubSpot, link, openHubSpot } from './hubspot-requests.ts';

const CONTACTS = '/crm/v3/objects/contacts';
const COMPANIES = '/crm/v3/objects/companies';

const read = (hubspot: HubSpot, type: string, id: string, query = '') =>
  hubspot.ask('GET', `/crm/v3/objects/${type}/${id}?${query}`);

describe('a record in the recycling bin', () => {
  it('is absent from reads, lists, searches and associations, and is in the archived list', () => {
    const hubspot = openHubSpot();
    const company = recordId('companies', 3);
    const { id } = hubspot.record(
      hubspot.create('contacts', { email: 'gone@example.org' }, [link(company, 1)]),
    );
    expect(hubspot.ask('DELETE', `${CONTACTS}/${id}`)).toMatchObject({
      status: 204,
      wrote: '/crm/v3/objects/contacts/{id}',
    });

    expect(read(hubspot, 'contacts', id).status).toBe(404);
    expect(hubspot.search('contacts', 'email', 'gone@example.org')).toEqual([]);
    expect(hubspot.associated('companies', 'contacts', company).map(([one]) => one)).not.toContain(
      id,
    );
    const inputs = [{ id }];
    expect(hubspot.ask('POST', `${CONTACTS}/batch/read`, { inputs })).toMatchObject({
      status: 207,
      body: { results: [], errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: [id] } }] },
    });
    const archived = { id, archived: true, archivedAt: expect.any(String) };
    expect(read(hubspot, 'contacts', id, 'archived=true').body).toMatchObject(archived);
    expect(hubspot.ask('GET', `${CONTACTS}?archived=true`).body).toEqual({
      results: [expect.objectContaining(archived)],
    });
    expect(
      hubspot.ask('POST', `${CONTACTS}/batch/read?archived=true`, { inputs }).body,
    ).toMatchObject({ results: [archived] });
  });

  it('is not the company of a contact any more, and its id is not reused', () => {
    const hubspot = openHubSpot();
    const { id } = hubspot.record(hubspot.create('companies', { name: 'Gone Ltd' }));
    const contact = hubspot.record(
      hubspot.create('contacts', { email: 'works@example.org' }, [link(id, 1)]),
    );
    expect(
      hubspot.ask('POST', `${COMPANIES}/batch/archive`, { inputs: [{ id }, { id: '1' }] }),
    ).toMatchObject({ status: 204, wrote: '/crm/v3/objects/companies/batch/archive' });
    expect(
      hubspot.record(read(hubspot, 'contacts', contact.id, 'properties=associatedcompanyid'))
        .properties,
    ).toMatchObject({ associatedcompanyid: null });
    const next = hubspot.record(hubspot.create('companies', { name: 'Next Ltd' }));
    expect(Number(next.id)).toBeGreaterThan(Number(id));
  });

  it('can be archived again, but not if it never existed', () => {
    const hubspot = openHubSpot();
    const { id } = hubspot.record(hubspot.create('contacts', { email: 'twice@example.org' }));
    const archive = (one: string) => hubspot.ask('DELETE', `${CONTACTS}/${one}`).status;
    expect([archive(id), archive(id), archive('1')]).toEqual([204, 204, 404]);
  });
});

describe('two records that are merged', () => {
  const merge = (
    hubspot: HubSpot,
    type: string,
    primaryObjectId: string,
    objectIdToMerge: string,
  ) => hubspot.ask('POST', `/crm/v3/objects/${type}/merge`, { primaryObjectId, objectIdToMerge });

  it('become a new one with both ids, and with the values of the first if it has any', () => {
    const hubspot = openHubSpot();
    const [first, second] = [
      { email: 'first@example.org', firstname: 'First' },
      { email: 'second@example.org', firstname: 'Second', city: 'Ulm' },
    ].map((properties) => hubspot.record(hubspot.create('contacts', properties)).id);
    const answer = merge(hubspot, 'contacts', first ?? '', second ?? '');
    expect(answer).toMatchObject({ status: 200, wrote: '/crm/v3/objects/contacts/merge' });
    const { id } = hubspot.record(answer);
    expect([first, second]).not.toContain(id);

    const names = 'firstname,city,email,hs_merged_object_ids,hs_additional_emails';
    for (const one of [first ?? '', second ?? '', id])
      expect(read(hubspot, 'contacts', one, `properties=${names}`).body).toMatchObject({
        id,
        properties: {
          firstname: 'First',
          city: 'Ulm',
          email: 'first@example.org',
          hs_merged_object_ids: `${String(first)};${String(second)}`,
          hs_additional_emails: 'second@example.org',
        },
      });
    const { body } = hubspot.ask('POST', `${CONTACTS}/batch/read`, {
      inputs: [{ id: first }, { id: second }],
    });
    expect(body).toMatchObject({ results: [{ id }] });
    expect((body as { readonly results: readonly object[] }).results).toHaveLength(1);
    expect(read(hubspot, 'contacts', 'second@example.org', 'idProperty=email').body).toMatchObject({
      id,
    });
    expect(hubspot.record(hubspot.change('contacts', first ?? '', { city: 'Bern' })).id).toBe(id);
  });

  it('can be merged again, and are then found by all ids', () => {
    const hubspot = openHubSpot();
    const [a, b, c] = ['A', 'B', 'C'].map(
      (dealname) => hubspot.record(hubspot.create('deals', { dealname })).id,
    );
    const ab = hubspot.record(merge(hubspot, 'deals', a ?? '', b ?? '')).id;
    const abc = hubspot.record(merge(hubspot, 'deals', c ?? '', b ?? '')).id;
    for (const id of [a, b, c, ab])
      expect(read(hubspot, 'deals', id ?? '').body).toMatchObject({ id: abc });
    expect(merge(hubspot, 'deals', a ?? '', c ?? '').status).toBe(400);
    expect(merge(hubspot, 'deals', a ?? '', '1').status).toBe(404);
  });

  it('have their associations, and contacts their company', () => {
    const hubspot = openHubSpot();
    const [survivor, other] = ['Kept', 'Other'].map(
      (name) => hubspot.record(hubspot.create('companies', { name })).id,
    );
    const contact = hubspot.record(
      hubspot.create('contacts', { email: 'm@example.org' }, [link(other ?? '', 1)]),
    ).id;
    const { id } = hubspot.record(merge(hubspot, 'companies', survivor ?? '', other ?? ''));
    expect(hubspot.associated('contacts', 'companies', contact)).toEqual([[id, [1, 279]]]);
    expect(hubspot.associated('companies', 'contacts', other ?? '')).toEqual([[contact, [2, 280]]]);
  });
});

describe('associations of a record in a read', () => {
  it('are those of the requested types, once for each type of link', () => {
    const hubspot = openHubSpot();
    const [company, other] = [recordId('companies', 3), recordId('companies', 4)];
    const { id } = hubspot.record(
      hubspot.create('contacts', { email: 'linked@example.org' }, [
        link(company, 1),
        link(other, 279),
      ]),
    );
    const associations = {
      companies: {
        results: [
          { id: company, type: 'contact_to_company' },
          { id: company, type: 'contact_to_company_unlabeled' },
          { id: other, type: 'contact_to_company_unlabeled' },
        ],
      },
    };
    expect(read(hubspot, 'contacts', id, 'associations=companies,deals').body).toMatchObject({
      associations,
    });
    expect(
      hubspot.ask('GET', `${CONTACTS}?limit=1&after=${id}&associations=company`).body,
    ).toMatchObject({ results: [{ id, associations }] });
    expect(read(hubspot, 'contacts', id).body).not.toHaveProperty('associations');
    expect(read(hubspot, 'contacts', id, 'associations=deals').body).not.toHaveProperty(
      'associations',
    );
    expect(hubspot.error(read(hubspot, 'contacts', id, 'associations=dreams'))).toMatchObject({
      httpStatus: 400,
      category: 'VALIDATION_ERROR',
    });
  });
});
