import { describe, expect, it } from '@jest/globals';
import { recordId } from '../../sandbox/hubspot/hubspot-ids.ts';
import {
  createHubSpotSandboxVendor,
  type HubSpotOptions,
} from '../../sandbox/hubspot/hubspot-sandbox-vendor.ts';
import { buildWorld } from '../../sandbox/world/world.ts';

const world = buildWorld();

interface Record {
  readonly id: string;
  readonly properties: Readonly<globalThis.Record<string, string | null>>;
}

interface AssociationPage {
  readonly to: readonly { readonly toObjectId: number }[];
  readonly paging?: { readonly next: { readonly after: string } };
}

function start(options?: HubSpotOptions) {
  const sandboxVendor = createHubSpotSandboxVendor(world, options);
  const ask = (url: string, body?: object) => {
    const { pathname, searchParams } = new URL(url, 'http://hubspot');
    const answer = sandboxVendor.answer({
      method: body ? 'POST' : 'GET',
      path: pathname,
      query: searchParams,
      headers: { authorization: 'Bearer x' },
      body: body ? JSON.stringify(body) : '',
    });
    // The tests say what they expect to be in it.
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    return { ...answer, body: answer.body as any };
  };
  const search = (type: string, body: object) => {
    const { results, total } = ask(`/crm/v3/objects/${type}/search`, body).body as {
      readonly results: Record[];
      readonly total: number;
    };
    return { total, results };
  };
  return { sandboxVendor, ask, search };
}

const filtered = (...filters: object[]) => ({ filterGroups: [{ filters }], limit: 200 });

describe('properties', () => {
  it('are the requested ones and the default ones, ordered by name; unknown ones are omitted', () => {
    const { properties } = start().ask(
      '/crm/v3/objects/contacts?limit=1&properties=phone,email&properties=nonsense',
    ).body.results[0];
    expect(Object.keys(properties)).toEqual([
      'createdate',
      'email',
      'hs_object_id',
      'lastmodifieddate',
      'phone',
    ]);
  });

  it('are a default set if none is requested', () => {
    const { properties } = start().ask('/crm/v3/objects/deals?limit=1').body.results[0];
    const always = [
      'amount',
      'closedate',
      'createdate',
      'dealname',
      'dealstage',
      'hs_lastmodifieddate',
      'hs_object_id',
      'pipeline',
    ];
    expect(Object.keys(properties)).toEqual(always);
  });

  it('are text or null', () => {
    const names = Object.keys(start().ask('/crm/v3/properties/deals').body.results).length;
    expect(names).toBeGreaterThan(10);
    const { results } = start().search('deals', {
      properties: ['amount', 'hs_is_closed', 'hs_deal_stage_probability'],
      limit: 200,
    });
    for (const value of results.flatMap(({ properties }) => Object.values(properties)))
      expect([typeof value, value]).not.toContain('number');
  });
});

describe('batches', () => {
  it('have another order than the ids, contain repeated ones once, and have 100 records at most', () => {
    const { ask } = start();
    const ids = [0, 1, 2, 2].map((key) => ({ id: recordId('contacts', key) }));
    const { status, body } = ask('/crm/v3/objects/contacts/batch/read', { inputs: ids });
    expect(status).toBe(200);
    expect(body.results.map(({ id }: Record) => id)).toEqual(
      [2, 1, 0].map((key) => recordId('contacts', key)),
    );
    const tooMany = Array.from({ length: 101 }, (_, index) => ({ id: String(index) }));
    expect(ask('/crm/v3/objects/contacts/batch/read', { inputs: tooMany })).toMatchObject({
      status: 400,
      body: { category: 'VALIDATION_ERROR' },
    });
  });

  it('read by e-mail', () => {
    const inputs = [{ id: 'ZOE.lefevre@atelier-lumiere.example' }, { id: 'nobody@example.org' }];
    const { status, body } = start().ask('/crm/v3/objects/contacts/batch/read', {
      inputs,
      idProperty: 'email',
      properties: ['email'],
    });
    expect(status).toBe(207);
    expect(body.results.map(({ id }: Record) => id)).toEqual([recordId('contacts', 0)]);
    expect(body.errors[0].context.ids).toEqual(['nobody@example.org']);
  });

  it('of associations report ids without any, and continue page by page', () => {
    const { ask } = start({ associationsPerPage: 2 });
    const company = world.companies.find(
      ({ key }) => world.people.filter((person) => person.company === key).length > 3,
    );
    const id = recordId('companies', company?.key ?? 0);
    const read = (inputs: object[]) =>
      ask('/crm/v4/associations/companies/contacts/batch/read', { inputs });
    const first = read([{ id }, { id: '1' }]);
    expect(first).toMatchObject({
      status: 207,
      body: { numErrors: 1, errors: [{ subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND' }] },
    });
    const found: number[] = [];
    let after: string | undefined = '0';
    while (after !== undefined) {
      const [result]: AssociationPage[] = read([{ id, after }]).body.results;
      found.push(...(result?.to ?? []).map(({ toObjectId }) => toObjectId));
      after = result?.paging?.next.after;
    }
    const wanted = world.people
      .filter((person) => person.company === company?.key)
      .map(({ key }) => Number(recordId('contacts', key)));
    expect(found).toEqual(wanted);
  });

  it('that are malformed are refused', () => {
    expect(start().ask('/crm/v3/objects/contacts/batch/read', { ids: [] })).toMatchObject({
      status: 400,
      body: { status: 'error' },
    });
  });
});

describe('searches', () => {
  const count = (predicate: (person: (typeof world.people)[number]) => boolean) =>
    world.people.filter(predicate).length;

  it.each([
    [
      'EQ',
      { operator: 'EQ', value: 'CUSTOMER' },
      count((person) => person.lifecycleStage === 'customer'),
    ],
    [
      'NEQ',
      { operator: 'NEQ', value: 'customer' },
      count((person) => person.lifecycleStage !== 'customer'),
    ],
    [
      'IN',
      { operator: 'IN', values: ['lead', 'other'] },
      count((person) => ['lead', 'other'].includes(person.lifecycleStage)),
    ],
    [
      'HAS_PROPERTY',
      { propertyName: 'email', operator: 'HAS_PROPERTY' },
      count((person) => person.email !== null),
    ],
    [
      'NOT_HAS_PROPERTY',
      { propertyName: 'email', operator: 'NOT_HAS_PROPERTY' },
      count((person) => person.email === null),
    ],
    [
      'GTE',
      { propertyName: 'createdate', operator: 'GTE', value: '2025-01-01' },
      count((person) => person.createdAt >= '2025'),
    ],
    [
      'LT in milliseconds',
      { propertyName: 'createdate', operator: 'LT', value: String(Date.parse('2025-01-01')) },
      count((person) => person.createdAt < '2025'),
    ],
    [
      'BETWEEN',
      {
        propertyName: 'createdate',
        operator: 'BETWEEN',
        value: '2024-01-01',
        highValue: '2025-01-01',
      },
      count((person) => person.createdAt.startsWith('2024')),
    ],
    [
      'CONTAINS_TOKEN',
      { propertyName: 'email', operator: 'CONTAINS_TOKEN', value: 'example.org' },
      count((person) => person.email?.endsWith('@example.org') === true),
    ],
    [
      'CONTAINS_TOKEN with a star',
      { propertyName: 'email', operator: 'CONTAINS_TOKEN', value: 'atelier*' },
      count((person) => person.email?.includes('@atelier') === true),
    ],
    [
      'CONTAINS_TOKEN with stars within a word',
      { propertyName: 'email', operator: 'CONTAINS_TOKEN', value: 'a*l*er*' },
      count((person) => person.email?.includes('@atelier') === true),
    ],
  ])('filter by %s', (_name, filter, total) => {
    expect(total).toBeGreaterThan(0);
    expect(
      start().search('contacts', filtered({ propertyName: 'lifecyclestage', ...filter })).total,
    ).toBe(total);
  });

  it('find text by IN in lower case only', () => {
    const search = (value: string) =>
      start().search(
        'companies',
        filtered({ propertyName: 'name', operator: 'IN', values: [value] }),
      ).total;
    expect([search('Cité Vélo'), search('cité vélo')]).toEqual([0, 1]);
  });

  it('combine groups by OR and filters of one group by AND', () => {
    const { search } = start();
    const by = (value: string) => ({
      filters: [{ propertyName: 'domain', operator: 'EQ', value }],
    });
    expect(
      search('companies', { filterGroups: [by('nordhafen.example'), by('limmat.example')] }).total,
    ).toBe(2);
    const both = [by('nordhafen.example'), by('limmat.example')].flatMap(({ filters }) => filters);
    expect(search('companies', filtered(...both)).total).toBe(0);
  });

  it('look for words of a query at the beginning of words', () => {
    const { results } = start().search('contacts', { query: 'zoé lef', properties: ['email'] });
    expect(results[0]?.properties['email']).toBe('zoe.lefevre@atelier-lumiere.example');
    expect(start().search('contacts', { query: 'efevre' }).total).toBe(0);
  });

  it('sort, and continue by position', () => {
    const { search, ask } = start();
    const sorts = [{ propertyName: 'lastname', direction: 'DESCENDING' }];
    const names = search('contacts', { sorts, limit: 200, properties: ['lastname'] }).results.map(
      ({ properties }) => properties['lastname'],
    );
    const written = names
      .filter((name) => typeof name === 'string')
      .map((name) => name.toLowerCase());
    expect(written).toEqual(written.toSorted().toReversed());
    const second = ask('/crm/v3/objects/contacts/search', {
      sorts,
      limit: 3,
      after: '3',
      properties: ['lastname'],
    }).body;
    expect(second.results.map(({ properties }: Record) => properties['lastname'])).toEqual(
      names.slice(3, 6),
    );
    expect(second.paging).toEqual({ next: { after: '6' } });
  });

  it.each([
    ['a page of more than 200', { limit: 201 }],
    ['results beyond the ten thousandth', { after: 9_999, limit: 2 }],
    ['an unknown property', filtered({ propertyName: 'nonsense', operator: 'EQ', value: '1' })],
    ['an unknown operator', filtered({ propertyName: 'email', operator: 'LIKE', value: '1' })],
    ['more than five groups', { filterGroups: Array.from({ length: 6 }, () => ({ filters: [] })) }],
  ])('refuse %s', (_name, body) => {
    expect(start().ask('/crm/v3/objects/contacts/search', body)).toMatchObject({
      status: 400,
      body: { category: 'VALIDATION_ERROR' },
    });
  });
});

describe('limits', () => {
  it('are 100 calls in ten seconds when enabled, and reported in headers', () => {
    let now = 0;
    const { sandboxVendor, ask } = start({ now: () => now });
    sandboxVendor.limits = true;
    const answers = Array.from({ length: 101 }, () => ask('/crm/v3/owners'));
    expect(answers.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 100 }, () => 200),
      429,
    ]);
    expect(answers[0]?.headers).toMatchObject({
      'x-hubspot-ratelimit-max': '100',
      'x-hubspot-ratelimit-remaining': '99',
    });
    expect(answers[100]?.body).toMatchObject({
      errorType: 'RATE_LIMIT',
      policyName: 'TEN_SECONDLY_ROLLING',
    });
    now = 10_000;
    expect(ask('/crm/v3/owners').status).toBe(200);
  });

  it('of searches are five a second, counted separately', () => {
    const { sandboxVendor, ask } = start({ now: () => 0 });
    sandboxVendor.limits = true;
    const answers = Array.from({ length: 6 }, () => ask('/crm/v3/objects/contacts/search', {}));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429]);
    expect(answers[5]?.body).toMatchObject({ policyName: 'SECONDLY' });
    expect(ask('/crm/v3/owners').status).toBe(200);
  });

  it('are off by default', () => {
    const { ask } = start();
    expect(
      Array.from({ length: 150 }, () => ask('/crm/v3/owners').status).every(
        (status) => status === 200,
      ),
    ).toBe(true);
  });
});

describe('dated paths', () => {
  const { ask } = start();
  const inputs = [{ id: recordId('contacts', 0) }];

  it.each([
    ['/crm/v3/objects/contacts?limit=2', '/crm/objects/2026-09/contacts?limit=2'],
    ['/crm/v3/owners?limit=2', '/crm/owners/2026-09?limit=2'],
    ['/crm/v3/pipelines/deals', '/crm/pipelines/2026-09/deals'],
    [
      '/crm/v3/properties/contacts/lifecyclestage',
      '/crm/properties/2026-09/contacts/lifecyclestage',
    ],
  ])('return what the numbered ones return: %s', (numbered, dated) => {
    const withoutLinks = (body: unknown) => JSON.stringify(body).replaceAll(/"link":"[^"]*"/g, '');
    expect(withoutLinks(ask(dated).body)).toBe(withoutLinks(ask(numbered).body));
  });

  it('answer searches and batches', () => {
    const objects = '/crm/objects/2026-09/contacts';
    expect(ask(`${objects}/batch/read`, { inputs }).body.results).toMatchObject(inputs);
    expect(ask(`${objects}/search`, { limit: 1 }).body.total).toBe(world.people.length);
    const links = '/crm/associations/2026-09/contacts/companies/batch/read';
    expect(ask(links, { inputs }).body.results).toMatchObject([{ from: inputs[0] }]);
  });

  it.each([
    '/crm/2026-09/objects/contacts',
    '/crm/objects/2019-09/contacts',
    '/crm/v4/objects/contacts',
    '/crm/v3/associations/contacts/companies/batch/read',
  ])('do not exist in another form: %s', (path) => {
    expect(ask(path, { inputs }).status).toBe(404);
  });
});

describe('owners whose user was removed', () => {
  it('are in a separate list, and own deals', () => {
    const { ask, search } = start();
    const { results } = ask('/crm/v3/owners?archived=true').body;
    expect(results).toMatchObject([{ archived: true, firstName: 'Tomas' }]);
    const [{ id }] = results as readonly [{ readonly id: string }];
    expect(ask('/crm/v3/owners').body.results).not.toContainEqual(expect.objectContaining({ id }));
    expect(ask(`/crm/v3/owners/${id}`).status).toBe(404);
    expect(ask(`/crm/v3/owners/${id}?archived=true`).body).toMatchObject({ id, archived: true });
    const filter = { propertyName: 'hubspot_owner_id', operator: 'EQ', value: id };
    expect(search('deals', { filterGroups: [{ filters: [filter] }] }).total).toBeGreaterThan(0);
  });
});

describe('a path that does not exist', () => {
  it.each([
    '/',
    '/crm/v3/objects/contacts/1',
    '/crm/v3/objects/contacts/1/2',
    '/crm/v9/objects/contacts',
  ])('%s returns an error page', (path) => {
    expect(start().ask(path)).toMatchObject({
      status: 404,
      headers: { 'content-type': 'text/html;charset=iso-8859-1' },
    });
  });
});
