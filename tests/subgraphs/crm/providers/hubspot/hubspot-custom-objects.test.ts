import { afterEach, describe, expect, it } from '@jest/globals';
import type { CustomObjectType } from '../../../../../subgraphs/extensions/custom-objects.ts';
import type { ApiVersion } from '../../../../../subgraphs/crm/providers/hubspot/hubspot-api-version.ts';
import { scopesOf } from '../../../../../subgraphs/crm/providers/hubspot/hubspot-permissions.ts';
import { createHubspotProvider } from '../../../../../subgraphs/crm/providers/hubspot/hubspot-provider.ts';
import type { CrmProvider } from '../../../../../subgraphs/crm/provider.ts';
import { Credential } from '../../../../../upstream/credential.ts';
import { scopeOf } from '../../../../upstream/loopback.ts';
import { ownResources } from '../../../test-resources.ts';
import { mockHubspot } from '../../hubspot-mock.ts';
import { HUBSPOT } from '../../start-crm.ts';

const hubspot = mockHubspot();

const MACHINE: CustomObjectType = {
  name: 'Machine',
  vendorType: '2-123456',
  fields: [
    { name: 'serial', property: 'serial_number', kind: 'text', inputName: 'serial' },
    { name: 'rent', property: 'monthly_rent', kind: 'decimal', inputName: 'rent' },
  ],
};

const RECORDS = '/crm/objects/2026-09/2-123456';

const record = (id: string, properties: Record<string, string | null> = {}) => ({
  id,
  properties: { hs_object_id: id, hs_createdate: TIME, hs_lastmodifieddate: TIME, ...properties },
  createdAt: TIME,
  updatedAt: TIME,
  archived: false,
});
const TIME = '2025-01-01T08:00:00.000Z';

let provider: CrmProvider;
const open = (apiVersion: ApiVersion = '2026-09') => {
  provider = createHubspotProvider(
    {
      accessToken: new Credential('test'),
      apiVersion,
      baseUrl: HUBSPOT,
      rateLimit: null,
      idempotencyProperty: null,
    },
    { defaultCurrency: 'EUR', referenceProperty: null },
    ownResources(),
  );
  return provider;
};
afterEach(() => provider.close());

describe("HubSpot's custom objects", () => {
  it('are read in one batch, with the properties of the selected fields, in the order of the ids', async () => {
    hubspot.on('POST', `${RECORDS}/batch/read`, {
      results: [record('3', { monthly_rent: '49.50' }), record('1', { monthly_rent: null })],
      errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: ['2'] } }],
    });
    const found = await open().objectsById(
      MACHINE,
      ['1', '2', '3'],
      new Set(['id', 'rent', 'customers']),
      scopeOf(),
    );
    expect(found).toEqual([
      { id: '1', createdAt: TIME, updatedAt: TIME, extra: { serial: null, rent: null } },
      null,
      { id: '3', createdAt: TIME, updatedAt: TIME, extra: { serial: null, rent: '49.50' } },
    ]);
    expect(hubspot.asked().map(({ body }) => body)).toEqual([
      {
        inputs: [{ id: '1' }, { id: '2' }, { id: '3' }],
        properties: ['monthly_rent', 'hs_merged_object_ids'],
      },
    ]);
  });

  it('have their own id when the id of a merged record is requested', async () => {
    hubspot.on('POST', `${RECORDS}/batch/read`, {
      results: [record('9', { hs_merged_object_ids: '1;2' }), record('3')],
    });
    const found = await open().objectsById(MACHINE, ['2', '3'], new Set(), scopeOf());
    expect(found).toMatchObject([{ id: '9' }, { id: '3' }]);
  });

  it('are listed, and searched with conditions', async () => {
    hubspot.on('GET', RECORDS, { results: [record('1', { serial_number: 'A' })] });
    hubspot.on('POST', `${RECORDS}/search`, { total: 1, results: [record('1')] });
    const page = { first: 10 };
    const fields = new Set(['serial']);
    const listed = await open().objects(MACHINE, { page, counted: false }, fields, scopeOf());
    expect(listed).toMatchObject({
      hasNextPage: false,
      entries: [{ item: { id: '1', extra: { serial: 'A' } } }],
    });
    const filter = { extra: { serial: { is: 'A' }, rent: { from: '10', to: '20' } } };
    await provider.objects(MACHINE, { page, filter, counted: false }, fields, scopeOf());
    const [list, search] = hubspot.asked();
    expect(list?.query).toEqual({ limit: '10', properties: 'serial_number' });
    expect(search?.body).toMatchObject({
      filterGroups: [
        {
          filters: [
            { propertyName: 'serial_number', operator: 'EQ', value: 'A' },
            { propertyName: 'monthly_rent', operator: 'BETWEEN', value: '10', highValue: '20' },
          ],
        },
      ],
    });
  });

  it('are linked in either direction', async () => {
    for (const path of ['2-123456/contacts', 'deals/2-123456'])
      hubspot.on('POST', `/crm/associations/2026-09/${path}/batch/read`, {
        results: [{ from: { id: '1' }, to: [{ toObjectId: 7 }, { toObjectId: 8 }] }],
      });
    const requests = [{ id: '1', page: { first: 1 } }];
    for (const link of [
      { from: MACHINE, to: 'customer' },
      { from: 'deal', to: MACHINE },
    ] as const) {
      const [page] = await (link.to === 'customer' ? open() : provider).linkedIds(
        link,
        requests,
        scopeOf(),
      );
      expect(page).toMatchObject({ entries: [{ item: '7' }], hasNextPage: true, totalCount: 2 });
    }
  });

  it.each([
    ['2026-09', '/crm-object-schemas/2026-09/schemas', '/crm/properties/2026-09/2-123456'],
    ['v3', '/crm-object-schemas/v3/schemas', '/crm/v3/properties/2-123456'],
  ] as const)('are defined by the account, in version %s', async (version, schemas, properties) => {
    hubspot.on(
      'GET',
      schemas,
      {
        results: [
          {
            objectTypeId: '2-123456',
            name: 'machine',
            labels: { singular: 'Machine' },
            associations: [
              { fromObjectTypeId: '2-123456', toObjectTypeId: '0-1' },
              { fromObjectTypeId: '0-1', toObjectTypeId: '2-123456' },
              { fromObjectTypeId: '2-7', toObjectTypeId: '2-123456' },
              { fromObjectTypeId: '2-123456', toObjectTypeId: '0-5' },
            ],
          },
        ],
      },
      { results: [{ objectTypeId: '2-9', name: 'gone', labels: {}, archived: true }] },
    );
    hubspot.on(
      'GET',
      properties,
      { results: [{ name: 'serial_number', label: 'Serial number', type: 'string' }] },
      { results: [] },
    );
    expect(await open(version).objectTypes(scopeOf())).toEqual([
      {
        vendorType: '2-123456',
        name: 'machine',
        label: 'Machine',
        pluralLabel: '',
        description: '',
        isArchived: false,
        linkedTypes: ['Customer', '2-7', '0-5'],
      },
      {
        vendorType: '2-9',
        name: 'gone',
        label: '',
        pluralLabel: '',
        description: '',
        isArchived: true,
        linkedTypes: [],
      },
    ]);
    expect(await provider.properties(MACHINE, scopeOf())).toMatchObject([
      { name: 'serial_number', kind: 'text' },
    ]);
    expect(hubspot.asked().map(({ query }) => query['archived'])).toEqual(
      expect.arrayContaining(['false', 'true']),
    );
  });

  it.each([
    ['/crm/objects/2026-09/2-1', 'crm.objects.custom.read'],
    ['/crm/properties/2026-09/2-1', 'crm.schemas.custom.read'],
    ['/crm-object-schemas/2026-09/schemas', 'crm.schemas.custom.read'],
    ['/crm-object-schemas/v3/schemas', 'crm.schemas.custom.read'],
  ])('need one scope for all types: %s', (path, scope) => {
    expect(scopesOf({ path, semantics: 'safe' })).toEqual([scope]);
  });

  it('are read only under ids of custom types', () => {
    const invalid = { ...MACHINE, vendorType: '0-1/../x' };
    expect(() => open().objectsById(invalid, ['1'], new Set(), scopeOf())).toThrow(
      '0-1/../x was expected to be the id of a custom object type.',
    );
  });
});
