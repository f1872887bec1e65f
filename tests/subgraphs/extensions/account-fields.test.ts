import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createCallTrace } from '../../../request/request-scope.ts';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.ts';
import { crm } from '../../../subgraphs/crm/subgraph.ts';
import { checkFields, checkObjects } from '../../../subgraphs/extensions/check-fields.ts';
import type { PropertyDefinition } from '../../../subgraphs/extensions/custom-fields.ts';
import { readExtension } from '../../../subgraphs/extensions/read-extension.ts';
import { type AccountObject, suggestFields } from '../../../subgraphs/extensions/suggest-fields.ts';
import { openSubgraph, readSdl } from '../open-subgraph.ts';
import { startExtended } from './start-extended.ts';

let sandbox: Sandbox<'hubspot' | 'stripe'>;
let properties: ReadonlyMap<string, readonly PropertyDefinition[]>;
let objects: readonly AccountObject[];

beforeAll(async () => {
  sandbox = await startSandbox({ vendors: ['hubspot', 'stripe'] });
  const subgraph = openSubgraph(crm, sandbox.environment);
  const scope = { signal: new AbortController().signal, trace: createCallTrace() };
  const read = async (type: string) =>
    [type, (await subgraph.properties?.(type, scope)) ?? []] as const;
  properties = new Map(await Promise.all(['Customer', 'Company', 'Deal'].map(read)));
  objects = await Promise.all(
    ((await subgraph.objectTypes?.(scope)) ?? []).map(async (definition) => ({
      definition,
      properties: definition.isArchived
        ? []
        : ((await subgraph.properties?.(definition, scope)) ?? []),
    })),
  );
  await subgraph.close();
});
afterAll(() => sandbox.close());

const property = (name: string, more: Partial<PropertyDefinition> = {}): PropertyDefinition => ({
  name,
  label: name,
  description: '',
  kind: 'text',
  options: [],
  isArchived: false,
  isHidden: false,
  isReadOnly: false,
  isBuiltIn: false,
  ...more,
});

const read = (sdl: string) =>
  readExtension(readSdl('crm'), { path: 'crm.fields.graphql', sdl }, crm.extensible);

describe("a suggested file for the account's properties", () => {
  it('has each of them with its label, options and the arguments that it can have', () => {
    const sdl = suggestFields([readSdl('crm')], crm.extensible, { properties });
    expect(sdl).toContain(
      [
        'enum CustomerReferralSource {',
        '  WORD_OF_MOUTH @value(is: "Word of mouth")',
        '  "Trade show"',
        '  TRADE_SHOW @value(is: "trade-show")',
        '  "2nd campaign"',
        '  OPTION_2ND_CAMPAIGN @value(is: "2nd_campaign")',
        '  EVENEMENT @value(is: "Événement")',
        '  "True lead"',
        '  TRUE @value(is: "true")',
        '  "An option that this list does not have."',
        '  UNKNOWN',
        '}',
      ].join('\n'),
    );
    expect(sdl).toContain(
      '  "Loyalty tier. Tier in the loyalty programme."\n  loyaltyTier: CustomerLoyaltyTier @property(name: "loyalty_tier", filter: true, write: true)',
    );
    expect(sdl).toContain(
      '  "Referral source \\"how did you hear of us\\"."\n  referralSource: CustomerReferralSource',
    );
    expect(sdl).toContain('loyaltyPoints: Decimal @property');
    expect(sdl).toContain('newsletter: Boolean @property');
    expect(sdl).toContain('memberSince: Date @property');
    expect(sdl).toContain('lastVisit: DateTime @property');
    expect(sdl).toContain('interests: [CustomerInterests!] @property');
    expect(sdl).toContain('accountManager: Owner @property');
    expect(sdl).toContain('ENT\n');
    // Calculated, hidden, deleted, HubSpot's own.
    expect(sdl).toContain('lifetimeValue: Decimal @property(name: "lifetime_value", filter: true)');
    expect(sdl).not.toMatch(/internal_note|old_loyalty_number|lifecyclestage/);
  });

  it('composes and works unchanged', async () => {
    const sdl = suggestFields([readSdl('crm')], crm.extensible, { properties });
    const { run, close } = startExtended(sandbox.environment, { crm: sdl });
    const { data, errors } = await run(`{
      customers(first: 1, filter: { referralSource: WORD_OF_MOUTH }) {
        nodes { loyaltyTier referralSource lifetimeValue accountManager { name } interests }
      }
      companies(first: 1) { nodes { segment vatNumber } }
      deals(first: 1) { nodes { rivals contractSignedOn } }
    }`);
    await close();
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      customers: {
        nodes: [
          {
            loyaltyTier: 'GOLD_MEMBER',
            referralSource: 'WORD_OF_MOUTH',
            lifetimeValue: '125',
            accountManager: { name: expect.any(String) },
            interests: ['SAILING'],
          },
        ],
      },
      companies: { nodes: [{ segment: 'SMB', vatNumber: 'DE100000000' }] },
      deals: { nodes: [{ rivals: ['ACME'], contractSignedOn: '2026-02-01' }] },
    });
  });

  it.each<[string, PropertyDefinition[]]>([
    [
      'names that the graph has',
      [property('email'), property('company_id'), property('created'), property('deals')],
    ],
    ['names that differ in signs alone', [property('a_b'), property('a__b'), property('aB')]],
    [
      'names of ranges',
      [property('won', { kind: 'date' }), property('won_from'), property('won_id')],
    ],
    ['names without letters to begin with', [property('_1x'), property('x')]],
    [
      'options that have no name in GraphQL',
      [
        property('c', {
          kind: 'option',
          options: ['', ' ', '-', '日本', 'unknown', 'UNKNOWN', 'a', 'A', '__a', 'null'].map(
            (value) => ({ value, label: '"""' }),
          ),
        }),
      ],
    ],
    [
      'a choice without options',
      [property('d', { kind: 'option' }), property('e', { kind: 'options' })],
    ],
    ['labels over several lines', [property('f', { label: 'a\n"b"\\', description: '#{c}' })]],
  ])('is valid, for %s', (_title, account) => {
    const sdl = suggestFields([readSdl('crm')], crm.extensible, {
      properties: new Map([
        ['Customer', account],
        ['Deal', account],
      ]),
    });
    const { extension, problems } = read(sdl);
    expect(problems).toBeUndefined();
    expect(extension?.definitions).toHaveLength(
      2 * account.filter(({ name }) => /^[A-Za-z]/.test(name)).length,
    );
  });
});

describe('a comparison of custom fields with the account', () => {
  const check = (sdl: string) => {
    const { extension, problems = [] } = read(sdl);
    if (extension === undefined) throw new Error(problems.join('\n'));
    return checkFields(extension.definitions, properties);
  };

  it('finds no difference in the suggested file', () => {
    expect(check(suggestFields([readSdl('crm')], crm.extensible, { properties }))).toEqual([]);
  });

  it.each([
    [
      'has no such property',
      'extend type Deal {\n  x: Int @property(name: "nothing")\n}',
      'crm.fields.graphql:2: The account does not have the property "nothing" of Deal.x. Create it, or remove the field.',
    ],
    [
      'has deleted the property',
      'extend type Customer { x: String @property(name: "old_loyalty_number") }',
      'crm.fields.graphql:1: The account has deleted the property "old_loyalty_number" of Customer.x. Restore it, or remove the field.',
    ],
    [
      'has a property of another type',
      'extend type Customer { x: Date @property(name: "loyalty_points") }',
      'crm.fields.graphql:1: Customer.x is a date, but its property "loyalty_points" is a number. Change the type of the field.',
    ],
    [
      'has several options in place of one',
      'enum I { sailing UNKNOWN } extend type Customer { x: I @property(name: "interests") }',
      'crm.fields.graphql:1: Customer.x is one of several options, but its property "interests" is a list of options. Change the type of the field.',
    ],
    [
      'has no longer an option',
      'enum T {\n  SILVER @value(is: "silver")\n  PLATINUM @value(is: "platinum")\n  UNKNOWN\n}\nextend type Customer { x: T @property(name: "loyalty_tier") y: T @property(name: "loyalty_tier") }',
      'crm.fields.graphql:3: The property "loyalty_tier" has no option "platinum". Remove PLATINUM, or correct its @value.',
    ],
    [
      'fills in a property that is written',
      'extend type Customer { x: Decimal @property(name: "lifetime_value", write: true) }',
      'crm.fields.graphql:1: The account fills in the property "lifetime_value" of Customer.x itself. Remove write.',
    ],
  ])('names file and line if the account %s', (_title, sdl, expected) => {
    expect(check(sdl)).toEqual([expected]);
  });

  it('accepts text for any property, and an integer for a number', () => {
    expect(
      check(
        'extend type Customer { a: String @property(name: "loyalty_tier") b: Int @property(name: "loyalty_points") }',
      ),
    ).toEqual([]);
  });
});

describe("a suggested file for the account's custom objects", () => {
  const suggest = (account: readonly AccountObject[] = objects) =>
    suggestFields([readSdl('crm'), readSdl('payments'), readSdl('maps')], crm.extensible, {
      properties,
      objects: account,
    });

  it('has each type with its properties and links, on both sides', () => {
    const sdl = suggest();
    expect(sdl).toContain(
      '"Machine. A machine that a customer rents."\ntype Machine @object(type: "2-38291746") {',
    );
    expect(sdl).toContain('  serialNumber: String @property(name: "serial_number", filter: true)');
    expect(sdl).toContain('  machineFeatures: [MachineMachineFeatures!] @property');
    // Calculated properties can be read and filtered like others, deleted ones cannot.
    expect(sdl).toContain('  totalRent: Decimal @property(name: "total_rent", filter: true)');
    expect(sdl).not.toMatch(/old_serial_number|hs_createdate|Vehicle|2-30753436/);
    expect(sdl).toContain(
      '  customers: CustomerConnection\n  companies: CompanyConnection\n  deals: DealConnection\n  serviceVisits: ServiceVisitConnection\n}',
    );
    expect(sdl).toMatch(/extend type Deal \{[^}]*\n {2}machines: MachineConnection\n\}/);
    expect(sdl).toMatch(/type ServiceVisit @object[^}]*\n {2}machines: MachineConnection\n\}/);
  });

  it('composes and works unchanged', async () => {
    const { run, close } = startExtended(sandbox.environment, { crm: suggest() });
    const { data, errors } = await run(`{
      machines(first: 1, filter: { machineCondition: IN_USE }) {
        nodes { serialNumber customers(first: 1) { nodes { loyaltyTier machines(first: 1) { nodes { monthlyRent } } } } }
      }
      serviceVisits(first: 1) { nodes { visitSubject machines(first: 1) { nodes { machineModel } } } }
    }`);
    await close();
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      machines: {
        nodes: [
          {
            serialNumber: 'SN-1000',
            customers: {
              nodes: [
                { loyaltyTier: 'GOLD_MEMBER', machines: { nodes: [{ monthlyRent: '49.5' }] } },
              ],
            },
          },
        ],
      },
      serviceVisits: {
        nodes: [
          { visitSubject: 'Visit 1', machines: { nodes: [{ machineModel: 'Espresso One' }] } },
        ],
      },
    });
  });

  it.each([
    ['Customer', 'Customers', /type CustomCustomer @object\(type: "2-1"\)/],
    ['Payment', 'Payments', /type CustomPayment @object\(type: "2-1"\)/],
    ['2nd phone', '2nd phones', /type Custom2ndPhone @object\(type: "2-1"\)/],
    ['日本', '', /type X @object\(type: "2-1"\)/],
    ['Person', 'People', /type Person @object\(type: "2-1", plural: "people"\)/],
    ['Equipment', 'Equipment', /type Equipment @object\(type: "2-1"\)/],
    ['SIM card', 'SIM cards', /type SIMCard @object\(type: "2-1"\)/],
    ['Category', 'Categories', /type Category @object\(type: "2-1"\)/],
    ['Refund', 'Payments', /type CustomRefund @object\(type: "2-1"\)/],
  ])('is valid for a type called %s, %s', (label, pluralLabel, expected) => {
    const definition = {
      vendorType: '2-1',
      name: 'x',
      label,
      pluralLabel,
      description: '',
      isArchived: false,
      linkedTypes: ['Customer', '0-5', '2-2', '2-1'],
    };
    const all = [
      { definition, properties: [property('id'), property('created_at'), property('customers')] },
      { definition: { ...definition, vendorType: '2-2' }, properties: [] },
    ];
    const sdl = suggest(all);
    expect(sdl).toMatch(expected);
    const { extension, problems } = readExtension(
      readSdl('crm'),
      { path: 'crm.fields.graphql', sdl },
      crm.extensible,
      [readSdl('payments'), readSdl('maps')],
    );
    expect(problems).toBeUndefined();
    expect(extension?.objects.types).toHaveLength(2);
  });

  const check = (sdl: string) => {
    const { extension, problems = [] } = read(sdl);
    if (extension === undefined) throw new Error(problems.join('\n'));
    return checkObjects(
      extension.objects,
      objects.map(({ definition }) => definition),
    );
  };

  it('agrees with the account', () => {
    expect(check(suggest())).toEqual([]);
  });

  it.each([
    [
      'has no such type',
      '\ntype Boat @object(type: "2-1") { customers: CustomerConnection }',
      'crm.fields.graphql:2: The account does not have the type "2-1" of Boat. Create it, or correct @object.',
    ],
    [
      'has deleted the type',
      '"A vehicle."\ntype Vehicle @object(type: "2-30753436")',
      'crm.fields.graphql:2: The account has deleted the type "2-30753436" of Vehicle. Restore it, or remove the type.',
    ],
    [
      'does not associate the types',
      'type Visit @object(type: "2-38291802")\nextend type Deal {\n  visits: VisitConnection\n}',
      'crm.fields.graphql:3: The account does not associate records of Visit with those of Deal. Add the association, or remove Deal.visits.',
    ],
  ])('names file and line if the account %s', (_title, sdl, expected) => {
    expect(check(sdl)).toEqual([expected]);
  });
});
