import { describe, expect, it } from '@jest/globals';
import { everyRecord, idsOf, mockHubspot, wireRecord } from './hubspot-mock.ts';
import { startCrm } from './start-crm.ts';

const CONTACTS = '/crm/objects/2026-09/contacts';
const BATCH = `${CONTACTS}/batch/read`;
const COMPANIES = '/crm/objects/2026-09/companies/batch/read';

const hubspot = mockHubspot();
const { ask } = startCrm();

const customersById = (ids: readonly unknown[], selection = 'id') =>
  ask(entities('Customer', selection), representations('Customer', ids));
const entities = (type: string, selection: string) =>
  `query ($of: [_Any!]!) { _entities(representations: $of) { ... on ${type} { ${selection} } } }`;
const representations = (type: string, ids: readonly unknown[]) => ({
  of: ids.map((id) => ({ __typename: type, id })),
});

describe('a list of customers with their companies', () => {
  it('costs one list call and one batch read with each company once', async () => {
    const contacts = ['7', '8', '7', null].map((company, index) =>
      wireRecord(101 + index, {
        firstname: 'Ada',
        lastname: `No ${String(index)}`,
        associatedcompanyid: company,
      }),
    );
    hubspot.on('GET', CONTACTS, { results: contacts });
    hubspot.on(
      'POST',
      COMPANIES,
      everyRecord((id) => ({ name: `Company ${id}` })),
    );

    const { data, errors } = await ask(
      '{ customers(first: 4) { nodes { name company { name } } } }',
    );

    expect(errors).toEqual([]);
    expect(data).toEqual({
      customers: {
        nodes: [
          { name: 'Ada No 0', company: { name: 'Company 7' } },
          { name: 'Ada No 1', company: { name: 'Company 8' } },
          { name: 'Ada No 2', company: { name: 'Company 7' } },
          { name: 'Ada No 3', company: null },
        ],
      },
    });
    expect(hubspot.asked()).toEqual([
      {
        path: CONTACTS,
        query: { limit: '4', properties: 'firstname,lastname,associatedcompanyid' },
        body: {},
      },
      {
        path: COMPANIES,
        query: {},
        body: {
          properties: ['name', 'hs_merged_object_ids'],
          inputs: [{ id: '7' }, { id: '8' }],
        },
      },
    ]);
  });

  it('is read once for aliases of one field with the same arguments', async () => {
    hubspot.on('GET', CONTACTS, { results: [wireRecord(1)] });
    const { data } = await ask(
      '{ a: customers(first: 2) { nodes { id } } b: customers(first: 2) { nodes { id } } }',
    );
    expect(data).toEqual({ a: { nodes: [{ id: '1' }] }, b: { nodes: [{ id: '1' }] } });
  });

  it('is not read again when one of its customers is loaded by id later', async () => {
    hubspot.on('GET', CONTACTS, {
      results: [wireRecord(1, { email: 'a@example.com', associatedcompanyid: '7' })],
    });
    hubspot.on('POST', COMPANIES, everyRecord());
    hubspot.on('POST', '/crm/associations/2026-09/companies/contacts/batch/read', {
      results: [{ from: { id: '7' }, to: [{ toObjectId: 1, associationTypes: [] }] }],
    });
    const { data } = await ask(
      '{ customers(first: 1) { nodes { email company { customers(first: 5) { nodes { email } } } } } }',
    );
    expect(data).toEqual({
      customers: {
        nodes: [
          {
            email: 'a@example.com',
            company: { customers: { nodes: [{ email: 'a@example.com' }] } },
          },
        ],
      },
    });
  });
});

describe('properties', () => {
  it.each([
    ['id createdAt updatedAt', ['hs_object_id']],
    ['name', ['firstname', 'lastname']],
    ['lastName email', ['lastname', 'email']],
    ['phone jobTitle lifecycleStage { id }', ['phone', 'jobtitle', 'lifecyclestage']],
    ['address { city }', ['address', 'city', 'state', 'zip', 'country', 'hs_country_region_code']],
    ['billingLink { emails }', ['email', 'hs_additional_emails']],
  ])('of a customer follow from the selection: %s', async (selection, properties) => {
    hubspot.on('POST', BATCH, everyRecord());
    await customersById(['1'], selection);
    expect(hubspot.asked().map(({ body }) => body.properties)).toEqual([
      [...properties, 'hs_merged_object_ids'],
    ]);
  });

  it('include the one that links to the payment processor only if it is selected', async () => {
    hubspot.on(
      'POST',
      BATCH,
      everyRecord(() => ({ email: 'a@example.com', stripe_id: 'cus_1' })),
    );
    const { data } = await startCrm({ CUSTOMER_LINK: 'property:stripe_id' }).ask(
      entities('Customer', 'billingLink { reference emails }'),
      representations('Customer', ['1']),
    );
    expect(data).toEqual({
      _entities: [{ billingLink: { reference: 'cus_1', emails: ['a@example.com'] } }],
    });
    expect(hubspot.asked()[0]?.body.properties).toEqual([
      'email',
      'hs_additional_emails',
      'stripe_id',
      'hs_merged_object_ids',
    ]);
  });
});

describe('records by id', () => {
  it('are read in chunks of the maximum size, concurrently, in the order of the ids', async () => {
    const ids = Array.from({ length: 250 }, (_, index) => String(1000 + index));
    hubspot.on('POST', BATCH, everyRecord(), everyRecord(), everyRecord());
    const { data, calls } = await customersById(ids);
    expect(data).toEqual({ _entities: ids.map((id) => ({ id })) });
    expect(hubspot.asked().map(idsOf)).toEqual([
      ids.slice(0, 100),
      ids.slice(100, 200),
      ids.slice(200),
    ]);
    expect(calls.map(({ batchSize }) => batchSize).sort()).toEqual([100, 100, 50]);
    const lastStart = Math.max(...calls.map(({ startMs }) => startMs));
    const firstEnd = Math.min(...calls.map(({ startMs, ms }) => startMs + ms));
    expect(lastStart).toBeLessThanOrEqual(firstEnd);
  });

  it('are null if HubSpot omits them', async () => {
    hubspot.on('POST', BATCH, { results: [wireRecord(2)] });
    const { data, errors } = await customersById(['1', '2', '3']);
    expect({ data, errors }).toEqual({
      data: { _entities: [null, { id: '2' }, null] },
      errors: [],
    });
  });

  it('are null if a 207 says that they do not exist', async () => {
    const error = {
      status: 'error',
      category: 'OBJECT_NOT_FOUND',
      message: 'Could not get some CONTACT objects',
      context: { ids: ['1'] },
    };
    hubspot.on('POST', BATCH, () => ({
      status: 207,
      body: { results: [wireRecord(2)], numErrors: 1, errors: [error] },
    }));
    const { data, errors } = await customersById(['1', '2']);
    expect({ data, errors }).toEqual({ data: { _entities: [null, { id: '2' }] }, errors: [] });
  });

  it('fail individually if a 207 names them', async () => {
    const error = {
      status: 'error',
      category: 'VALIDATION_ERROR',
      message: 'no',
      context: { ids: ['1'] },
    };
    hubspot.on('POST', BATCH, () => ({
      status: 207,
      body: { results: [wireRecord(2)], numErrors: 1, errors: [error] },
    }));
    const { data, errors } = await customersById(['1', '2', '3']);
    expect(data).toEqual({ _entities: [null, { id: '2' }, null] });
    expect(errors).toMatchObject([{ code: 'UPSTREAM_REJECTED', path: '_entities.0' }]);
  });

  it('that are missing fail if a 207 names no id', async () => {
    hubspot.on('POST', BATCH, () => ({
      status: 207,
      body: { results: [wireRecord(2)], numErrors: 1, errors: [{ category: 'RATE_LIMITS' }] },
    }));
    const { data, errors } = await customersById(['1', '2']);
    expect(data).toEqual({ _entities: [null, { id: '2' }] });
    expect(errors).toMatchObject([{ code: 'UPSTREAM_RATE_LIMITED', path: '_entities.0' }]);
  });

  it('fail with their own chunk only', async () => {
    const ids = Array.from({ length: 101 }, (_, index) => String(1 + index));
    hubspot.on('POST', BATCH, () => ({ status: 500, body: {} }), everyRecord());
    const { data, errors } = await customersById(ids);
    expect(errors).toHaveLength(100);
    expect((data?.['_entities'] as unknown[])[100]).toEqual({ id: '101' });
  });

  it('with a malformed id are BAD_USER_INPUT and do not affect the others', async () => {
    hubspot.on('POST', BATCH, everyRecord());
    const { data, errors } = await customersById(['1', '../2', '']);
    expect(data).toEqual({ _entities: [{ id: '1' }, null, null] });
    expect(errors).toMatchObject([
      {
        code: 'BAD_USER_INPUT',
        path: '_entities.1',
        message: 'id must be a number of up to 20 digits, but got "../2".',
      },
      { code: 'BAD_USER_INPUT', path: '_entities.2' },
    ]);
    expect(hubspot.asked().map(idsOf)).toEqual([['1']]);
  });

  it('are null without a call if no record can have such an id, as HubSpot would refuse the whole batch', async () => {
    hubspot.on('POST', BATCH, everyRecord());
    const { data, errors } = await customersById(['99999999999999999999', '007', '0', '1']);
    expect({ data, errors }).toEqual({
      data: { _entities: [null, null, null, { id: '1' }] },
      errors: [],
    });
    expect(hubspot.asked().map(idsOf)).toEqual([['1']]);
  });
});

describe('one record', () => {
  it('is null for an unknown id', async () => {
    hubspot.on('POST', BATCH, { results: [] });
    hubspot.on('POST', COMPANIES, { results: [] });
    hubspot.on('POST', '/crm/objects/2026-09/deals/batch/read', { results: [] });
    const { data, errors } = await ask(
      '{ customer(id: "5") { id } company(id: "5") { id } deal(id: "5") { id } }',
    );
    expect({ data, errors }).toEqual({
      data: { customer: null, company: null, deal: null },
      errors: [],
    });
  });

  it('by e-mail is found case-insensitively, and loaded once', async () => {
    hubspot.on('POST', BATCH, { results: [wireRecord(1, { email: 'ada@example.com' })] });
    const { data } = await ask(
      '{ a: customerByEmail(email: "Ada@Example.com") { id } b: customerByEmail(email: "ada@example.com") { id } }',
    );
    expect(data).toEqual({ a: { id: '1' }, b: { id: '1' } });
    expect(hubspot.asked()[0]?.body).toEqual({
      properties: ['email', 'hs_additional_emails'],
      idProperty: 'email',
      inputs: [{ id: 'ada@example.com' }],
    });
  });

  it('by e-mail is found by an additional address, but the main one takes precedence', async () => {
    hubspot.on('POST', BATCH, {
      results: [
        wireRecord(1, {
          email: 'main@example.com',
          hs_additional_emails: 'other@example.com;shared@example.com',
        }),
        wireRecord(2, { email: 'shared@example.com' }),
      ],
    });
    const { data } = await ask(
      '{ a: customerByEmail(email: "other@example.com") { id } b: customerByEmail(email: "shared@example.com") { id } }',
    );
    expect(data).toEqual({ a: { id: '1' }, b: { id: '2' } });
  });

  it('by e-mail is null for an unknown address', async () => {
    hubspot.on('POST', BATCH, () => ({
      status: 207,
      body: {
        results: [],
        errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: ['a@b.example'] } }],
      },
    }));
    const { data, errors } = await ask('{ customerByEmail(email: "a@b.example") { id } }');
    expect({ data, errors }).toEqual({ data: { customerByEmail: null }, errors: [] });
  });

  it.each(['', 'nobody', 'a b@example.com', `${'x'.repeat(250)}@example.com`])(
    'by e-mail refuses an invalid address: %j',
    async (email) => {
      const { errors } = await ask(
        'query ($email: String!) { customerByEmail(email: $email) { id } }',
        { email },
      );
      expect(errors).toMatchObject([{ code: 'BAD_USER_INPUT', path: 'customerByEmail' }]);
    },
  );
});
