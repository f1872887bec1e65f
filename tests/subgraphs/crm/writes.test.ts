import { describe, expect, it } from '@jest/globals';
import { everyRecord, mockHubspot, wireRecord } from './hubspot-mock.ts';
import { HUBSPOT, startCrm, TOKEN } from './start-crm.ts';

const CONTACTS = '/crm/objects/2026-09/contacts';
const DEALS = '/crm/objects/2026-09/deals';
const COMPANIES = '/crm/objects/2026-09/companies';

const hubspot = mockHubspot();
const { ask } = startCrm({ UPSTREAM_MAX_TRIES: '3' });

const create = (input: object, crm = { ask }) =>
  crm.ask(
    'mutation ($input: CreateCustomerInput!) { createCustomer(input: $input) { customer { id } userErrors { code field message } } }',
    { input },
  );
const update = (input: object) =>
  ask(
    'mutation ($input: UpdateCustomerInput!) { updateCustomer(input: $input) { customer { id } userErrors { code field message } } }',
    {
      input,
    },
  );
const createDeal = (input: object) =>
  ask(
    'mutation ($input: CreateDealInput!) { createDeal(input: $input) { deal { id } userErrors { code field message } } }',
    { input },
  );

const refusal = (status: number, body: object) => () => ({
  status,
  body: { status: 'error', message: 'Secret of the vendor', correlationId: 'c', ...body },
});
const created = (id: string) => () => ({ status: 201, body: wireRecord(id) });

describe('a new customer', () => {
  it('is one call with the input, and one that reads the result', async () => {
    hubspot.on('POST', CONTACTS, created('7'));
    hubspot.on('POST', `${CONTACTS}/batch/read`, everyRecord());
    const address = { line1: '1 Main St', line2: 'Flat 2', city: 'Ulm', region: null };
    const { data, errors } = await create({
      email: 'Ada@Example.org',
      firstName: 'Ada',
      lastName: '',
      jobTitle: null,
      companyId: '9',
      address,
    });
    expect([data, errors]).toEqual([
      { createCustomer: { customer: { id: '7' }, userErrors: [] } },
      [],
    ]);
    expect(hubspot.asked()[0]?.body).toEqual({
      properties: {
        firstname: 'Ada',
        email: 'Ada@Example.org',
        address: '1 Main St, Flat 2',
        city: 'Ulm',
      },
      associations: [
        {
          to: { id: '9' },
          types: [
            { associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 1 },
            { associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 279 },
          ],
        },
      ],
    });
    expect(hubspot.asked()).toHaveLength(2);
  });

  it('has its idempotency key in the configured property, the same for the same key of the client', async () => {
    const keyed = startCrm({
      UPSTREAM_MAX_TRIES: '3',
      HUBSPOT_IDEMPOTENCY_PROPERTY: 'tributary_key',
    });
    const restarted = startCrm({
      UPSTREAM_MAX_TRIES: '3',
      HUBSPOT_IDEMPOTENCY_PROPERTY: 'tributary_key',
    });
    hubspot.on('POST', CONTACTS, created('7'), created('7'));
    hubspot.on('POST', `${CONTACTS}/batch/read`, everyRecord(), everyRecord());
    await create({ lastName: 'A', idempotencyKey: 'k' }, keyed);
    await create({ lastName: 'A', idempotencyKey: 'k' }, restarted);
    const keys = hubspot
      .asked()
      .flatMap(({ path, body }) => (path === CONTACTS ? [body['properties']] : []));
    expect(keys).toEqual([keys[0], keys[0]]);
    expect(keys[0]).toEqual({
      lastname: 'A',
      tributary_key: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  it('that HubSpot already has under the idempotency key is returned', async () => {
    const keyed = startCrm({
      UPSTREAM_MAX_TRIES: '3',
      HUBSPOT_IDEMPOTENCY_PROPERTY: 'tributary_key',
    });
    for (const conflict of [
      refusal(400, {
        category: 'VALIDATION_ERROR',
        message:
          'Cannot set PropertyValueCoordinates{propertyName=tributary_key} on 8. 7 already has that value.',
      }),
      refusal(409, { category: 'CONFLICT', message: 'Contact already exists. Existing ID: 7' }),
    ]) {
      hubspot.lose('POST', CONTACTS);
      hubspot.on('POST', CONTACTS, conflict);
      hubspot.on('POST', `${CONTACTS}/batch/read`, { results: [wireRecord(7)] }, everyRecord());
      const { data } = await create({ email: 'a@example.org' }, keyed);
      expect(data).toEqual({ createCustomer: { customer: { id: '7' }, userErrors: [] } });
    }
  });

  it('whose record cannot be searched for has an unknown outcome', async () => {
    const keyed = startCrm({
      UPSTREAM_MAX_TRIES: '3',
      HUBSPOT_IDEMPOTENCY_PROPERTY: 'tributary_key',
    });
    hubspot.on('POST', CONTACTS, refusal(409, {}));
    hubspot.on('POST', `${CONTACTS}/batch/read`, refusal(500, {}));
    const { errors } = await create({ email: 'a@example.org' }, keyed);
    expect(errors).toMatchObject([{ code: 'OUTCOME_UNKNOWN', path: 'createCustomer' }]);
  });

  it('without such a property is not retried when its response was lost, but searched by e-mail address', async () => {
    hubspot.lose('POST', CONTACTS);
    const first = await create({ email: 'a@Example.org', idempotencyKey: 'lost' });
    expect(first.errors).toMatchObject([{ code: 'OUTCOME_UNKNOWN' }]);
    const fresh = {
      ...wireRecord(7, { email: 'a@example.org' }),
      createdAt: new Date().toISOString(),
    };
    hubspot.on('POST', `${CONTACTS}/batch/read`, { results: [fresh] }, everyRecord());
    const { data } = await create({ email: 'a@Example.org', idempotencyKey: 'lost' });
    expect(data).toEqual({ createCustomer: { customer: { id: '7' }, userErrors: [] } });
    expect(hubspot.asked()[0]?.body).toEqual({
      properties: ['email'],
      inputs: [{ id: 'a@example.org' }],
      idProperty: 'email',
    });
  });

  it('that cannot be searched for has an unknown outcome', async () => {
    hubspot.lose('POST', CONTACTS);
    hubspot.on('POST', `${CONTACTS}/batch/read`, refusal(500, {}));
    const input = { email: 'b@example.org', idempotencyKey: 'still open' };
    for (const { errors } of [await create(input), await create(input)])
      expect(errors).toMatchObject([{ code: 'OUTCOME_UNKNOWN' }]);
  });
});

describe('a refusal of HubSpot', () => {
  it.each([
    [
      'of an e-mail address that another customer has',
      refusal(409, {
        message: 'Contact already exists. Existing ID: 2926551',
        category: 'CONFLICT',
      }),
      {
        code: 'ALREADY_EXISTS',
        field: ['input', 'email'],
        message: 'The CRM already has a customer with this e-mail address.',
      },
    ],
    [
      'for a rule of the account’s',
      refusal(400, {
        category: 'VALIDATION_ERROR',
        errors: [{ code: 'REQUIRED', context: { propertyName: ['shoe_size'] } }],
      }),
      {
        code: 'UNKNOWN',
        field: null,
        message: 'The CRM refused the mutation for a reason that this graph does not know.',
      },
    ],
    [
      'of a company that is not there',
      refusal(400, {
        category: 'VALIDATION_ERROR',
        context: { INVALID_OBJECT_IDS: ['COMPANY=9 is not valid'] },
      }),
      {
        code: 'NOT_FOUND',
        field: ['input', 'companyId'],
        message: 'The CRM has no company with this id.',
      },
    ],
  ])('%s is a user error', async (_what, answer, userError) => {
    hubspot.on('POST', CONTACTS, answer);
    const { data, errors } = await create({ email: 'a@example.org', companyId: '9' });
    expect([data, errors]).toEqual([
      { createCustomer: { customer: null, userErrors: [userError] } },
      [],
    ]);
  });

  it.each([
    [
      'listed',
      { errors: [{ message: 'x', code: 'INVALID_EMAIL', context: { propertyName: ['email'] } }] },
      ['input.email', 'input.email must be an e-mail address that the CRM accepts, but got "a@b".'],
    ],
    [
      'in its words',
      {
        message:
          'Property values were not valid: [{"isValid":false,"message":"x","error":"INVALID_OPTION","name":"lifecyclestage","portalId":1}]',
      },
      [
        'input.lifecycleStageId',
        'input.lifecycleStageId must be the id of a lifecycle stage, but got "friend".',
      ],
    ],
  ])(
    "of a value, %s, names the part of the input, without HubSpot's text",
    async (_how, body, [field, message]) => {
      hubspot.on('POST', CONTACTS, refusal(400, { category: 'VALIDATION_ERROR', ...body }));
      const { errors } = await create({ email: 'a@b', lifecycleStageId: 'friend' });
      expect(errors).toEqual([{ code: 'BAD_USER_INPUT', path: 'createCustomer', field, message }]);
      expect(JSON.stringify(errors)).not.toMatch(
        new RegExp(`Secret|${TOKEN}|${HUBSPOT}|hubspot|portal|isValid`, 'i'),
      );
    },
  );

  it.each([
    [
      'beside its words',
      { context: { properties: ['lastname', 'shoe_size'] } },
      ['input', 'lastName'],
    ],
    [
      'in a list',
      { errors: [{ code: 'X', context: { propertyName: ['city'] } }] },
      ['input', 'address', 'city'],
    ],
    [
      'in its words',
      { message: 'Property values were not valid: [{"error":"X","name":"jobtitle"}]' },
      ['input', 'jobTitle'],
    ],
  ])(
    'of a missing value that a rule of the account requires, %s, is a user error',
    async (_how, body, field) => {
      hubspot.on('POST', CONTACTS, refusal(400, { category: 'VALIDATION_ERROR', ...body }));
      const { data, errors } = await create({ email: 'a@example.org', jobTitle: '' });
      const message = `${field.join('.')} is required by a rule of the CRM account.`;
      expect([data, errors]).toEqual([
        { createCustomer: { customer: null, userErrors: [{ code: 'UNKNOWN', field, message }] } },
        [],
      ]);
    },
  );

  it.each([
    ['explains nothing', {}],
    [
      'is of a property that the account does not have',
      { errors: [{ code: 'PROPERTY_DOESNT_EXIST', context: { propertyName: ['email'] } }] },
    ],
  ])('that %s is an error for the operator', async (_what, body) => {
    hubspot.on('POST', CONTACTS, refusal(400, { category: 'VALIDATION_ERROR', ...body }));
    expect((await create({ email: 'a@example.org' })).errors).toMatchObject([
      { code: 'UPSTREAM_REJECTED' },
    ]);
  });
});

describe('a new deal', () => {
  it('is one call, with its day at noon and the exact amount', async () => {
    hubspot.on('POST', DEALS, created('5'));
    hubspot.on('POST', `${DEALS}/batch/read`, everyRecord());
    const amount = { amount: '1000.50', currency: 'EUR' };
    await createDeal({
      title: 'Big',
      amount,
      closesOn: '2026-05-01',
      stageId: 's',
      pipelineId: 'p',
      ownerId: '3',
      customerIds: ['1', '1'],
    });
    expect(hubspot.asked()[0]?.body).toEqual({
      properties: {
        dealname: 'Big',
        amount: '1000.50',
        deal_currency_code: 'EUR',
        dealstage: 's',
        pipeline: 'p',
        closedate: '2026-05-01T12:00:00.000Z',
        hubspot_owner_id: '3',
      },
      associations: [
        {
          to: { id: '1' },
          types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 3 }],
        },
      ],
    });
  });

  it.each(['-0', '-0.00'])(
    'of an amount of %s has an amount of zero, without a sign',
    async (amount) => {
      hubspot.on('POST', DEALS, created('5'));
      hubspot.on('POST', `${DEALS}/batch/read`, everyRecord());
      await createDeal({ title: 'Nothing', amount: { amount, currency: 'EUR' } });
      expect(hubspot.asked()[0]?.body).toMatchObject({ properties: { amount: amount.slice(1) } });
    },
  );

  it('whose response was lost is searched for by its title among those of that time', async () => {
    hubspot.lose('POST', DEALS);
    const input = {
      title: 'Lost',
      amount: { amount: '10.00', currency: 'EUR' },
      idempotencyKey: 'deal',
    };
    const startedAt = Date.now();
    await createDeal(input);
    const other = wireRecord(4, { dealname: 'Lost', amount: '11', deal_currency_code: 'EUR' });
    const ours = wireRecord(5, { dealname: 'Lost', amount: '10', deal_currency_code: 'EUR' });
    hubspot.on('POST', `${DEALS}/search`, { total: 2, results: [other, ours] });
    hubspot.on('POST', `${DEALS}/batch/read`, everyRecord());
    expect((await createDeal(input)).data).toMatchObject({ createDeal: { deal: { id: '5' } } });
    const [group] = hubspot.asked()[0]?.body.filterGroups as readonly {
      readonly filters: readonly { readonly value: string }[];
    }[];
    expect(group?.filters).toEqual([
      { propertyName: 'createdate', operator: 'GTE', value: expect.any(String) },
      { propertyName: 'dealname', operator: 'EQ', value: 'Lost' },
    ]);
    expect(Math.abs(Number(group?.filters[0]?.value) - (startedAt - 60_000))).toBeLessThan(5000);
  });

  it('that is not visible yet is not created again before it would be', async () => {
    hubspot.lose('POST', DEALS);
    const input = { title: 'Hidden', idempotencyKey: 'hidden' };
    await createDeal(input);
    hubspot.on('POST', `${DEALS}/search`, { total: 0, results: [] });
    expect((await createDeal(input)).errors).toMatchObject([
      { code: 'OUTCOME_UNKNOWN', retryAfter: expect.any(Number) },
    ]);
  });
});

describe('a company', () => {
  it('is created with one call, with two address lines, and returned as stored', async () => {
    hubspot.on('POST', COMPANIES, created('9'));
    hubspot.on(
      'POST',
      `${COMPANIES}/batch/read`,
      everyRecord(() => ({ name: 'Acme' })),
    );
    const { data, errors } = await ask(
      'mutation ($input: CreateCompanyInput!) { createCompany(input: $input) { company { id name } userErrors { code } } }',
      {
        input: {
          name: 'Acme',
          domain: 'acme.example',
          industry: null,
          address: { line1: '1 Main St', line2: 'Flat 2', city: 'Ulm' },
        },
      },
    );
    expect([data, errors]).toEqual([
      { createCompany: { company: { id: '9', name: 'Acme' }, userErrors: [] } },
      [],
    ]);
    expect(hubspot.asked()[0]?.body).toEqual({
      properties: {
        name: 'Acme',
        domain: 'acme.example',
        city: 'Ulm',
        address: '1 Main St',
        address2: 'Flat 2',
      },
    });
  });

  it('of an industry that HubSpot does not know is refused with the part of the input', async () => {
    hubspot.on(
      'PATCH',
      `${COMPANIES}/9`,
      refusal(400, {
        category: 'VALIDATION_ERROR',
        errors: [{ code: 'INVALID_OPTION', context: { propertyName: ['industry'] } }],
      }),
    );
    const { errors } = await ask(
      'mutation { updateCompany(input: { id: "9", industry: "dreams" }) { userErrors { code } } }',
    );
    expect(errors).toMatchObject([
      {
        code: 'BAD_USER_INPUT',
        field: 'input.industry',
        message: 'input.industry must be one of the CRM\'s industries, but got "dreams".',
      },
    ]);
  });

  it('is refused for an unknown reason if HubSpot refuses an own property of its account', async () => {
    const errors = [{ code: 'INVALID_OPTION', context: { propertyName: ['constructor'] } }];
    hubspot.on('PATCH', `${COMPANIES}/9`, refusal(400, { category: 'VALIDATION_ERROR', errors }));
    const { data } = await ask(
      'mutation { updateCompany(input: { id: "9", industry: "dreams" }) { userErrors { code } } }',
    );
    expect(data).toEqual({ updateCompany: { userErrors: [{ code: 'UNKNOWN' }] } });
  });

  it('that was merged is updated under a former id, and returned under its own', async () => {
    hubspot.on('PATCH', `${COMPANIES}/9`, wireRecord(909));
    hubspot.on('POST', `${COMPANIES}/batch/read`, everyRecord());
    const { data } = await ask(
      'mutation { updateCompany(input: { id: "9", phone: null }) { company { id } userErrors { code } } }',
    );
    expect(data).toEqual({ updateCompany: { company: { id: '909' }, userErrors: [] } });
    expect(hubspot.asked()[0]?.body).toEqual({ properties: { phone: '' } });
  });
});

describe('an update of a customer', () => {
  it('is one call: null fields are cleared, absent ones are not sent', async () => {
    hubspot.on('PATCH', `${CONTACTS}/7`, { ...wireRecord(7), properties: {} });
    hubspot.on('POST', `${CONTACTS}/batch/read`, everyRecord());
    expect((await update({ id: '7', jobTitle: null, address: { city: 'Bern' } })).errors).toEqual(
      [],
    );
    expect(hubspot.asked()[0]?.body).toEqual({ properties: { jobtitle: '', city: 'Bern' } });
  });

  it('is retried if its response was lost, and the record is read before a retry with the same key', async () => {
    hubspot.lose('PATCH', `${CONTACTS}/7`);
    hubspot.lose('PATCH', `${CONTACTS}/7`);
    hubspot.lose('PATCH', `${CONTACTS}/7`);
    const input = { id: '7', jobTitle: 'Owner', idempotencyKey: 'change' };
    expect((await update(input)).errors).toMatchObject([{ code: 'OUTCOME_UNKNOWN' }]);
    hubspot.on(
      'POST',
      `${CONTACTS}/batch/read`,
      { results: [wireRecord(7, { jobtitle: 'Owner' })] },
      everyRecord(),
    );
    expect((await update(input)).data).toEqual({
      updateCustomer: { customer: { id: '7' }, userErrors: [] },
    });
  });

  it('reports a lifecycle stage that HubSpot left unchanged, and returns the customer', async () => {
    hubspot.on('PATCH', `${CONTACTS}/7`, wireRecord(7, { lifecyclestage: 'customer' }));
    hubspot.on('POST', `${CONTACTS}/batch/read`, everyRecord());
    expect((await update({ id: '7', lifecycleStageId: 'lead' })).data).toMatchObject({
      updateCustomer: {
        customer: { id: '7' },
        userErrors: [{ code: 'NOT_ALLOWED_NOW', field: ['input', 'lifecycleStageId'] }],
      },
    });
  });

  it('to another company is an association, made last', async () => {
    hubspot.on('POST', `${COMPANIES}/batch/read`, everyRecord());
    hubspot.on('PATCH', `${CONTACTS}/7`, wireRecord(7));
    hubspot.on('POST', `${CONTACTS}/batch/read`, everyRecord());
    hubspot.on('POST', '/crm/associations/2026-09/contacts/companies/batch/create', () => ({
      status: 500,
      body: {},
    }));
    const { errors } = await update({ id: '7', lastName: 'A', companyId: '9' });
    expect(errors).toMatchObject([{ code: 'OUTCOME_UNKNOWN' }]);
  });

  it('of an unknown record is a user error', async () => {
    hubspot.on('PATCH', `${CONTACTS}/7`, refusal(404, { message: 'resource not found' }));
    expect((await update({ id: '7', lastName: 'A' })).data).toEqual({
      updateCustomer: {
        customer: null,
        userErrors: [
          {
            code: 'NOT_FOUND',
            field: ['input', 'id'],
            message: 'The CRM has no customer with this id.',
          },
        ],
      },
    });
  });

  it.each([
    ['customer', 'contacts', 'updateCustomer', 'lastName: "A"'],
    ['deal', 'deals', 'updateDeal', 'title: "A"'],
  ])(
    'of a %s with an error page of a proxy is not taken for a missing record',
    async (_kind, type, mutation, change) => {
      hubspot.on('PATCH', `/crm/objects/2026-09/${type}/7`, () => ({
        status: 404,
        headers: { 'content-type': 'text/html' },
        body: '<html>Not Found</html>',
      }));
      const { data, errors } = await ask(
        `mutation { ${mutation}(input: { id: "7", ${change} }) { userErrors { code } } }`,
      );
      expect([data, errors]).toMatchObject([
        { [mutation]: null },
        [{ code: 'UPSTREAM_CONTRACT', path: mutation }],
      ]);
    },
  );
});

describe('the company of a customer', () => {
  const PAIR = '/crm/associations/2026-09/contacts/companies';
  const linkRefused =
    (message: string, category = 'VALIDATION_ERROR') =>
    () => ({
      status: 207,
      body: {
        status: 'COMPLETE',
        results: [],
        numErrors: 1,
        errors: [{ status: 'error', category, message }],
      },
    });
  const contactOf = (companyId: string | null) => ({
    results: [wireRecord(7, { associatedcompanyid: companyId })],
  });
  const moveTo9 = (answer: () => object) => {
    hubspot.on('POST', `${COMPANIES}/batch/read`, everyRecord());
    hubspot.on('POST', `${PAIR}/batch/create`, answer);
    return update({ id: '7', companyId: '9' });
  };

  it.each([
    ['COMPANY=9 is not valid', 'NOT_FOUND', 'companyId'],
    ['CONTACT=7 is not valid', 'NOT_FOUND', 'id'],
    ['The limit of this association is reached', 'UNKNOWN', null],
  ])('that HubSpot did not set is a user error: %s', async (message, code, field) => {
    hubspot.on('POST', `${CONTACTS}/batch/read`, contactOf(null));
    const { data, errors } = await moveTo9(linkRefused(message));
    expect(errors).toEqual([]);
    expect(data).toMatchObject({
      updateCustomer: {
        customer: null,
        userErrors: [{ code, field: field && ['input', field] }],
      },
    });
  });

  it('that HubSpot did not set after the other changes is a user error beside the customer', async () => {
    hubspot.on('POST', `${COMPANIES}/batch/read`, everyRecord());
    hubspot.on('PATCH', `${CONTACTS}/7`, wireRecord(7));
    hubspot.on('POST', `${CONTACTS}/batch/read`, contactOf(null), everyRecord());
    hubspot.on('POST', `${PAIR}/batch/create`, linkRefused('COMPANY=9 is not valid'));
    const { data } = await update({ id: '7', lastName: 'A', companyId: '9' });
    expect(data).toMatchObject({
      updateCustomer: { customer: { id: '7' }, userErrors: [{ code: 'NOT_FOUND' }] },
    });
  });

  it('that HubSpot did not set for lack of permission is an error for the operator', async () => {
    hubspot.on('POST', `${CONTACTS}/batch/read`, contactOf(null));
    const { errors } = await moveTo9(linkRefused('no', 'MISSING_SCOPES'));
    expect(errors).toMatchObject([{ code: 'UPSTREAM_AUTH' }]);
  });

  it('has an unknown outcome if HubSpot returns a page in place of JSON', async () => {
    hubspot.on('POST', `${CONTACTS}/batch/read`, contactOf(null));
    const { errors } = await moveTo9(() => ({ status: 200, body: '<html>Hello</html>' }));
    expect(errors).toMatchObject([{ code: 'OUTCOME_UNKNOWN' }]);
  });

  const leave9 = (types: readonly object[], paging: object = {}) => {
    hubspot.on('POST', `${CONTACTS}/batch/read`, contactOf('9'));
    hubspot.on('POST', `${PAIR}/batch/read`, {
      results: [
        {
          from: { id: '7' },
          to: types.length === 0 ? [] : [{ toObjectId: 9, associationTypes: types }],
          ...paging,
        },
      ],
    });
    return () => update({ id: '7', companyId: null });
  };
  const type = (typeId: number, category = 'HUBSPOT_DEFINED') => ({
    category,
    typeId,
    label: null,
  });
  const primaryAlone = {
    inputs: [
      {
        from: { id: '7' },
        to: { id: '9' },
        types: [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 1 }],
      },
    ],
  };

  it('is unlinked if the two have no other label', async () => {
    const leave = leave9([type(1), type(279)]);
    hubspot.on('POST', `${PAIR}/batch/archive`, () => ({ status: 204, body: '' }));
    hubspot.on('POST', `${CONTACTS}/batch/read`, everyRecord());
    expect((await leave()).errors).toEqual([]);
    expect(hubspot.asked()[2]?.body).toEqual({
      inputs: [{ from: { id: '7' }, to: [{ id: '9' }] }],
    });
  });

  it.each([
    ['another label', [type(1), type(279), type(36, 'USER_DEFINED')], {}],
    ['a label with the number of HubSpot’s', [type(1), type(279, 'INTEGRATOR_DEFINED')], {}],
    ['links on a further page', [], { paging: { next: { after: '500' } } }],
  ])(
    'is no longer the primary one, but stays linked, if there is %s',
    async (_why, types, paging) => {
      const leave = leave9(types, paging);
      hubspot.on('POST', `${PAIR}/batch/labels/archive`, () => ({ status: 204, body: '' }));
      hubspot.on('POST', `${CONTACTS}/batch/read`, everyRecord());
      expect((await leave()).errors).toEqual([]);
      expect(hubspot.asked()[2]?.body).toEqual(primaryAlone);
    },
  );

  it('that HubSpot did not unlink is a user error', async () => {
    const leave = leave9([type(1), type(279)]);
    hubspot.on('POST', `${PAIR}/batch/archive`, linkRefused('no'));
    expect((await leave()).data).toMatchObject({
      updateCustomer: { userErrors: [{ code: 'UNKNOWN' }] },
    });
  });
});
