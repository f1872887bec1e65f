import { describe, expect, it } from '@jest/globals';
import { recordId } from '../../sandbox/hubspot/hubspot-ids.ts';
import { link, openHubSpot } from './hubspot-requests.ts';

describe('a record that was created', () => {
  it('is read, listed, found and counted', () => {
    const hubspot = openHubSpot();
    const answer = hubspot.create('contacts', {
      email: 'New.One@example.org',
      firstname: 'New',
      phone: '',
    });
    expect(answer).toMatchObject({ status: 201, wrote: '/crm/v3/objects/contacts' });
    const { id, properties, createdAt } = hubspot.record(answer);
    expect(properties).toMatchObject({
      email: 'new.one@example.org',
      firstname: 'New',
      lifecyclestage: 'lead',
      hs_object_id: id,
    });
    expect(properties).not.toHaveProperty('phone');
    expect(createdAt).toBe('2026-03-01T09:00:01.000Z');

    expect(
      hubspot.record(hubspot.ask('GET', `/crm/v3/objects/contacts/${id}?properties=phone`))
        .properties,
    ).toMatchObject({ phone: null });
    expect(
      hubspot.record(
        hubspot.ask('GET', '/crm/v3/objects/contacts/NEW.one@example.org?idProperty=email'),
      ).id,
    ).toBe(id);
    expect(hubspot.ask('GET', `/crm/v3/objects/contacts?limit=1&after=${id}`).body).toMatchObject({
      results: [{ id }],
    });
    expect(hubspot.search('contacts', 'email', 'new.one@example.org')).toEqual([id]);
    expect(Number(id)).toBeGreaterThan(
      Number(recordId('contacts', hubspot.world.people.length - 1)),
    );
  });

  it('is a second newer than the one before', () => {
    const hubspot = openHubSpot();
    const times = [1, 2].map(
      () => hubspot.record(hubspot.create('companies', { name: 'Twice Ltd' })).createdAt,
    );
    expect(times).toEqual(['2026-03-01T09:00:01.000Z', '2026-03-01T09:00:02.000Z']);
  });

  it('is associated in both directions, the first company being the primary one unless another is named', () => {
    const hubspot = openHubSpot();
    const [first, second, contact] = [
      recordId('companies', 3),
      recordId('companies', 4),
      recordId('contacts', 0),
    ];
    const { id } = hubspot.record(
      hubspot.create('deals', { dealname: 'Two', dealstage: 'closedwon' }, [
        link(contact, 3),
        link(first, 341),
        link(second, 341, 5),
      ]),
    );
    expect(hubspot.associated('deals', 'contacts', id)).toEqual([[contact, [3]]]);
    expect(hubspot.associated('contacts', 'deals', contact)).toContainEqual([id, [4]]);
    expect(hubspot.associated('deals', 'companies', id)).toEqual([
      [first, [341]],
      [second, [5, 341]],
    ]);
    expect(hubspot.associated('companies', 'deals', second)).toContainEqual([id, [6, 342]]);

    const person = hubspot.record(
      hubspot.create('contacts', { email: 'works@example.org' }, [link(first, 279)]),
    );
    expect(hubspot.associated('contacts', 'companies', person.id)).toEqual([[first, [1, 279]]]);
    expect(person.properties).toMatchObject({ associatedcompanyid: first });
  });

  it('of a closed deal has its status and its close time', () => {
    const hubspot = openHubSpot();
    const { properties } = hubspot.record(
      hubspot.create('deals', { dealname: 'Won', dealstage: 'closedwon', amount: 1250.5 }),
    );
    expect(properties).toMatchObject({
      amount: '1250.5',
      closedate: '2026-03-01T09:00:01.000Z',
      hs_deal_stage_probability: '1',
      hs_is_closed: 'true',
      hs_is_closed_won: 'true',
      pipeline: 'default',
    });
  });
});

describe('an update of a record', () => {
  it('returns the changed properties, and is visible to all reads', () => {
    const hubspot = openHubSpot();
    const id = recordId('contacts', 0);
    const answer = hubspot.change('contacts', id, { jobtitle: 'Owner', phone: '' });
    expect(answer).toMatchObject({ status: 200, wrote: '/crm/v3/objects/contacts/{id}' });
    const { properties, updatedAt } = hubspot.record(answer);
    expect(properties).toMatchObject({
      jobtitle: 'Owner',
      phone: '',
      lastmodifieddate: updatedAt,
      hs_object_id: id,
    });
    expect(properties).not.toHaveProperty('email');
    expect(updatedAt).toBe('2026-03-01T09:00:01.000Z');
    const read = hubspot.record(
      hubspot.ask('GET', `/crm/v3/objects/contacts/${id}?properties=jobtitle,phone,email`),
    );
    expect(read).toMatchObject({
      updatedAt,
      properties: { jobtitle: 'Owner', phone: null, email: hubspot.world.people[0]?.email },
    });
    expect(hubspot.search('contacts', 'jobtitle', 'Owner')).toContain(id);
  });

  it('finds the record by a unique property as well', () => {
    const hubspot = openHubSpot();
    const email = hubspot.world.people[0]?.email ?? '';
    const { status, body } = hubspot.ask(
      'PATCH',
      `/crm/v3/objects/contacts/${email}?idProperty=email`,
      { properties: { city: 'Bern' } },
    );
    expect([status, body]).toMatchObject([
      200,
      { id: recordId('contacts', 0), properties: { city: 'Bern' } },
    ]);
    expect(
      hubspot.error(
        hubspot.ask('PATCH', '/crm/v3/objects/contacts/x?idProperty=city', { properties: {} }),
      ),
    ).toMatchObject({
      httpStatus: 400,
      category: 'VALIDATION_ERROR',
    });
  });

  it('moves a deal, and sets the properties that follow from its stage', () => {
    const hubspot = openHubSpot();
    const { id } = hubspot.record(
      hubspot.create('deals', { dealname: 'Moving', dealstage: 'contractsent' }),
    );
    expect(
      hubspot.record(hubspot.change('deals', id, { dealstage: 'closedlost' })).properties,
    ).toMatchObject({
      dealstage: 'closedlost',
      hs_is_closed: 'true',
      hs_is_closed_won: 'false',
    });
  });

  it('returns 404 for an unknown id', () => {
    const hubspot = openHubSpot();
    expect(hubspot.error(hubspot.change('contacts', '1', { city: 'Bern' }))).toMatchObject({
      httpStatus: 404,
      status: 'error',
    });
  });
});

describe('unique values', () => {
  it('of e-mail addresses identify the contact that has it', () => {
    const hubspot = openHubSpot();
    const [first, second] = [recordId('contacts', 0), recordId('contacts', 1)];
    const email = hubspot.world.people[0]?.email?.toUpperCase() ?? '';
    const conflict = {
      httpStatus: 409,
      message: `Contact already exists. Existing ID: ${first}`,
      category: 'CONFLICT',
    };
    expect(hubspot.error(hubspot.create('contacts', { email }))).toMatchObject(conflict);
    expect(hubspot.error(hubspot.change('contacts', second, { email }))).toMatchObject(conflict);
    expect(hubspot.change('contacts', first, { email }).status).toBe(200);
  });

  it('of the idempotency key find the record, and belong to one record of a type only', () => {
    const hubspot = openHubSpot();
    const { id } = hubspot.record(
      hubspot.create('deals', { dealname: 'Once', tributary_key: 'k-1' }),
    );
    expect(
      hubspot.record(hubspot.ask('GET', '/crm/v3/objects/deals/k-1?idProperty=tributary_key')).id,
    ).toBe(id);
    const again = hubspot.error(
      hubspot.create('deals', { dealname: 'Twice', tributary_key: 'k-1' }),
    );
    expect(again).toMatchObject({ httpStatus: 400, category: 'VALIDATION_ERROR' });
    expect(again.message).toMatch(
      new RegExp(
        `^Cannot set PropertyValueCoordinates\\{.*legacyObjectType=DEAL\\}, propertyName=tributary_key, value=k-1\\} on \\d+\\. ${id} already has that value\\.$`,
      ),
    );
    expect(hubspot.search('deals', 'dealname', 'Twice')).toEqual([]);
    expect(
      hubspot.create('contacts', { email: 'k@example.org', tributary_key: 'k-1' }).status,
    ).toBe(201);
    expect(hubspot.ask('GET', '/crm/v3/properties/deals/tributary_key').body).toMatchObject({
      hasUniqueValue: true,
      hubspotDefined: false,
    });
  });
});

describe('values that HubSpot refuses', () => {
  it.each([
    ['contacts', { email: 'nobody' }, 'INVALID_EMAIL', 'Email address nobody is invalid'],
    ['contacts', { shoesize: '42' }, 'PROPERTY_DOESNT_EXIST', 'Property "shoesize" does not exist'],
    [
      'contacts',
      { lifecyclestage: 'friend' },
      'INVALID_OPTION',
      expect.stringMatching(/^friend was not one of the allowed options: \[subscriber, lead,/),
    ],
    [
      'contacts',
      { createdate: '2026-01-01' },
      'READ_ONLY_VALUE',
      '"createdate" is a read only property; its value cannot be set.',
    ],
    ['contacts', { hubspot_owner_id: '7' }, 'INVALID_OWNER_ID', 'Owner 7 does not exist'],
    [
      'contacts',
      { hubspot_owner_id: '29947847357121' },
      'INVALID_INTEGER',
      '29947847357121 was not a valid integer (for owner ID).',
    ],
    [
      'deals',
      { pipeline: 'dreams' },
      'INVALID_OPTION',
      'dreams was not one of the allowed options: [default, renewals]',
    ],
    [
      'deals',
      { dealstage: 'renewed' },
      'INVALID_OPTION',
      expect.stringMatching(/^renewed was not one of the allowed options: \[appointment/),
    ],
    ['deals', { amount: '1.42e-14' }, 'INVALID_INTEGER', '1.42e-14 was not a valid number.'],
    ['deals', { closedate: 'soon' }, 'INVALID_LONG', 'soon was not a valid long.'],
  ])('of %s: %p is %s', (type, properties, code, message) => {
    const hubspot = openHubSpot();
    const propertyName = Object.keys(properties);
    for (const answer of [
      hubspot.create(type, properties),
      ...(type === 'contacts' ? [hubspot.change(type, recordId(type, 0), properties)] : []),
    ]) {
      expect(hubspot.error(answer)).toMatchObject({
        httpStatus: 400,
        category: 'VALIDATION_ERROR',
        message: expect.stringMatching(/^Property values were not valid: \[\{"isValid":false,/),
        errors: [{ code, message, context: { propertyName } }],
      });
      expect(answer.wrote).toBeUndefined();
    }
  });

  it('are all reported at once, and nothing is written', () => {
    const hubspot = openHubSpot();
    const { errors } = hubspot.error(
      hubspot.create('deals', { dealname: 'Wrong', amount: 'much', colour: 'red' }),
    );
    expect(errors?.map(({ code }) => code)).toEqual(['INVALID_INTEGER', 'PROPERTY_DOESNT_EXIST']);
    expect(hubspot.search('deals', 'dealname', 'Wrong')).toEqual([]);
  });

  it('are associations with records that do not exist, or of types that are not', () => {
    const hubspot = openHubSpot();
    const deal = { dealname: 'Alone', dealstage: 'contractsent' };
    expect(hubspot.error(hubspot.create('deals', deal, [link('1', 3)]))).toMatchObject({
      httpStatus: 400,
      category: 'VALIDATION_ERROR',
      errors: [
        {
          message: 'CONTACT=1 is not valid',
          code: 'INVALID_OBJECT_ID',
          context: { CONTACT: ['1'] },
        },
      ],
    });
    expect(
      hubspot.error(hubspot.create('deals', deal, [link(recordId('companies', 0), 279)])),
    ).toMatchObject({
      httpStatus: 400,
      subCategory: 'crm.associations.INVALID_ASSOCIATION_TYPE',
    });
    expect(hubspot.search('deals', 'dealname', 'Alone')).toEqual([]);
  });

  it('are those of a malformed body', () => {
    expect(
      openHubSpot().ask('POST', '/crm/v3/objects/contacts', { email: 'x@example.org' }),
    ).toMatchObject({ status: 400 });
  });
});

describe('an association of existing records', () => {
  const COMPANY_LINKS = '/crm/v4/associations/contacts/companies/batch';
  const types = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 1 }];

  it('with a primary company is visible in both directions and in the property, until it is removed', () => {
    const hubspot = openHubSpot();
    const company = recordId('companies', 3);
    const { id } = hubspot.record(hubspot.create('contacts', { email: 'later@example.org' }));
    const primary = () =>
      hubspot.record(
        hubspot.ask('GET', `/crm/v3/objects/contacts/${id}?properties=associatedcompanyid`),
      ).properties;

    const made = hubspot.ask('POST', `${COMPANY_LINKS}/create`, {
      inputs: [{ from: { id }, to: { id: company }, types }],
    });
    expect(made).toMatchObject({
      status: 201,
      wrote: '/crm/v4/associations/{from}/{to}/batch/create',
    });
    expect(primary()).toMatchObject({ associatedcompanyid: company });
    expect(
      hubspot.associated('companies', 'contacts', company).map(([contact]) => contact),
    ).toContain(id);

    const ended = hubspot.ask('POST', `${COMPANY_LINKS}/archive`, {
      inputs: [{ from: { id }, to: [{ id: company }] }],
    });
    expect(ended).toMatchObject({
      status: 204,
      wrote: '/crm/v4/associations/{from}/{to}/batch/archive',
    });
    expect(primary()).toMatchObject({ associatedcompanyid: null });
    expect(
      hubspot.associated('companies', 'contacts', company).map(([contact]) => contact),
    ).not.toContain(id);
  });

  it('with a record that does not exist is an error of a 207, and affects no other one', () => {
    const hubspot = openHubSpot();
    const [contact, company] = [recordId('contacts', 0), recordId('companies', 5)];
    const create = (...pairs: readonly (readonly [string, string])[]) =>
      hubspot.ask('POST', `${COMPANY_LINKS}/create`, {
        inputs: pairs.map(([from, to]) => ({ from: { id: from }, to: { id: to }, types })),
      });
    const refused = { status: 'error', category: 'VALIDATION_ERROR' };
    const none = create([contact, '1'], ['2', company]);
    expect(none).toMatchObject({
      status: 207,
      body: {
        status: 'COMPLETE',
        results: [],
        numErrors: 2,
        errors: [
          { ...refused, message: 'COMPANY=1 is not valid' },
          { ...refused, message: 'CONTACT=2 is not valid' },
        ],
      },
    });
    expect(none.wrote).toBeUndefined();
    expect(create([contact, '1'], [contact, company])).toMatchObject({
      status: 207,
      wrote: '/crm/v4/associations/{from}/{to}/batch/create',
      body: {
        results: [
          {
            fromObjectTypeId: '0-1',
            fromObjectId: Number(contact),
            toObjectTypeId: '0-2',
            toObjectId: Number(company),
            labels: ['Primary'],
          },
        ],
        numErrors: 1,
      },
    });
  });

  it('has labels of the account, numbered like HubSpot’s types, which are removed one by one or together', () => {
    const hubspot = openHubSpot();
    const company = recordId('companies', 3);
    const { id } = hubspot.record(
      hubspot.create('deals', { dealname: 'Labelled' }, [link(company, 5)]),
    );
    const DEAL_LINKS = '/crm/v4/associations/deals/companies';
    const reseller = { associationCategory: 'USER_DEFINED', associationTypeId: 5 };
    const primary = { associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 5 };
    const unlabeled = { associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 341 };
    const write = (action: string, type: object) =>
      hubspot.ask('POST', `${DEAL_LINKS}/batch/${action}`, {
        inputs: [{ from: { id }, to: { id: company }, types: [type] }],
      });
    const between = () => {
      const { body } = hubspot.ask('POST', `${DEAL_LINKS}/batch/read`, { inputs: [{ id }] });
      return JSON.stringify(body);
    };
    expect(write('create', reseller).body).toMatchObject({ results: [{ labels: ['Reseller'] }] });
    expect(between()).toContain('{"category":"USER_DEFINED","typeId":5,"label":"Reseller"}');
    expect(write('labels/archive', primary).status).toBe(204);
    expect(hubspot.associated('deals', 'companies', id)).toEqual([[company, [341, 5]]]);
    expect(write('labels/archive', reseller)).toMatchObject({
      status: 204,
      wrote: '/crm/v4/associations/{from}/{to}/batch/labels/archive',
    });
    expect(hubspot.associated('deals', 'companies', id)).toEqual([[company, [341]]]);
    write('create', reseller);
    expect(write('labels/archive', unlabeled).status).toBe(204);
    expect(hubspot.associated('deals', 'companies', id)).toEqual([]);
    expect(hubspot.ask('GET', `${DEAL_LINKS}/labels`).body).toMatchObject({
      results: [
        { category: 'HUBSPOT_DEFINED', typeId: 5, label: 'Primary' },
        { category: 'HUBSPOT_DEFINED', typeId: 341, label: null },
        { category: 'USER_DEFINED', typeId: 5, label: 'Reseller' },
      ],
    });
  });
});

describe('a rule of the account that requires a property', () => {
  const won = { dealname: 'Won', dealstage: 'closedwon' };
  const DATED = '/crm/objects/2026-09/deals';
  const missing = (action: string) => ({
    httpStatus: 400,
    category: 'VALIDATION_ERROR',
    message: `Error ${action} DEAL. Some required properties were not set.`,
    context: { properties: ['amount'] },
  });

  it('applies to writes of version 2026-09, new records and changed ones', () => {
    const hubspot = openHubSpot();
    const create = (properties: object) => hubspot.ask('POST', DATED, { properties });
    expect(hubspot.error(create(won))).toMatchObject(missing('creating'));
    expect(create({ ...won, amount: '10' })).toMatchObject({ status: 201, wrote: DATED });

    const { id } = hubspot.record(create({ ...won, dealstage: 'contractsent' }));
    const change = (properties: object) => hubspot.ask('PATCH', `${DATED}/${id}`, { properties });
    expect(hubspot.error(change({ dealstage: 'closedwon' }))).toMatchObject(missing('updating'));
    expect(change({ dealstage: 'closedwon', amount: '10' })).toMatchObject({
      status: 200,
      wrote: `${DATED}/{id}`,
    });
    expect(hubspot.error(change({ amount: '' }))).toMatchObject(missing('updating'));
    expect(change({ dealname: 'Still won' }).status).toBe(200);
  });

  it.each(['/crm/v3/objects/deals', '/crm/objects/2026-03/deals'])(
    'does not apply to writes of earlier versions: %s',
    (path) => {
      expect(openHubSpot().ask('POST', path, { properties: won }).status).toBe(201);
    },
  );
});
