import { describe, expect, it } from '@jest/globals';
import { pathInVersion } from '../../../../../subgraphs/crm/providers/hubspot/hubspot-api-version.ts';
import {
  changesOf,
  isComplete,
  tagsOf,
} from '../../../../../subgraphs/crm/providers/hubspot/hubspot-cache-tags.ts';
import * as endpoints from '../../../../../subgraphs/crm/providers/hubspot/hubspot-endpoints.ts';
import type { AnyRequest } from '../../../../../upstream/upstream-request.ts';

const query = { limit: 10, properties: ['firstname'] };
const results = (...ids: readonly string[]) => ({ results: ids.map((id) => ({ id })) });
const customer = (id: string) => ({ type: 'Customer', id });
const deal = (id: string) => ({ type: 'Deal', id });

describe.each(['v3', '2026-09'] as const)('the tags of a response, %s', (version) => {
  const tags = (request: AnyRequest, body: unknown) =>
    tagsOf({ ...request, path: pathInVersion(request.path, version) })?.read(body);

  it('are those of the records in the request and response of a batch', () => {
    const batch = endpoints.readRecords('contacts', { ids: ['1', '2'], properties: [] });
    // 2 was merged into 3.
    expect(tags(batch, results('1', '3'))).toEqual({
      records: [customer('1'), customer('2'), customer('3')],
      lists: [],
    });
  });

  it('are those of the links from the addresses in the request of a batch', () => {
    const batch = endpoints.readRecords('contacts', {
      ids: ['jane@example.com'],
      properties: [],
      idProperty: 'email',
    });
    expect(tags(batch, results('1'))).toEqual({
      records: [customer('1')],
      lists: [{ type: 'Customer', dependsOn: expect.arrayContaining(['email']) }],
    });
  });

  it('are those of a list and its records', () => {
    expect(tags(endpoints.listRecords('deals', query), results('7'))).toEqual({
      records: [deal('7')],
      lists: [{ type: 'Deal' }],
    });
  });

  it('are those of all records of the type for a search, whose index lags', () => {
    expect(tags(endpoints.searchRecords('deals', query), results('7'))).toEqual({
      records: [],
      lists: [{ type: 'Deal', dependsOn: ['*'], lagMs: 10_000 }],
    });
  });

  it('are those of both ends of links', () => {
    const links = endpoints.readLinks('contacts', 'deals', [{ id: '1' }, { id: '2' }]);
    const body = { results: [{ from: { id: '1' }, to: [{ toObjectId: 7 }] }] };
    expect(tags(links, body)).toEqual({
      records: [customer('1'), customer('2'), deal('7')],
      lists: [{ type: 'Deal', of: [customer('1'), customer('2')] }],
    });
  });

  it.each([
    ['owners', endpoints.listOwners({ limit: 1 })],
    ['pipelines', endpoints.listDealPipelines()],
    ['lifecycle stages', endpoints.readLifecycleStageProperty()],
    ['properties', endpoints.listProperties('contacts', false)],
    ['schemas', endpoints.listSchemas(false)],
    ['types of the account', endpoints.listRecords('2-123', query)],
    ['links to them', endpoints.readLinks('contacts', '2-123', [{ id: '1' }])],
  ])('are not known without events: %s', (_name, request) => {
    expect(tags(request, {})).toBeUndefined();
  });

  it.each([null, 'text', [], { results: 'none' }, { results: [null, 1, { id: {} }] }])(
    'are those of the request for an invalid body: %j',
    (body) => {
      const batch = endpoints.readRecords('contacts', { ids: ['1'], properties: [] });
      expect(tags(batch, body)).toEqual({ records: [customer('1')], lists: [] });
    },
  );

  it('are those of the type if there are too many records', () => {
    const ids = Array.from({ length: 301 }, (_, index) => String(index + 1));
    expect(tags(endpoints.listRecords('deals', query), results(...ids))).toEqual({
      records: [],
      lists: [{ type: 'Deal' }, { type: 'Deal', dependsOn: ['*'] }],
    });
  });
});

describe('the changes of a write', () => {
  it('are those of the record that is updated, with the names of its properties', () => {
    const update = endpoints.updateRecord('contacts', '1', { properties: { email: 'j@x.org' } });
    expect(changesOf(update, undefined)).toEqual([
      { ...customer('1'), kind: 'UPDATED', related: [], changed: ['email'], searchLagMs: 10_000 },
    ]);
  });

  it('are those of the created record and of each record that it is linked with', () => {
    const associations = [{ to: { id: '5' }, types: endpoints.LINKS.contactToCompany }];
    const creation = endpoints.createRecord('contacts', { properties: {}, associations }, 'unsafe');
    expect(changesOf(creation, { id: '1' })).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ ...customer('1'), kind: 'CREATED' }),
        expect.objectContaining({ type: 'Company', id: '5', kind: 'UPDATED' }),
      ]),
    );
    expect(changesOf(creation, undefined)?.[0]).toMatchObject({ ...customer(''), kind: 'CREATED' });
  });

  it.each([
    ['create', endpoints.setPrimaryCompany('1', '5')],
    ['archive', endpoints.unlinkCompany('1', '5')],
    ['labels', endpoints.unsetPrimaryCompany('1', '5')],
  ])('are those of both ends of a link: %s', (_name, request) => {
    expect(changesOf(request, undefined)).toEqual([
      { ...customer('1'), kind: 'UPDATED', related: [], changed: [], searchLagMs: 10_000 },
      { type: 'Company', id: '5', kind: 'UPDATED', related: [], changed: [], searchLagMs: 10_000 },
    ]);
  });

  it('are unknown for writes that this graph does not make', () => {
    expect(changesOf({ method: 'POST', path: '/crm/v3/tickets' }, {})).toBeUndefined();
    expect(changesOf({ method: 'DELETE', path: '/crm/v3/objects/contacts/1' }, {})).toBeUndefined();
  });
});

describe('a batch with errors', () => {
  const answer = (status: number, ...categories: readonly string[]) => ({
    status,
    headers: {},
    body: { results: [], errors: categories.map((category) => ({ category })) },
  });

  it('is complete if its errors only report missing records', () => {
    expect(isComplete(answer(207, 'OBJECT_NOT_FOUND', 'OBJECT_NOT_FOUND'))).toBe(true);
  });

  it.each([answer(207, 'OBJECT_NOT_FOUND', 'RATE_LIMITS'), answer(500), answer(207, '')])(
    'is incomplete otherwise: %j',
    (other) => {
      expect(isComplete(other)).toBe(false);
    },
  );
});
