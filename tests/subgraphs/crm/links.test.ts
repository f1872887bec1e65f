import { describe, expect, it } from '@jest/globals';
import {
  type Asked,
  everyRecord,
  idsOf,
  mockHubspot,
  type Reply,
  wireRecord,
} from './hubspot-mock.ts';
import { startCrm } from './start-crm.ts';

const CONTACTS = '/crm/objects/2026-09/contacts';
const DEALS = '/crm/objects/2026-09/deals';
const COMPANIES = '/crm/objects/2026-09/companies';
const links = (from: string, to: string) => `/crm/associations/2026-09/${from}/${to}/batch/read`;

const hubspot = mockHubspot();
const { ask } = startCrm();

/** Links as HubSpot sends them: ids are numbers, pages hold `size` of them, who has none is an error of the 207. */
const linksTo =
  (linked: Readonly<Record<string, readonly number[]>>, size = 500) =>
  ({ body }: Asked): Reply => {
    const of = (id: string) => linked[id] ?? [];
    const inputs = body.inputs ?? [];
    const results = inputs
      .filter(({ id }) => of(id).length > 0)
      .map(({ id, after = '0' }) => {
        const page = of(id).slice(Number(after), Number(after) + size);
        const end = Number(after) + page.length;
        return {
          from: { id },
          to: page.map((toObjectId) => ({
            toObjectId,
            associationTypes: [{ category: 'HUBSPOT_DEFINED', typeId: 4, label: null }],
          })),
          ...(end < of(id).length && { paging: { next: { after: String(end) } } }),
        };
      });
    const errors = inputs.filter(({ id }) => of(id).length === 0).map(({ id }) => noLink(id));
    return {
      status: errors.length > 0 ? 207 : 200,
      body: { status: 'COMPLETE', results, numErrors: errors.length, errors },
    };
  };

const hubspots = (typeId: number) => ({ category: 'HUBSPOT_DEFINED', typeId, label: null });

const noLink = (id: string) => ({
  status: 'error',
  category: 'OBJECT_NOT_FOUND',
  subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND',
  message: `No deal is associated with contact ${id}.`,
  context: { fromObjectId: [id], fromObjectType: ['contact'], toObjectType: ['deal'] },
});

describe('deals of customers', () => {
  it('cost one association read and one batch read for all customers, and only the page’s deals are read', async () => {
    hubspot.on('GET', CONTACTS, { results: [wireRecord(1), wireRecord(2), wireRecord(3)] });
    hubspot.on('POST', links('contacts', 'deals'), linksTo({ 1: [11, 12, 13], 2: [12] }));
    hubspot.on(
      'POST',
      `${DEALS}/batch/read`,
      everyRecord((id) => ({ dealname: `Deal ${id}` })),
    );
    const { data, errors } = await ask(
      '{ customers { nodes { deals(first: 2) { totalCount nodes { title } pageInfo { hasNextPage } } } } }',
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      customers: {
        nodes: [
          {
            deals: {
              totalCount: 3,
              nodes: [{ title: 'Deal 11' }, { title: 'Deal 12' }],
              pageInfo: { hasNextPage: true },
            },
          },
          {
            deals: {
              totalCount: 1,
              nodes: [{ title: 'Deal 12' }],
              pageInfo: { hasNextPage: false },
            },
          },
          { deals: { totalCount: 0, nodes: [], pageInfo: { hasNextPage: false } } },
        ],
      },
    });
    expect(hubspot.asked().slice(1).map(idsOf)).toEqual([
      ['1', '2', '3'],
      ['11', '12'],
    ]);
  });

  it('continue after each edge, across HubSpot’s pages', async () => {
    const all = [11, 12, 13, 14, 15];
    const query = (after?: string) =>
      ask(
        'query ($after: String) { customer(id: "1") { deals(first: 3, after: $after) { edges { cursor node { id } } pageInfo { hasNextPage } } } }',
        {
          after,
        },
      );
    hubspot.on('POST', `${CONTACTS}/batch/read`, ...Array.from({ length: 6 }, () => everyRecord()));
    hubspot.on('POST', `${DEALS}/batch/read`, ...Array.from({ length: 5 }, () => everyRecord()));
    hubspot.on(
      'POST',
      links('contacts', 'deals'),
      ...Array.from({ length: 11 }, () => linksTo({ 1: all }, 2)),
    );

    interface Deals {
      readonly edges: readonly {
        readonly cursor: string;
        readonly node: { readonly id: string };
      }[];
      readonly pageInfo: { readonly hasNextPage: boolean };
    }
    const deals = async (after?: string) =>
      ((await query(after)).data?.['customer'] as { deals: Deals }).deals;
    const ids = ({ edges }: Deals) => edges.map(({ node }) => node.id);

    const first = await deals();
    expect(ids(first)).toEqual(['11', '12', '13']);
    const following = [];
    for (const { cursor } of first.edges) following.push(await deals(cursor));
    expect(following.map(ids)).toEqual([
      ['12', '13', '14'],
      ['13', '14', '15'],
      ['14', '15'],
    ]);
    expect(following.map(({ pageInfo }) => pageInfo.hasNextPage)).toEqual([true, false, false]);
    const end = following.at(-1)?.edges.at(-1)?.cursor;
    expect(ids(await deals(end))).toEqual([]);
    expect(following.length).toBe(3);
    // What the pages above did not need stays unread.
    const spare = await deals(first.edges[2]?.cursor);
    expect(ids(spare)).toEqual(['14', '15']);
  });

  it('fail only for the customer whose links fail', async () => {
    hubspot.on('GET', CONTACTS, { results: [wireRecord(1), wireRecord(2)] });
    hubspot.on('POST', links('contacts', 'deals'), () => ({
      status: 207,
      body: {
        results: [{ from: { id: '2' }, to: [{ toObjectId: 12 }] }],
        errors: [{ category: 'MISSING_SCOPES', context: { fromObjectId: ['1'] } }],
      },
    }));
    hubspot.on('POST', `${DEALS}/batch/read`, everyRecord());
    const { data, errors } = await ask('{ customers { nodes { deals { nodes { id } } } } }');
    expect(data).toEqual({
      customers: { nodes: [{ deals: null }, { deals: { nodes: [{ id: '12' }] } }] },
    });
    expect(errors).toMatchObject([{ code: 'UPSTREAM_AUTH', path: 'customers.nodes.0.deals' }]);
  });

  it('that fail are errors at their positions, beside the others', async () => {
    hubspot.on('POST', `${CONTACTS}/batch/read`, everyRecord());
    hubspot.on('POST', links('contacts', 'deals'), linksTo({ 1: [11, 12, 13] }));
    hubspot.on('POST', `${DEALS}/batch/read`, () => ({
      status: 207,
      body: {
        results: [wireRecord(11)],
        errors: [{ category: 'VALIDATION_ERROR', context: { ids: ['12'] } }],
      },
    }));
    const { data, errors } = await ask('{ customer(id: "1") { deals { nodes { id } } } }');
    expect(data).toEqual({ customer: { deals: { nodes: [{ id: '11' }, null, null] } } });
    expect(errors).toMatchObject([{ code: 'UPSTREAM_REJECTED', path: 'customer.deals.nodes.1' }]);
  });

  it('refuse a cursor of another customer’s deals', async () => {
    hubspot.on('GET', CONTACTS, { results: [wireRecord(1)] });
    hubspot.on('POST', links('contacts', 'deals'), linksTo({ 1: [11] }));
    hubspot.on('POST', `${DEALS}/batch/read`, everyRecord());
    hubspot.on('POST', `${CONTACTS}/batch/read`, everyRecord());
    const { data } = await ask('{ customers { nodes { deals { edges { cursor } } } } }');
    const cursor = /"cursor":"([^"]+)"/.exec(JSON.stringify(data))?.[1];
    const { errors } = await ask(
      'query ($after: String) { customer(id: "2") { deals(after: $after) { nodes { id } } } }',
      {
        after: cursor,
      },
    );
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', path: 'customer.deals' }]);
  });
});

describe('links of other types', () => {
  it('lead from a company to its customers and deals', async () => {
    hubspot.on('POST', `${COMPANIES}/batch/read`, everyRecord());
    hubspot.on('POST', links('companies', 'contacts'), linksTo({ 7: [1] }));
    hubspot.on('POST', links('companies', 'deals'), linksTo({ 7: [11] }));
    hubspot.on('POST', `${CONTACTS}/batch/read`, everyRecord());
    hubspot.on('POST', `${DEALS}/batch/read`, everyRecord());
    const { data } = await ask(
      '{ company(id: "7") { customers { nodes { id } } deals { nodes { id } } } }',
    );
    expect(data).toEqual({
      company: { customers: { nodes: [{ id: '1' }] }, deals: { nodes: [{ id: '11' }] } },
    });
  });

  it('lead from deals to their primary company, else to another one, or to none', async () => {
    hubspot.on('GET', DEALS, { results: [wireRecord(11), wireRecord(12), wireRecord(13)] });
    hubspot.on('POST', links('deals', 'companies'), () => ({
      status: 207,
      body: {
        results: [
          { from: { id: '12' }, to: [{ toObjectId: 9, associationTypes: [hubspots(341)] }] },
          {
            from: { id: '11' },
            to: [
              { toObjectId: 8, associationTypes: [hubspots(341)] },
              { toObjectId: 7, associationTypes: [hubspots(341), hubspots(5)] },
            ],
          },
        ],
        errors: [noLink('13')],
      },
    }));
    hubspot.on('POST', `${COMPANIES}/batch/read`, everyRecord());
    const { data, errors } = await ask('{ deals { nodes { company { id } } } }');
    expect(errors).toEqual([]);
    expect(data).toEqual({
      deals: { nodes: [{ company: { id: '7' } }, { company: { id: '9' } }, { company: null }] },
    });
    expect(hubspot.asked().map(idsOf)).toEqual([[], ['11', '12', '13'], ['7', '9']]);
  });

  it('lead to the primary company of HubSpot’s type, not to one under a label of the account’s own with its number', async () => {
    hubspot.on('GET', DEALS, { results: [wireRecord(11)] });
    const label = { category: 'USER_DEFINED', typeId: 5, label: 'Reseller' };
    hubspot.on('POST', links('deals', 'companies'), {
      results: [
        {
          from: { id: '11' },
          to: [
            { toObjectId: 8, associationTypes: [hubspots(341), label] },
            { toObjectId: 7, associationTypes: [hubspots(341), hubspots(5)] },
          ],
        },
      ],
    });
    hubspot.on('POST', `${COMPANIES}/batch/read`, everyRecord());
    const { data } = await ask('{ deals { nodes { company { id } } } }');
    expect(data).toEqual({ deals: { nodes: [{ company: { id: '7' } }] } });
  });

  it('lead from a deal to its people', async () => {
    hubspot.on('POST', `${DEALS}/batch/read`, everyRecord());
    hubspot.on('POST', links('deals', 'contacts'), linksTo({ 11: [1, 2] }));
    hubspot.on('POST', `${CONTACTS}/batch/read`, everyRecord());
    const { data } = await ask('{ deal(id: "11") { customers { nodes { id } } } }');
    expect(data).toEqual({ deal: { customers: { nodes: [{ id: '1' }, { id: '2' }] } } });
  });
});
