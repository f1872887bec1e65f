import { describe, expect, it } from '@jest/globals';
import { everyRecord, idsOf, mockHubspot, wireRecord } from './hubspot-mock.ts';
import { startCrm } from './start-crm.ts';

const objects = (type: string) => `/crm/objects/2026-09/${type}/batch/read`;
const links = (from: string, to: string) => `/crm/associations/2026-09/${from}/${to}/batch/read`;

const hubspot = mockHubspot();
const { ask } = startCrm();

/** A record that others were merged into, as HubSpot answers it. */
const survivor = (id: number, mergedIds: string | null, more: Record<string, string> = {}) =>
  wireRecord(id, { hs_merged_object_ids: mergedIds, ...more });

describe('a record that was merged', () => {
  it.each([
    ['customer', 'contacts'],
    ['company', 'companies'],
    ['deal', 'deals'],
  ])('is the surviving record under its own id: %s', async (field, type) => {
    hubspot.on('POST', objects(type), { results: [survivor(202, '101;102')] });
    const { data, errors } = await ask(`{ ${field}(id: "101") { id } }`);
    expect([data, errors]).toEqual([{ [field]: { id: '202' } }, []]);
    expect(hubspot.asked()[0]?.body.properties).toContain('hs_merged_object_ids');
  });

  it('is found with others by each of its former ids, in one call', async () => {
    hubspot.on('POST', objects('contacts'), {
      results: [survivor(202, '101; 102'), wireRecord(7)],
    });
    const { data } = await ask(
      '{ a: customer(id: "101") { id } b: customer(id: "7") { id } c: customer(id: "102") { id } d: customer(id: "8") { id } }',
    );
    expect(data).toEqual({ a: { id: '202' }, b: { id: '7' }, c: { id: '202' }, d: null });
    expect(hubspot.asked()).toHaveLength(1);
  });

  it('is read individually if the response of a batch lacks its former ids', async () => {
    hubspot.on(
      'POST',
      objects('contacts'),
      { results: [survivor(202, null), wireRecord(7)] },
      { results: [survivor(202, null)] },
      { results: [] },
    );
    const { data } = await ask(
      '{ a: customer(id: "101") { id } b: customer(id: "7") { id } c: customer(id: "8") { id } }',
    );
    expect(data).toEqual({ a: { id: '202' }, b: { id: '7' }, c: null });
    expect(hubspot.asked().map(idsOf)).toEqual([['101', '7', '8'], ['101'], ['8']]);
  });

  it('does not affect other records if its individual read fails', async () => {
    hubspot.on(
      'POST',
      objects('contacts'),
      { results: [survivor(202, null), wireRecord(7)] },
      () => ({ status: 500, body: {} }),
      { results: [] },
    );
    const { data, errors } = await ask(
      '{ a: customer(id: "101") { id } b: customer(id: "7") { id } c: customer(id: "8") { id } }',
    );
    expect(data).toEqual({ a: null, b: { id: '7' }, c: null });
    expect(errors).toMatchObject([{ code: 'UPSTREAM_UNAVAILABLE', path: 'a' }]);
  });

  it('is in a list once, although it is linked under its former ids too', async () => {
    hubspot.on('POST', objects('deals'), everyRecord());
    hubspot.on('POST', links('deals', 'contacts'), {
      results: [
        {
          from: { id: '11' },
          to: [101, 202, 7, 102].map((toObjectId) => ({ toObjectId, associationTypes: [] })),
        },
      ],
    });
    hubspot.on('POST', objects('contacts'), {
      results: [survivor(202, '101;102', { email: 'a@example.com' }), wireRecord(7)],
    });
    const { data, errors } = await ask(
      '{ deal(id: "11") { customers { nodes { id email } pageInfo { hasNextPage } } } }',
    );
    expect([data, errors]).toEqual([
      {
        deal: {
          customers: {
            nodes: [
              { id: '202', email: 'a@example.com' },
              { id: '7', email: null },
            ],
            pageInfo: { hasNextPage: false },
          },
        },
      },
      [],
    ]);
  });

  it('has the links that HubSpot returns under the surviving id', async () => {
    hubspot.on('GET', '/crm/objects/2026-09/deals', { results: [wireRecord(11), wireRecord(12)] });
    const company = {
      toObjectId: 9,
      associationTypes: [{ category: 'HUBSPOT_DEFINED', typeId: 5 }],
    };
    hubspot.on(
      'POST',
      links('deals', 'companies'),
      {
        results: [
          { from: { id: '33' }, to: [company] },
          { from: { id: '12' }, to: [company] },
        ],
      },
      { results: [{ from: { id: '33' }, to: [company] }] },
    );
    hubspot.on('POST', objects('companies'), everyRecord());
    const { data } = await ask('{ deals { nodes { company { id } } } }');
    expect(data).toEqual({
      deals: { nodes: [{ company: { id: '9' } }, { company: { id: '9' } }] },
    });
  });

  it('is written under either id, and its company is compared under the surviving id', async () => {
    hubspot.on('POST', objects('companies'), { results: [survivor(909, '9')] });
    hubspot.on(
      'POST',
      objects('contacts'),
      { results: [survivor(202, '101', { associatedcompanyid: '5' })] },
      { results: [survivor(202, '101')] },
    );
    hubspot.on('POST', '/crm/associations/2026-09/contacts/companies/batch/create', () => ({
      status: 201,
      body: { status: 'COMPLETE', results: [] },
    }));
    const { data, errors } = await ask(
      'mutation { updateCustomer(input: { id: "101", companyId: "9" }) { customer { id } userErrors { code } } }',
    );
    expect([data, errors]).toEqual([
      { updateCustomer: { customer: { id: '202' }, userErrors: [] } },
      [],
    ]);
    expect(hubspot.asked()[2]?.body.inputs).toMatchObject([
      { from: { id: '202' }, to: { id: '909' } },
    ]);
  });
});
