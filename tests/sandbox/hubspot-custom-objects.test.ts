import { Client } from '@hubspot/api-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recordId } from '../../sandbox/hubspot/hubspot-ids.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';

// The client's documentation passes literals, too, where its types name a class.
/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment */

const MACHINES = '2-38291746';

let sandbox: Sandbox<'hubspot'>;
let hubspot: Client;
beforeAll(async () => {
  sandbox = await startSandbox({ vendors: ['hubspot'] });
  hubspot = new Client({ accessToken: 'pat-na1-sandbox', basePath: sandbox.hubspot.baseUrl });
});
afterAll(() => sandbox.close());

const get = async (path: string, token = 'pat-na1-sandbox') => {
  const response = await fetch(sandbox.hubspot.baseUrl + path, {
    headers: { authorization: `Bearer ${token}` },
  });
  // A cast: what is read of it is compared.
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};

describe("custom objects of the sandbox's HubSpot account", () => {
  it("are listed with properties and associations, as HubSpot's own client reads them", async () => {
    const { results } = await hubspot.crm.schemas.coreApi.getAll();
    expect(results.map(({ objectTypeId, name }) => [objectTypeId, name])).toEqual([
      [MACHINES, 'machine'],
      ['2-38291802', 'service_visit'],
    ]);
    const [machine] = results;
    expect(machine).toMatchObject({
      fullyQualifiedName: 'p24681357_machine',
      labels: { singular: 'Machine', plural: 'Machines' },
      requiredProperties: ['serial_number'],
      archived: false,
    });
    expect(machine?.properties.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['serial_number', 'hs_createdate', 'hs_object_id']),
    );
    expect(
      machine?.associations.map(
        ({ fromObjectTypeId, toObjectTypeId }) => `${fromObjectTypeId} ${toObjectTypeId}`,
      ),
    ).toEqual(expect.arrayContaining([`${MACHINES} 0-1`, `0-1 ${MACHINES}`, `${MACHINES} 0-2`]));
  });

  it('are listed at the paths of each version, with the requested parts', async () => {
    for (const path of [
      '/crm/v3/schemas',
      '/crm-object-schemas/v3/schemas',
      '/crm-object-schemas/2026-09/schemas',
    ]) {
      const { status, body } = await get(`${path}?includePropertyDefinitions=false`);
      expect([path, status]).toEqual([path, 200]);
      expect(body['results']).toEqual(
        expect.arrayContaining([expect.objectContaining({ properties: [] })]),
      );
    }
    expect((await get('/crm/v3/schemas?archived=true')).body['results']).toEqual([
      expect.objectContaining({ objectTypeId: '2-30753436', archived: true }),
    ]);
  });

  it('are read, listed, searched and associated like other records, with their own names of times', async () => {
    const id = recordId('machines', 0);
    const read = await hubspot.crm.objects.basicApi.getById(MACHINES, id);
    expect(read.properties).toEqual({
      hs_createdate: '2025-01-01T08:00:00.000Z',
      hs_lastmodifieddate: '2025-01-01T08:00:00.000Z',
      hs_object_id: id,
    });
    const batch = await hubspot.crm.objects.batchApi.read(MACHINES, {
      inputs: [{ id }, { id: '7' }],
      properties: ['serial_number'],
      propertiesWithHistory: [],
    });
    expect(batch.results[0]?.properties['serial_number']).toBe('SN-1000');
    expect(batch).toMatchObject({ numErrors: 1 });
    const found = await hubspot.crm.objects.searchApi.doSearch(MACHINES, {
      filterGroups: [
        {
          filters: [
            { propertyName: 'machine_condition', operator: 'EQ' as never, value: 'in_repair' },
          ],
        },
      ],
      properties: [],
      limit: 1,
      after: '0',
      sorts: [],
    });
    expect(found.total).toBe(20);
    const links = await hubspot.crm.associations.v4.batchApi.getPage(MACHINES, 'contacts', {
      inputs: [{ id }],
    });
    expect(links.results[0]).toMatchObject({
      to: [{ associationTypes: [{ category: 'USER_DEFINED', label: null }] }],
    });
  });

  it.each([
    ['/crm/v3/objects/2-999', 'Unable to infer object type from: 2-999'],
    ['/crm/v3/objects/machine', 'Unable to infer object type from: machine'],
    ['/crm/v3/properties/machines', 'Unable to infer object type from: machines'],
  ])('return 400 for an unknown type: %s', async (path, message) => {
    expect(await get(path)).toMatchObject({
      status: 400,
      body: { status: 'error', category: 'VALIDATION_ERROR', message },
    });
  });

  it('need scopes of their own, which are the same for all of them', async () => {
    for (const [path, scope] of [
      ['/crm/v3/schemas', 'crm.schemas.custom.read'],
      [`/crm/v3/properties/${MACHINES}`, 'crm.schemas.custom.read'],
      [`/crm/v3/objects/${MACHINES}`, 'crm.objects.custom.read'],
      ['/crm/v3/objects/p24681357_machine', 'crm.objects.custom.read'],
    ] as const) {
      const { status } = await get(path, `pat-without-${scope}`);
      expect([path, status]).toEqual([path, 403]);
    }
  });
});
