import { describe, expect, it } from '@jest/globals';
import { type Asked, mockHubspot, type Reply, wireRecord } from './hubspot-mock.ts';
import { type Answer, startCrm } from './start-crm.ts';

const CONTACTS = '/crm/objects/2026-09/contacts';
const SEARCH = `${CONTACTS}/search`;

const hubspot = mockHubspot();
const { ask } = startCrm();

const PAGE =
  'edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
const customers = (variables: Readonly<Record<string, unknown>>) =>
  ask(
    `query ($first: Int! = 20, $after: String, $search: String, $filter: CustomerFilter, $sort: CustomerSort) {
      customers(first: $first, after: $after, search: $search, filter: $filter, sort: $sort) { ${PAGE} } }`,
    variables,
  );

interface Listed {
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}
const listed = ({ data }: Answer) => data?.['customers'] as Listed;
const ids = (answer: Answer) => listed(answer).edges.map(({ node }) => node.id);

/** HubSpot's list as recorded: `after` is the lowest id that the page may begin with, one above the last one sent. */
const plainList =
  (all: readonly number[]) =>
  ({ query }: Asked): Reply => {
    const rest = all.filter((id) => id >= Number(query['after'] ?? 0));
    const page = rest.slice(0, Number(query['limit']));
    const next = rest.length > page.length && {
      paging: { next: { after: String((page.at(-1) ?? 0) + 1), link: 'https://unused' } },
    };
    return { body: { results: page.map((id) => wireRecord(id)), ...next } };
  };

/** HubSpot's search as recorded: `after` is how many results come before. */
const searchOf =
  (total: number) =>
  ({ body }: Asked): Reply => {
    const from = Number(body['after'] ?? 0);
    const size = Math.max(0, Math.min(Number(body['limit']), total - from));
    const results = Array.from({ length: size }, (_, index) => wireRecord(1 + from + index));
    return {
      body: {
        total,
        results,
        ...(from + size < total && { paging: { next: { after: String(from + size) } } }),
      },
    };
  };

describe('the plain list', () => {
  const seven = plainList([10, 20, 30, 40, 50, 60, 70]);

  it('continues from HubSpot’s own token after a page', async () => {
    hubspot.on('GET', CONTACTS, seven, seven, seven);
    const first = await customers({ first: 3 });
    const second = await customers({ first: 3, after: listed(first).pageInfo.endCursor });
    const third = await customers({ first: 3, after: listed(second).pageInfo.endCursor });
    expect([first, second, third].map(ids)).toEqual([
      ['10', '20', '30'],
      ['40', '50', '60'],
      ['70'],
    ]);
    expect([first, second, third].map((answer) => listed(answer).pageInfo.hasNextPage)).toEqual([
      true,
      true,
      false,
    ]);
    expect(hubspot.asked().map(({ query }) => query)).toEqual([
      { limit: '3', properties: 'hs_object_id' },
      { limit: '3', after: '31', properties: 'hs_object_id' },
      { limit: '3', after: '61', properties: 'hs_object_id' },
    ]);
  });

  it('continues after each edge', async () => {
    hubspot.on('GET', CONTACTS, ...Array.from({ length: 8 }, () => seven));
    const { edges } = listed(await customers({ first: 7 }));
    const following = await Promise.all(
      edges.map(({ cursor }) => customers({ first: 2, after: cursor })),
    );
    expect(following.map(ids)).toEqual([
      ['20', '30'],
      ['30', '40'],
      ['40', '50'],
      ['50', '60'],
      ['60', '70'],
      ['70'],
      [],
    ]);
    expect(following.map((answer) => listed(answer).pageInfo.hasNextPage)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('fills a page that starts inside one of HubSpot’s from the next one', async () => {
    const long = plainList(Array.from({ length: 200 }, (_, index) => index + 1));
    hubspot.on('GET', CONTACTS, long, long, long);
    const { edges } = listed(await customers({ first: 100 }));
    const next = await customers({ first: 80, after: edges[59]?.cursor });
    expect(ids(next)).toEqual(Array.from({ length: 80 }, (_, index) => String(61 + index)));
    expect(hubspot.asked().map(({ query }) => [query['after'], query['limit']])).toEqual([
      [undefined, '100'],
      [undefined, '100'],
      ['101', '40'],
    ]);
  });

  it('ends if HubSpot announces more but sends nothing', async () => {
    hubspot.on('GET', CONTACTS, { results: [], paging: { next: { after: '5' } } });
    expect(ids(await customers({ first: 2 }))).toEqual([]);
  });

  it('counts only if the count is selected, by a search in addition to the list', async () => {
    hubspot.on('GET', CONTACTS, seven);
    hubspot.on('POST', SEARCH, searchOf(7));
    const { data } = await ask('{ customers(first: 1) { totalCount } }');
    expect(data).toEqual({ customers: { totalCount: 7 } });
    expect(hubspot.asked().find(({ path }) => path === SEARCH)?.body).toEqual({
      limit: 1,
      properties: ['hs_object_id'],
    });
  });

  it('has all items when counting fails', async () => {
    hubspot.on('GET', CONTACTS, seven);
    hubspot.on('POST', SEARCH, () => ({ status: 500, body: {} }));
    const { data, errors } = await ask('{ customers(first: 1) { totalCount nodes { id } } }');
    expect(data).toEqual({ customers: { totalCount: null, nodes: [{ id: '10' }] } });
    expect(errors).toMatchObject([{ code: 'UPSTREAM_UNAVAILABLE', path: 'customers.totalCount' }]);
  });
});

describe('a list with a search text, conditions or an order', () => {
  it('is a search', async () => {
    hubspot.on('POST', SEARCH, searchOf(45));
    const { data, errors } = await ask(
      `{ customers(first: 2, search: " ada ", filter: {
          lifecycleStageId: "lead", companyId: "7", city: "Berlin", createdFrom: "2026-01-01T00:00:00Z", createdBefore: "2026-02-01T00:00:00Z",
          updatedFrom: "2026-03-01T00:00:00Z" }, sort: { field: LAST_NAME, direction: DESCENDING }) { totalCount nodes { email } pageInfo { hasNextPage } } }`,
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      customers: {
        totalCount: 45,
        nodes: [{ email: null }, { email: null }],
        pageInfo: { hasNextPage: true },
      },
    });
    expect(hubspot.asked().map(({ body }) => body)).toEqual([
      {
        query: 'ada',
        filterGroups: [
          {
            filters: [
              { propertyName: 'lifecyclestage', operator: 'EQ', value: 'lead' },
              { propertyName: 'associatedcompanyid', operator: 'EQ', value: '7' },
              { propertyName: 'city', operator: 'EQ', value: 'Berlin' },
              {
                propertyName: 'createdate',
                operator: 'BETWEEN',
                value: '1767225600000',
                highValue: '1769903999999',
              },
              { propertyName: 'lastmodifieddate', operator: 'GTE', value: '1772323200000' },
            ],
          },
        ],
        sorts: [{ propertyName: 'lastname', direction: 'DESCENDING' }],
        properties: ['email'],
        limit: 2,
      },
    ]);
  });

  it('filters companies and deals by their own properties', async () => {
    hubspot.on('POST', '/crm/objects/2026-09/companies/search', searchOf(0));
    hubspot.on('POST', '/crm/objects/2026-09/deals/search', searchOf(0));
    await ask(
      `{ companies(filter: { domain: "a.example", industry: "RETAIL", city: "Ulm", createdBefore: "2026-01-01T00:00:00Z" }, sort: { field: UPDATED_AT })
          { nodes { id } }
        deals(filter: { pipelineId: "default", stageId: "won", ownerId: "9", closesFrom: "2026-01-01", closesBefore: "2026-01-02" }, sort: { field: AMOUNT })
          { nodes { id } } }`,
    );
    expect(
      hubspot.asked().map(({ body: { filterGroups, sorts } }) => ({ filterGroups, sorts })),
    ).toEqual([
      {
        filterGroups: [
          {
            filters: [
              { propertyName: 'domain', operator: 'EQ', value: 'a.example' },
              { propertyName: 'industry', operator: 'EQ', value: 'RETAIL' },
              { propertyName: 'city', operator: 'EQ', value: 'Ulm' },
              { propertyName: 'createdate', operator: 'LT', value: '1767225600000' },
            ],
          },
        ],
        sorts: [{ propertyName: 'hs_lastmodifieddate', direction: 'ASCENDING' }],
      },
      {
        filterGroups: [
          {
            filters: [
              { propertyName: 'pipeline', operator: 'EQ', value: 'default' },
              { propertyName: 'dealstage', operator: 'EQ', value: 'won' },
              { propertyName: 'hubspot_owner_id', operator: 'EQ', value: '9' },
              {
                propertyName: 'closedate',
                operator: 'BETWEEN',
                value: '1767225600000',
                highValue: '1767311999999',
              },
            ],
          },
        ],
        sorts: [{ propertyName: 'amount', direction: 'ASCENDING' }],
      },
    ]);
  });

  it('continues after each edge, without reading anything twice', async () => {
    hubspot.on('POST', SEARCH, ...Array.from({ length: 4 }, () => searchOf(5)));
    const { edges } = listed(await customers({ first: 3, search: 'a' }));
    const following = await Promise.all(
      edges.map(({ cursor }) => customers({ first: 2, search: 'a', after: cursor })),
    );
    expect(following.map(ids)).toEqual([
      ['2', '3'],
      ['3', '4'],
      ['4', '5'],
    ]);
    expect(hubspot.asked().map(({ body }) => body['after'])).toEqual([undefined, '1', '2', '3']);
  });

  it('is refused beyond the records that a search can reach', async () => {
    hubspot.on('POST', SEARCH, searchOf(12_000), searchOf(12_000));
    const start = listed(await customers({ first: 1, search: 'a' })).edges[0]?.cursor ?? '';
    const at = (position: number) => rewrite(start, `:${String(position)}`);
    const last = await customers({ first: 100, search: 'a', after: at(9950) });
    expect(hubspot.asked()[1]?.body).toMatchObject({ after: '9950', limit: 50 });
    expect(listed(last).pageInfo.hasNextPage).toBe(true);
    const beyond = await customers({
      first: 100,
      search: 'a',
      after: listed(last).pageInfo.endCursor,
    });
    expect(beyond.errors).toMatchObject([{ code: 'BAD_USER_INPUT', path: 'customers' }]);
    expect(beyond.errors[0]?.message).toContain('10,000');
  });

  it.each([
    [
      { filter: { companyId: 'acme' } },
      'filter.companyId must be a number of up to 20 digits, but got "acme".',
    ],
    [{ filter: { city: ' ' } }, 'filter.city must be text of 1 to 200 characters, but got 1.'],
    [
      { filter: { createdFrom: '2026-02-01T00:00:00Z', createdBefore: '2026-01-01T00:00:00Z' } },
      'filter.createdFrom must be earlier than filter.createdBefore, but is not.',
    ],
    [{ search: 'x'.repeat(3001) }, 'search must be text of at most 3000 characters, but got 3001.'],
  ])('refuses conditions that no CRM supports: %j', async (variables, message) => {
    const { data, errors } = await customers(variables);
    expect(data).toEqual({ customers: null });
    expect(errors).toEqual([{ code: 'BAD_USER_INPUT', path: 'customers', message }]);
  });

  it.each([
    [
      'deals',
      'DealFilter',
      { ownerId: 'me' },
      'filter.ownerId must be a number of up to 20 digits, but got "me".',
    ],
    [
      'deals',
      'DealFilter',
      { stageId: 's'.repeat(201) },
      'filter.stageId must be text of 1 to 200 characters, but got 201.',
    ],
    [
      'deals',
      'DealFilter',
      { closesFrom: '2026-01-02', closesBefore: '2026-01-02' },
      'filter.closesFrom must be earlier than filter.closesBefore, but is not.',
    ],
    [
      'companies',
      'CompanyFilter',
      { domain: '' },
      'filter.domain must be text of 1 to 200 characters, but got 0.',
    ],
  ])(
    'refuses a filter of %s that no CRM supports, without a call',
    async (list, type, filter, message) => {
      const { errors, calls } = await ask(
        `query ($filter: ${type}) { ${list}(filter: $filter) { nodes { id } } }`,
        { filter },
      );
      expect([errors, calls]).toEqual([[{ code: 'BAD_USER_INPUT', path: list, message }], []]);
    },
  );

  it('is a plain list if search, filter and sort are empty', async () => {
    hubspot.on('GET', CONTACTS, { results: [] });
    expect(ids(await customers({ search: ' ', filter: {} }))).toEqual([]);
  });
});

describe('a cursor', () => {
  const one = plainList([10, 20]);
  const firstCursor = async () => listed(await customers({ first: 1 })).pageInfo.endCursor;

  it.each(['', 'nonsense', Buffer.from('["x",1]').toString('base64url')])(
    'that this graph did not create is refused: %j',
    async (after) => {
      const { errors } = await customers({ after });
      expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', path: 'customers' }]);
    },
  );

  it.each([
    '',
    '21',
    '21:',
    ':',
    '21:x',
    '2 1:0',
    '21:0?a=b',
    `${'1'.repeat(300)}:0`,
    '../deals:0&x=1',
    '21:100000',
  ])('with a tampered position is refused: %j', async (position) => {
    hubspot.on('GET', CONTACTS, one);
    const { errors } = await customers({ after: rewrite(await firstCursor(), position) });
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', path: 'customers' }]);
  });

  it('whose position HubSpot refuses is BAD_USER_INPUT', async () => {
    hubspot.on('GET', CONTACTS, one, () => ({
      status: 400,
      body: { status: 'error', message: 'bad after', category: 'VALIDATION_ERROR' },
    }));
    const { errors } = await customers({ after: rewrite(await firstCursor(), 'abc:0') });
    expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', path: 'customers' }]);
  });

  it('is not BAD_USER_INPUT if a proxy refuses the request with a page', async () => {
    hubspot.on('GET', CONTACTS, one, () => ({ status: 400, body: '<html>Bad Request</html>' }));
    const { errors } = await customers({ after: rewrite(await firstCursor(), 'abc:0') });
    expect(errors).toMatchObject([{ code: 'UPSTREAM_REJECTED', path: 'customers' }]);
  });

  it('of a list with another filter or order is refused', async () => {
    hubspot.on('POST', SEARCH, searchOf(5));
    const { pageInfo } = listed(await customers({ first: 1, search: 'a' }));
    for (const other of [
      { search: 'b' },
      { search: 'a', sort: { field: 'EMAIL' } },
      { search: 'a', filter: { city: 'Ulm' } },
      {},
    ]) {
      const { errors } = await customers({ ...other, first: 1, after: pageInfo.endCursor });
      expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', path: 'customers' }]);
    }
  });

  it.each([0, 101, -1])('or a page size out of bounds is refused: first: %d', async (first) => {
    const { errors } = await customers({ first });
    expect(errors).toMatchObject([
      {
        code: 'BAD_USER_INPUT',
        message: `first must be an integer from 1 to 100, but got ${String(first)}.`,
      },
    ]);
  });
});

function rewrite(cursor: string, position: string): string {
  const [list] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, string];
  return Buffer.from(JSON.stringify([list, position])).toString('base64url');
}
