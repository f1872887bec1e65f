import { Client } from '@hubspot/api-client';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { recordId } from '../../sandbox/hubspot/hubspot-ids.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { buildWorld } from '../../sandbox/world/world.ts';

// The client's documentation passes literals, too, where its types name a class.
/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment */

const world = buildWorld();
let sandbox: Sandbox<'hubspot'>;
let hubspot: Client;
beforeAll(async () => {
  sandbox = await startSandbox({ vendors: ['hubspot'] });
  hubspot = new Client({ accessToken: 'pat-na1-sandbox', basePath: sandbox.hubspot.baseUrl });
});
afterAll(() => sandbox.close());

describe("HubSpot's own client on the sandbox vendor", () => {
  it('reads a whole list, page by page', async () => {
    const contacts = await hubspot.crm.contacts.getAll(100, undefined, ['email']);
    expect(contacts.map(({ id }) => id)).toEqual(
      world.people.map(({ key }) => recordId('contacts', key)),
    );
    expect(contacts.map(({ properties }) => properties['email'])).toEqual(
      world.people.map(({ email }) => email),
    );
  });

  it('reads one record', async () => {
    const deal = await hubspot.crm.deals.basicApi.getById(recordId('deals', 0), [
      'dealname',
      'deal_currency_code',
    ]);
    expect(deal.properties).toMatchObject({
      dealname: world.deals[0]?.title,
      deal_currency_code: world.deals[0]?.currency,
    });
    expect(deal.createdAt).toEqual(new Date(world.deals[0]?.createdAt ?? ''));
  });

  it('searches', async () => {
    const found = await hubspot.crm.companies.searchApi.doSearch({
      filterGroups: [
        {
          filters: [
            { propertyName: 'domain', operator: 'EQ' as never, value: 'nordhafen.example' },
          ],
        },
      ],
      properties: ['name', 'industry'],
      limit: 5,
      after: '0',
      sorts: [],
    });
    expect(found.total).toBe(1);
    expect(found.results[0]?.properties).toMatchObject({
      name: 'Nordhafen Logistik GmbH',
      industry: 'LOGISTICS_AND_SUPPLY_CHAIN',
    });
  });

  it('reads a batch, with errors for missing records', async () => {
    const inputs = [{ id: recordId('companies', 3) }, { id: '7' }];
    const read = await hubspot.crm.companies.batchApi.read({
      inputs,
      properties: ['name'],
      propertiesWithHistory: [],
    });
    expect(read.results.map(({ id }) => id)).toEqual([recordId('companies', 3)]);
    expect(read).toMatchObject({
      numErrors: 1,
      errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: ['7'] } }],
    });
  });

  it('reads associations', async () => {
    const read = await hubspot.crm.associations.v4.batchApi.getPage('contacts', 'companies', {
      inputs: [{ id: recordId('contacts', 0) }],
    });
    expect(read.results[0]?.to[0]?.toObjectId).toBe(Number(recordId('companies', 0)));
    expect(read.results[0]?.to[0]?.associationTypes).toContainEqual({
      category: 'HUBSPOT_DEFINED',
      typeId: 1,
      label: 'Primary',
    });
  });

  it('reads owners, pipelines and properties', async () => {
    const owners = await hubspot.crm.owners.ownersApi.getPage();
    expect(owners.results.map(({ email }) => email)).toEqual(
      world.owners.map(({ email }) => email),
    );
    const owner = await hubspot.crm.owners.ownersApi.getById(Number(owners.results[0]?.id));
    expect(owner.firstName).toBe(world.owners[0]?.firstName);
    const { results } = await hubspot.crm.pipelines.pipelinesApi.getAll('deals');
    const stages = new Set(
      results.flatMap((pipeline) => pipeline.stages.map(({ id }) => `${pipeline.id} ${id}`)),
    );
    for (const { pipeline, stage } of world.deals) expect(stages).toContain(`${pipeline} ${stage}`);
    const lifecycleStage = await hubspot.crm.properties.coreApi.getByName(
      'contacts',
      'lifecyclestage',
    );
    const values = lifecycleStage.options.map(({ value }) => value);
    expect(values).toEqual(
      expect.arrayContaining(world.people.map((person) => person.lifecycleStage)),
    );
  });

  it('creates a deal with its associations, and changes it', async () => {
    const [contact, company] = [recordId('contacts', 1), recordId('companies', 1)];
    const type = (associationTypeId: number) => [
      { associationCategory: 'HUBSPOT_DEFINED' as never, associationTypeId },
    ];
    const { id } = await hubspot.crm.deals.basicApi.create({
      properties: { dealname: 'By the client', dealstage: 'contractsent', amount: '10' },
      associations: [
        { to: { id: contact }, types: type(3) },
        { to: { id: company }, types: type(5) },
      ],
    });
    const changed = await hubspot.crm.deals.basicApi.update(id, { properties: { amount: '20' } });
    expect(changed.properties).toMatchObject({ amount: '20' });
    const read = await hubspot.crm.associations.v4.batchApi.getPage('deals', 'contacts', {
      inputs: [{ id }],
    });
    expect(read.results[0]?.to[0]?.toObjectId).toBe(Number(contact));
    expect(sandbox.hubspot.writes.slice(-2)).toMatchObject([
      { method: 'POST', template: '/crm/v3/objects/deals' },
      {
        method: 'PATCH',
        path: `/crm/v3/objects/deals/${id}`,
        template: '/crm/v3/objects/deals/{id}',
      },
    ]);
  });

  it('creates, updates, upserts and archives batches', async () => {
    const { batchApi } = hubspot.crm.companies;
    const created = await batchApi.create({
      inputs: ['One Ltd', 'Two Ltd'].map((name) => ({ properties: { name }, associations: [] })),
    });
    expect(created.results.map(({ properties }) => properties['name'])).toEqual([
      'Two Ltd',
      'One Ltd',
    ]);
    const [id = '', other = ''] = created.results.map((result) => result.id);
    const updated = await batchApi.update({ inputs: [{ id, properties: { phone: '1' } }] });
    expect(updated.results).toMatchObject([{ id, properties: { phone: '1' } }]);
    const upsert = { idProperty: 'tributary_key', properties: { name: 'Three Ltd' } };
    const upserted = await batchApi.upsert({
      inputs: [
        { ...upsert, id: 'sdk-1' },
        { ...upsert, id: 'sdk-2' },
      ],
    });
    expect(upserted.results.map((result) => '_new' in result && result._new)).toEqual([true, true]);
    await batchApi.archive({ inputs: [{ id }, { id: other }] });
    const archived = await hubspot.crm.companies.basicApi.getPage(
      10,
      undefined,
      ['name'],
      undefined,
      undefined,
      true,
    );
    expect(archived.results.map(({ properties }) => properties['name']).sort()).toEqual([
      'One Ltd',
      'Two Ltd',
    ]);
    expect(archived.results[0]).toMatchObject({ archived: true, archivedAt: expect.any(Date) });
  });

  it('creates a batch partially, and reads the errors', async () => {
    const inputs = [{ email: 'nobody' }, { email: 'in-part@example.org' }].map(
      (properties, index) => ({
        properties,
        associations: [],
        objectWriteTraceId: `trace-${String(index)}`,
      }),
    );
    const created = await hubspot.crm.contacts.batchApi.create({ inputs });
    expect(created).toMatchObject({
      results: [{ properties: { email: 'in-part@example.org' } }],
      numErrors: 1,
      errors: [{ category: 'VALIDATION_ERROR', context: { objectWriteTraceId: ['trace-0'] } }],
    });
  });

  it('archives a record, merges two, and reads the surviving one by their ids', async () => {
    const { basicApi } = hubspot.crm.contacts;
    const create = async (email: string) =>
      (await basicApi.create({ properties: { email }, associations: [] })).id;
    const [archived, first, second] = [
      await create('gone@example.org'),
      await create('first@example.org'),
      await create('second@example.org'),
    ];
    await basicApi.archive(archived);
    await expect(basicApi.getById(archived)).rejects.toMatchObject({ code: 404 });
    const { id } = await basicApi.merge({ primaryObjectId: first, objectIdToMerge: second });
    for (const former of [first, second])
      expect(await basicApi.getById(former, ['hs_merged_object_ids'])).toMatchObject({
        id,
        properties: { hs_merged_object_ids: `${first};${second}` },
      });
  });

  it('reads associations of records, and deactivated owners', async () => {
    const contact = await hubspot.crm.contacts.basicApi.getById(
      recordId('contacts', 0),
      undefined,
      undefined,
      ['companies'],
    );
    expect(contact.associations?.['companies']?.results).toContainEqual({
      id: recordId('companies', 0),
      type: 'contact_to_company',
    });
    const { results } = await hubspot.crm.owners.ownersApi.getPage(
      undefined,
      undefined,
      undefined,
      true,
    );
    expect(results).toMatchObject([{ archived: true, lastName: 'Lindqvist' }]);
  });

  it('labels an association, removes a label, and gets errors for records that cannot be linked', async () => {
    const { batchApi } = hubspot.crm.associations.v4;
    const [from, to] = [{ id: recordId('contacts', 2) }, { id: recordId('companies', 7) }];
    const types = [{ associationCategory: 'USER_DEFINED' as never, associationTypeId: 36 }];
    const created = await batchApi.create('contacts', 'companies', {
      inputs: [
        { _from: from, to, types },
        { _from: from, to: { id: '1234' }, types },
      ],
    });
    expect(created).toMatchObject({
      results: [{ labels: ['Billing contact'] }],
      numErrors: 1,
      errors: [{ category: 'VALIDATION_ERROR', message: 'COMPANY=1234 is not valid' }],
    });
    const labelled = async () => {
      const read = await batchApi.getPage('contacts', 'companies', { inputs: [from] });
      const ends = read.results[0]?.to ?? [];
      return ends.find(({ toObjectId }) => Number(toObjectId) === Number(to.id))?.associationTypes;
    };
    expect(await labelled()).toContainEqual({
      category: 'USER_DEFINED',
      typeId: 36,
      label: 'Billing contact',
    });
    await batchApi.archiveLabels('contacts', 'companies', { inputs: [{ _from: from, to, types }] });
    expect(await labelled()).toEqual([{ category: 'HUBSPOT_DEFINED', typeId: 279, label: null }]);
  });

  it('calls the dated paths', async () => {
    const response = await hubspot.apiRequest({
      method: 'GET',
      path: '/crm/objects/2026-09/contacts',
      qs: { limit: 1 },
    });
    expect(await response.json()).toMatchObject({ results: [{ id: recordId('contacts', 0) }] });
  });

  it('gets an error for an e-mail address that is taken', async () => {
    const email = world.people[0]?.email ?? '';
    await expect(
      hubspot.crm.contacts.basicApi.create({ properties: { email } }),
    ).rejects.toMatchObject({
      code: 409,
      body: {
        category: 'CONFLICT',
        message: `Contact already exists. Existing ID: ${recordId('contacts', 0)}`,
      },
    });
  });

  it('gets an error for a wrong token', async () => {
    const unauthorized = new Client({
      accessToken: 'pat-invalid',
      basePath: sandbox.hubspot.baseUrl,
    });
    await expect(unauthorized.crm.contacts.basicApi.getPage()).rejects.toMatchObject({ code: 401 });
  });
});
