import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import type { Run } from '../../federation/run-operation.ts';
import { startExtended } from './start-extended.ts';

const FIELDS = `
  enum Tier { GOLD @value(is: "gold_member") SILVER @value(is: "silver") UNKNOWN }
  enum Interest { SAILING @value(is: "sailing") CHESS @value(is: "chess") COOKING @value(is: "cooking") UNKNOWN }
  extend type Customer {
    "Tier in the loyalty programme."
    tier: Tier @property(name: "loyalty_tier", filter: true, write: true)
    turnover: Decimal @property(name: "loyalty_points", filter: true, write: true)
    newsletter: Boolean @property(name: "newsletter", filter: true, write: true)
    memberSince: Date @property(name: "member_since", filter: true, write: true)
    lastVisit: DateTime @property(name: "last_visit", filter: true, write: true)
    interests: [Interest!] @property(name: "interests", filter: true, write: true)
    manager: Owner @property(name: "account_manager", filter: true, write: true)
    lifetimeValue: Decimal @property(name: "lifetime_value", write: true)
    note: String @property(name: "internal_note", write: true)
    gone: String @property(name: "old_loyalty_number", write: true)
  }
  extend type Company { vatNumber: String @property(name: "vat_number", filter: true, write: true) }
  extend type Deal { signedOn: Date @property(name: "contract_signed_on", filter: true, write: true) }
`;

let sandbox: Sandbox<'hubspot' | 'stripe'>;
let run: Run;
let close: () => Promise<void>;
let since: number;

beforeAll(async () => {
  sandbox = await startSandbox({ vendors: ['hubspot', 'stripe'] });
  ({ run, close } = startExtended(sandbox.environment, { crm: FIELDS }));
});
afterAll(async () => {
  await close();
  await sandbox.close();
});
beforeEach(() => {
  since = performance.now();
});

/** The bodies of the requests that HubSpot has got since the test began. */
const sent = (part: string) =>
  sandbox.hubspot.requests
    .filter(
      ({ startedAt, method, path }) => startedAt >= since && `${method} ${path}`.includes(part),
    )
    .map(({ body }) => JSON.parse(body) as Record<string, unknown>);

describe('filters by custom fields', () => {
  const list = (filter: object) =>
    run(
      'query ($filter: CustomerFilter) { customers(first: 100, filter: $filter) { nodes { tier turnover newsletter memberSince lastVisit interests manager { id } } } }',
      { filter },
    );

  it.each([
    [{ tier: 'GOLD' }, { propertyName: 'loyalty_tier', operator: 'EQ', value: 'gold_member' }],
    [{ turnover: '12.5' }, { propertyName: 'loyalty_points', operator: 'EQ', value: '12.5' }],
    [{ turnoverFrom: '20' }, { propertyName: 'loyalty_points', operator: 'GTE', value: '20' }],
    [{ turnoverTo: '30' }, { propertyName: 'loyalty_points', operator: 'LTE', value: '30' }],
    [
      { turnoverFrom: '20', turnoverTo: '30' },
      { propertyName: 'loyalty_points', operator: 'BETWEEN', value: '20', highValue: '30' },
    ],
    [{ newsletter: false }, { propertyName: 'newsletter', operator: 'EQ', value: 'false' }],
    [
      { memberSince: '2020-03-01' },
      { propertyName: 'member_since', operator: 'EQ', value: '1583020800000' },
    ],
    [
      { memberSinceFrom: '2020-03-01', memberSinceBefore: '2020-03-02' },
      {
        propertyName: 'member_since',
        operator: 'BETWEEN',
        value: '1583020800000',
        highValue: '1583107199999',
      },
    ],
    [
      { lastVisitFrom: '2026-01-15T11:30:00+01:00' },
      { propertyName: 'last_visit', operator: 'GTE', value: '1768473000000' },
    ],
    [
      { lastVisitBefore: '2026-02-15T10:30:00Z' },
      { propertyName: 'last_visit', operator: 'LTE', value: '1771151399999' },
    ],
    [{ interests: 'COOKING' }, { propertyName: 'interests', operator: 'IN', values: ['cooking'] }],
    [
      { managerId: '57812001' },
      { propertyName: 'account_manager', operator: 'EQ', value: '57812001' },
    ],
  ])("%j is sent in HubSpot's form, and finds matching records", async (filter, expected) => {
    const { data, errors } = await list(filter);
    expect(errors).toBeUndefined();
    expect(sent('search')).toEqual([
      expect.objectContaining({ filterGroups: [{ filters: [expected] }] }),
    ]);
    expect(data).toMatchObject({
      customers: { nodes: expect.arrayContaining([expect.anything()]) },
    });
  });

  it('are combined with built-in filters, and null is no condition', async () => {
    await list({ city: 'Paris', tier: 'SILVER', newsletter: null });
    expect(sent('search')).toEqual([
      expect.objectContaining({
        filterGroups: [
          {
            filters: [
              { propertyName: 'city', operator: 'EQ', value: 'Paris' },
              { propertyName: 'loyalty_tier', operator: 'EQ', value: 'silver' },
            ],
          },
        ],
      }),
    ]);
    since = performance.now();
    await list({ newsletter: null });
    expect(sent('search')).toEqual([]);
  });

  it('exist for companies and deals', async () => {
    const { data, errors } = await run(
      '{ companies(filter: { vatNumber: "DE100000000" }) { nodes { vatNumber } } deals(filter: { signedOn: "2026-02-01" }, first: 1) { nodes { signedOn } } }',
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      companies: { nodes: [{ vatNumber: 'DE100000000' }] },
      deals: { nodes: [{ signedOn: '2026-02-01' }] },
    });
  });

  it.each([
    [{ tier: 'UNKNOWN' }, 'filter.tier must be one of GOLD, SILVER, but is UNKNOWN.'],
    [
      { memberSinceFrom: '2020-03-02', memberSinceBefore: '2020-03-02' },
      'filter.memberSinceFrom must be earlier than filter.memberSinceBefore, but is not.',
    ],
    [
      { turnoverFrom: '2', turnoverTo: '1' },
      'filter.turnoverFrom must not be greater than filter.turnoverTo, but is.',
    ],
    [{ managerId: ' ' }, 'filter.managerId must be text of 1 to 200 characters, but got 1.'],
    [
      {
        city: 'Paris',
        createdFrom: '2020-01-01T00:00:00Z',
        createdBefore: '2021-01-01T00:00:00Z',
        tier: 'GOLD',
        newsletter: true,
        interests: 'CHESS',
        turnoverFrom: '1',
        turnover: '2',
      },
      'filter must have at most 6 conditions, with a range as one, but got 7.',
    ],
  ])('%j is refused before a call to HubSpot', async (filter, message) => {
    const { errors } = await list(filter);
    expect(errors?.map((error) => [error.message, error.extensions?.['code']])).toEqual([
      [message, 'BAD_USER_INPUT'],
    ]);
    expect(sent('search')).toEqual([]);
  });
});

describe('writes of custom fields', () => {
  const UPDATE = `mutation ($input: UpdateCustomerInput!) {
    updateCustomer(input: $input) {
      customer { tier turnover newsletter memberSince lastVisit interests manager { id } }
      userErrors { code field message }
    }
  }`;
  const update = async (input: object) => {
    const { data } = await run('{ customers(first: 1) { nodes { id } } }');
    // A cast: the form of the query.
    const { customers } = data as { customers: { nodes: [{ id: string }] } };
    since = performance.now();
    return run(UPDATE, { input: { id: customers.nodes[0].id, ...input } });
  };

  it('are sent in the form that HubSpot stores, and read as they were written', async () => {
    const values = {
      tier: 'SILVER',
      turnover: '99.5',
      newsletter: true,
      memberSince: '2024-02-29',
      lastVisit: '2026-05-01T08:00:00.000Z',
      interests: ['CHESS', 'SAILING'],
    };
    const { data, errors } = await update({ ...values, managerId: '57814027' });
    expect(errors).toBeUndefined();
    expect(sent('PATCH')).toEqual([
      {
        properties: {
          loyalty_tier: 'silver',
          loyalty_points: '99.5',
          newsletter: 'true',
          member_since: '1709164800000',
          last_visit: '1777622400000',
          interests: 'chess;sailing',
          account_manager: '57814027',
        },
      },
    ]);
    expect(data).toEqual({
      updateCustomer: { customer: { ...values, manager: { id: '57814027' } }, userErrors: [] },
    });
  });

  it('clear a property by null, and can be the only fields of an update', async () => {
    const { data, errors } = await update({ tier: null, interests: null });
    expect(errors).toBeUndefined();
    expect(sent('PATCH')).toEqual([{ properties: { loyalty_tier: '', interests: '' } }]);
    expect(data).toMatchObject({ updateCustomer: { customer: { tier: null, interests: null } } });
  });

  it('are part of creations, for each type', async () => {
    const { data, errors } = await run(`mutation {
      createCustomer(input: { lastName: "Ek", tier: GOLD }) { customer { tier } }
      createCompany(input: { name: "Ek AB", vatNumber: "SE1" }) { company { vatNumber } }
      createDeal(input: { title: "Ek", signedOn: "2026-02-03" }) { deal { signedOn } }
    }`);
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      createCustomer: { customer: { tier: 'GOLD' } },
      createCompany: { company: { vatNumber: 'SE1' } },
      createDeal: { deal: { signedOn: '2026-02-03' } },
    });
  });

  it('take effect once for their key, and other values need another key', async () => {
    const first = await update({ idempotencyKey: 'once', note: 'a' });
    expect(first.errors).toBeUndefined();
    const again = await update({ idempotencyKey: 'once', note: 'a' });
    expect(again.errors).toBeUndefined();
    expect(sent('PATCH')).toEqual([]);
    const other = await update({ idempotencyKey: 'once', note: 'b' });
    expect(other.errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['BAD_USER_INPUT']);
  });

  it('of a property that HubSpot fills in itself are a user error', async () => {
    const { data, errors } = await update({ lifetimeValue: '1' });
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      updateCustomer: {
        customer: null,
        userErrors: [
          {
            code: 'UNKNOWN',
            field: ['input', 'lifetimeValue'],
            message: 'input.lifetimeValue cannot be set: the CRM fills it in itself.',
          },
        ],
      },
    });
  });

  it.each([
    [{ tier: 'UNKNOWN' }, 'input.tier must be one of GOLD, SILVER, but is UNKNOWN.', 'tier'],
    [
      { interests: ['CHESS', 'UNKNOWN'] },
      'input.interests must be one of SAILING, CHESS, COOKING, but is UNKNOWN.',
      'interests',
    ],
    [
      { managerId: '1' },
      'input.managerId must be a value that the CRM accepts, but got "1".',
      'managerId',
    ],
    [
      { turnover: '1234567890.1234567' },
      'input.turnover must be a value that the CRM accepts, but got "1234567890.1234567".',
      'turnover',
    ],
    [
      { note: 'x'.repeat(65_537) },
      'input.note must have at most 65,536 characters, but has 65,537.',
      'note',
    ],
  ])('%j is refused, naming the field', async (input, message, field) => {
    const { errors } = await update(input);
    expect(errors?.map((error) => [error.message, error.extensions])).toEqual([
      [message, expect.objectContaining({ code: 'BAD_USER_INPUT', field: ['input', field] })],
    ]);
  });

  it('of a property that the account does not have are an error of the server, not of the client', async () => {
    const { errors } = await update({ gone: 'x' });
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['UPSTREAM_REJECTED']);
  });
});
