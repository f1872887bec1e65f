import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { SUBGRAPHS } from '../../../bin/subgraphs.ts';
import { composeGraph } from '../../../gateway/composition/compose-graph.ts';
import { readAccessRules } from '../../../gateway/supergraph/access-rules.ts';
import { readExtension } from '../../../subgraphs/extensions/read-extension.ts';
import { crm } from '../../../subgraphs/crm/subgraph.ts';
import { payments } from '../../../subgraphs/payments/subgraph.ts';
import { readSdl } from '../open-subgraph.ts';

const read = (sdl: string) =>
  readExtension(readSdl('crm'), { path: 'crm.fields.graphql', sdl }, crm.extensible, [
    readSdl('payments'),
    readSdl('maps'),
  ]);

describe('a file of custom fields', () => {
  it('adds fields to a subgraph, without the directives of their sources', () => {
    const { extension } = read(
      'enum Tier { GOLD @value(is: "gold_member") } extend type Customer { tier: Tier @property(name: "loyalty_tier") }',
    );
    expect(extension?.fields).toEqual({
      Customer: [
        expect.objectContaining({ name: 'tier', property: 'loyalty_tier', kind: 'option' }),
      ],
    });
    expect(extension?.sdl).toContain('tier: Tier');
    expect(extension?.sdl).not.toMatch(/@property|@value/);
  });

  it('requires personal:read on a person, unless a field has a rule of its own', () => {
    const { extension } = read(
      'extend type Customer { a: Int @property(name: "a") b: Int @property(name: "b") @requiresScopes(scopes: [["crm:read"]]) } extend type Company { c: Int @property(name: "c") }',
    );
    expect(extension?.sdl).toContain('a: Int @requiresScopes(scopes: [["personal:read"]])');
    expect(extension?.sdl).toContain('b: Int @requiresScopes(scopes: [["crm:read"]])');
    expect(extension?.sdl).toMatch(/ c: Int\n/);
  });

  it.each(['', '# Nothing yet.\n', '\uFEFF\r\n'])(
    'can be empty, as a shell creates it before a command writes to it: %j',
    (sdl) => {
      expect(read(sdl)).toEqual({ extension: expect.objectContaining({ fields: {} }) });
    },
  );

  it.each([
    ['String', 'a', 'a'],
    ['[String!]', ['a', 'b'], ['a', 'b']],
    ['Tier', 'gold_member', 'GOLD'],
    ['Tier', 'platinum', 'UNKNOWN'],
    ['Strict', 'platinum', null],
    ['[Tier!]', ['gold_member', 'platinum'], ['GOLD', 'UNKNOWN']],
    ['[Strict!]', ['gold', 'platinum'], ['gold']],
    ['Int', null, null],
  ])('has a field of type %s that maps the value %j to %j', (type, value, expected) => {
    const { extension } = read(
      `enum Tier { GOLD @value(is: "gold_member") UNKNOWN } enum Strict { gold } extend type Deal { x: ${type} @property(name: "x") }`,
    );
    const resolve = extension?.resolvers['Deal']?.['x'];
    expect(resolve?.({ extra: { x: value } }, {}, undefined, undefined as never)).toEqual(expected);
  });

  it.each([
    ['cannot be parsed', 'extend type Customer {', /^crm\.fields\.graphql:1: Syntax Error: .+\.$/],
    [
      'extends a type that cannot be extended',
      '\nextend type Owner { x: Int @property(name: "x") }',
      'crm.fields.graphql:2: Owner cannot have custom fields. These types can: Customer, Company, Deal.',
    ],
    [
      'has a type of its own',
      'type Pet { name: String }',
      'crm.fields.graphql:1: Pet needs @object with the vendor\'s id of the type of records: @object(type: "2-123456"). Other types need a service.',
    ],
    [
      'has a definition of another kind',
      'interface Pet { name: String }',
      'crm.fields.graphql:1: A file of custom fields can have `extend type`, `enum` and `type` with @object only. Add a service for other types.',
    ],
    [
      'has a field that is there already',
      'extend type Customer {\n  email: String @property(name: "email")\n}',
      'crm.fields.graphql:2: The graph has a field Customer.email already. Choose another name.',
    ],
    [
      'has a field twice',
      'extend type Deal { x: Int @property(name: "x") }\nextend type Deal { x: Int @property(name: "y") }',
      'crm.fields.graphql:2: The graph has a field Deal.x already. Choose another name.',
    ],
    [
      'has a field without a property',
      'extend type Deal { x: Int }',
      'crm.fields.graphql:1: Deal.x needs @property with the internal name of the vendor\'s property: @property(name: "loyalty_tier").',
    ],
    [
      'has a property whose name cannot be',
      'extend type Deal { x: Int @property(name: "x,y") }',
      'crm.fields.graphql:1: Deal.x needs @property with the internal name of the vendor\'s property: @property(name: "loyalty_tier").',
    ],
    [
      'has an argument that is not known',
      'extend type Deal { x: Int @property(name: "x", sort: true) }',
      'crm.fields.graphql:1: @property of Deal.x has no argument sort. Its arguments are name, filter and write.',
    ],
    [
      'has a type that no property can have',
      'extend type Deal { x: Float @property(name: "x") }',
      'crm.fields.graphql:1: Deal.x must be nullable and of the type String, Boolean, Int, Decimal, Date, DateTime, Owner, an enum of this file, or a list of String or of an enum, but is Float.',
    ],
    [
      'promises that there is always a value',
      'extend type Deal { x: Int! @property(name: "x") }',
      /must be nullable/,
    ],
    [
      'has an argument of another type',
      'extend type Deal { x: Int @property(name: "x", filter: "yes") }',
      'crm.fields.graphql:1: filter of @property of Deal.x must be true or false, but is "yes".',
    ],
    [
      'has a filter of the name of one of ours',
      'extend type Customer {\n\n  companyId: String @property(name: "x", filter: true) }',
      'crm.fields.graphql:3: The input CustomerFilter has a field companyId already. Choose another name for Customer.companyId.',
    ],
    [
      'has a range of the name of another filter',
      'extend type Deal { wonFrom: Date @property(name: "x", filter: true) won: Date @property(name: "y", filter: true) }',
      'crm.fields.graphql:1: The input DealFilter has a field wonFrom already. Choose another name for Deal.won.',
    ],
    [
      'has a reference whose id is an input of ours',
      'extend type Deal { owner2: Owner @property(name: "x") customer: Owner @property(name: "y", write: true) company2: Owner @property(name: "z") pipeline2: Owner @property(name: "w", write: true) stage2Id: Int @property(name: "v", write: true) stage2: Owner @property(name: "u", write: true) }',
      /The input CreateDealInput has a field stage2Id already\. Choose another name for Deal\.stage2\./,
    ],
    [
      'writes one property by two fields',
      'extend type Deal {\n  x: Int @property(name: "p", write: true)\n  y: Int @property(name: "p", write: true)\n}',
      'crm.fields.graphql:3: Deal.y and Deal.x write the same property "p". Remove write from one of them.',
    ],
    [
      'has scopes that are no list of lists',
      'extend type Deal { x: Int @property(name: "x") @requiresScopes(scopes: ["crm:read"]) }',
      'crm.fields.graphql:1: @requiresScopes of Deal.x needs a list of lists of text: @requiresScopes(scopes: [["personal:read"]]).',
    ],
    [
      'has a policy without policies',
      'extend type Deal { x: Int @property(name: "x") @policy }',
      'crm.fields.graphql:1: @policy of Deal.x needs a list of lists of text: @policy(policies: [["own_region"]]).',
    ],
    [
      'has an enum that is there already',
      'enum SortDirection { UP }',
      'crm.fields.graphql:1: The graph has a type SortDirection already. Choose another name.',
    ],
    [
      'has two values for one option',
      'enum Tier { A @value(is: "a") B @value(is: "a") }',
      'crm.fields.graphql:1: Two values of Tier stand for "a".',
    ],
    [
      'has an option that is no text',
      'enum Tier { A @value(is: 1) }',
      'crm.fields.graphql:1: @value needs the option as text: @value(is: "gold_member").',
    ],
    [
      'defines a type that it should extend',
      'type Customer { x: Int @property(name: "x") }',
      'crm.fields.graphql:1: The graph has a type Customer already. Write `extend type Customer`.',
    ],
    [
      'has a directive that is no part of custom fields',
      'extend type Customer {\n  x: Int @property(name: "x") @external\n}',
      'crm.fields.graphql:2: Customer.x cannot have @external in a file of custom fields. It can have @property, @requiresScopes, @authenticated, @policy, @tag, @deprecated, @inaccessible.',
    ],
    [
      'has a key for one of our types',
      'extend type Customer @key(fields: "x") { x: Int @property(name: "x") }',
      'crm.fields.graphql:1: Customer cannot have @key in a file of custom fields.',
    ],
    [
      'has a tag for one of our types',
      'extend type Customer @tag(name: "public") { x: Int @property(name: "x") }',
      'crm.fields.graphql:1: Customer cannot have @tag in a file of custom fields.',
    ],
    [
      'has two properties for one field',
      'extend type Deal { x: Int @property(name: "x") @property(name: "y") }',
      'crm.fields.graphql:1: Deal.x has @property twice. Remove one.',
    ],
    [
      'has a field with arguments',
      'extend type Deal { x(y: Int): Int @property(name: "x") }',
      'crm.fields.graphql:1: Deal.x cannot have arguments. Remove them.',
    ],
    [
      'has a tag that is no text',
      'extend type Deal { x: Int @property(name: "x") @tag(name: 1) }',
      'crm.fields.graphql:1: @tag of Deal.x needs name as text: @tag(name: "partner").',
    ],
    [
      'adds an interface',
      'extend type Deal implements Node { x: Int @property(name: "x") }',
      'crm.fields.graphql:1: A file of custom fields cannot add interfaces to Deal. Remove implements.',
    ],
    [
      'has a field with a reserved name',
      'extend type Deal { __x: Int @property(name: "x") }',
      "crm.fields.graphql:1: Names that begin with __ are GraphQL's own. Choose another name than __x.",
    ],
    [
      'has an option with a reserved name',
      'enum Tier {\n  __GOLD\n}',
      "crm.fields.graphql:2: Names that begin with __ are GraphQL's own. Choose another name than __GOLD.",
    ],
    [
      'has an enum without values',
      'enum Tier',
      /^crm\.fields\.graphql:1: The enum Tier needs values/,
    ],
    [
      'has a value of an enum twice',
      'enum Tier { A @value(is: "a") A }',
      'crm.fields.graphql:1: Tier has the value A already.',
    ],
    [
      'adds a subscription',
      'extend type Subscription { leadChanged: String @property(name: "lead") }',
      'crm.fields.graphql:1: Subscription cannot have custom fields. These types can: Customer, Company, Deal.',
    ],
    [
      'is nested too deeply',
      `extend type Deal { x: ${'['.repeat(20_000)}Int`,
      'crm.fields.graphql:1: Types or values are nested too deeply.',
    ],
  ])('is refused with file and line if it %s', (_title, sdl, expected) => {
    const { problems = [] } = read(sdl);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });
});

describe('a type of records in a file of custom fields', () => {
  const MACHINE = 'type Machine @object(type: "2-1")';

  it('adds root fields, a connection and a filter, with its access rules and tags', () => {
    const { extension, problems } = read(
      `"A machine." type Machine @object(type: "2-1") @tag(name: "partner") @requiresScopes(scopes: [["machines:read"]]) {
        id: ID! @tag(name: "public")
        serial: String @property(name: "serial", filter: true)
        owner: Owner @property(name: "owner", filter: true)
        customers: CustomerConnection
      }
      extend type Customer { machine: Machine }`,
    );
    expect(problems).toBeUndefined();
    const sdl = extension?.sdl.slice(readSdl('crm').length) ?? '';
    expect(sdl).toContain(
      'type Machine @key(fields: "id") @tag(name: "partner") @requiresScopes(scopes: [["machines:read"]])',
    );
    expect(sdl).toContain(
      'type MachineConnection @tag(name: "partner") @requiresScopes(scopes: [["machines:read"]])',
    );
    expect(sdl).toMatch(/machine\(.*id: ID!\): Machine @tag\(name: "partner"\)/);
    expect(sdl).toMatch(/input MachineFilter \{[^}]*serial: String @accessOf/);
    expect(sdl).toMatch(/ownerId: ID @accessOf\(field: "Machine.owner"\)/);
    // What its type needs is enough for a link.
    expect(sdl).toMatch(/machine: Machine\n/);
    expect(extension?.objects.calls).toMatchObject({
      'Query.machine': [{ per: 'batch', of: 100 }],
      'Customer.machine': [
        { per: 'batch', of: 100 },
        { per: 'batch', of: 100 },
      ],
    });
  });

  it('requires personal:read unless it has a rule of its own', () => {
    const { extension } = read(MACHINE);
    expect(extension?.sdl).toContain(
      'type Machine @key(fields: "id") @requiresScopes(scopes: [["personal:read"]])',
    );
    expect(read(`${MACHINE} @authenticated`).extension?.sdl).toContain(
      'type Machine @key(fields: "id") @authenticated {',
    );
  });

  it.each([
    [
      'has an id that no type can have',
      'type Machine @object(type: "machine")',
      'crm.fields.graphql:1: Machine needs @object with the vendor\'s id of the type of records: @object(type: "2-123456"). Other types need a service.',
    ],
    [
      'has an unknown argument of @object',
      'type Machine @object(type: "2-1", name: "x")',
      'crm.fields.graphql:1: @object of Machine has no argument name. Its arguments are type and plural.',
    ],
    [
      'has a plural that is no name',
      'type Machine @object(type: "2-1", plural: "the machines")',
      'crm.fields.graphql:1: plural of @object of Machine must be a name such as "machines", with a small letter first, but is "the machines".',
    ],
    [
      'has the name of a type of the subgraph',
      '\n"A customer."\ntype Customer @object(type: "2-1")',
      'crm.fields.graphql:3: The graph has a type Customer already. Write `extend type Customer`.',
    ],
    [
      'has the name of a type of another subgraph',
      'type Refund @object(type: "2-1")',
      'crm.fields.graphql:1: The graph has a type Refund already. Choose another name.',
    ],
    [
      'has the name of an enum of the file',
      'enum Machine { A } type Machine @object(type: "2-1")',
      'crm.fields.graphql:1: The graph has a type Machine already. Choose another name.',
    ],
    [
      'has a name of GraphQL',
      'type Subscription @object(type: "2-1")',
      'crm.fields.graphql:1: The graph has a type Subscription already. Choose another name.',
    ],
    [
      'has a reserved name',
      'type __Machine @object(type: "2-1")',
      'crm.fields.graphql:1: __Machine must have a capital letter first, and then letters and digits alone. Choose another name.',
    ],
    [
      'has the name of a connection of another type',
      `${MACHINE} type MachineConnection @object(type: "2-2")`,
      'crm.fields.graphql:1: The graph has a type MachineConnection already. Choose another name.',
    ],
    [
      'leads to a root field of another subgraph',
      'type Charge @object(type: "2-1", plural: "payments")',
      'crm.fields.graphql:1: Charge leads to a field Query.payments, which the graph has already. Choose another name, or another plural: @object(type: "2-123456", plural: "...").',
    ],
    [
      'has a plural that is its singular',
      'type Equipment @object(type: "2-1", plural: "equipment")',
      /leads to a field Query\.equipment, which the graph has already/,
    ],
    [
      'shows the same type twice',
      `${MACHINE}\ntype Robot @object(type: "2-1")`,
      'crm.fields.graphql:2: Robot and Machine show the same type "2-1". Remove one.',
    ],
    [
      'has a key of its own',
      `${MACHINE} @key(fields: "serial")`,
      'crm.fields.graphql:1: Machine cannot have @key. It can have @object, @tag, @requiresScopes, @authenticated and @policy; its key is added.',
    ],
    [
      'has an interface',
      'type Machine implements Node @object(type: "2-1")',
      'crm.fields.graphql:1: Machine cannot implement interfaces. Remove Node.',
    ],
    [
      'has another type of id',
      `${MACHINE} {\n  id: String @property(name: "id")\n}`,
      'crm.fields.graphql:2: The graph has a field Machine.id already. Choose another name.',
    ],
    [
      'leads to a type that is not there',
      `${MACHINE} {\n  site: Site\n}`,
      'crm.fields.graphql:2: Machine.site must be nullable and of the type String, Boolean, Int, Decimal, Date, DateTime, Owner, an enum of this file, or a list of String or of an enum, but is Site. Without @property, it can lead to linked records: Customer, CustomerConnection, Company, CompanyConnection, Deal, DealConnection, Machine, MachineConnection.',
    ],
    [
      'leads to a plain list',
      `${MACHINE} {\n  customers: [Customer]\n}`,
      /^crm\.fields\.graphql:2: Machine\.customers must be nullable .* but is \[Customer\]\. Without @property/,
    ],
    [
      'leads to linked records by a property',
      `${MACHINE} {\n  customer: Customer @property(name: "customer")\n}`,
      'crm.fields.graphql:2: Machine.customer leads to linked records, which no property has. Remove @property.',
    ],
    [
      'has a link with arguments',
      `${MACHINE} {\n  customers(first: Int): CustomerConnection\n}`,
      'crm.fields.graphql:2: Machine.customers cannot have arguments. Remove them.',
    ],
    [
      'is written',
      `${MACHINE} {\n  serial: String @property(name: "serial", write: true)\n}`,
      'crm.fields.graphql:2: Custom fields of Machine cannot be written. Remove write from Machine.serial.',
    ],
    [
      'is extended',
      `${MACHINE}\nextend type Machine { serial: String @property(name: "serial") }`,
      'crm.fields.graphql:2: Machine is a type of this file. Add the fields to it, not to an extension.',
    ],
    [
      'is linked under a name of another subgraph',
      `${MACHINE}\nextend type Customer { payments: MachineConnection }`,
      'crm.fields.graphql:2: The graph has a field Customer.payments already. Choose another name.',
    ],
    [
      'has scopes that are no list of lists',
      `${MACHINE} @requiresScopes(scopes: ["x"])`,
      'crm.fields.graphql:1: @requiresScopes of Machine needs a list of lists of text: @requiresScopes(scopes: [["personal:read"]]).',
    ],
  ])('is refused with file and line if it %s', (_title, sdl, expected) => {
    const { problems = [] } = read(sdl);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });

  it('cannot be added to a subgraph whose vendor has none', () => {
    const { problems } = readExtension(
      readSdl('payments'),
      { path: 'payments.fields.graphql', sdl: MACHINE },
      payments.extensible,
    );
    expect(problems).toEqual([
      'payments.fields.graphql:1: A file of custom fields can have `extend type` and `enum` only. Add a service for other types.',
    ]);
  });
});

describe('an access rule of a custom field or type', () => {
  it.each([
    'extend type Deal { x: Int @property(name: "x") @authenticated }',
    'extend type Deal { x: Int @property(name: "x") @policy(policies: [["a"]]) }',
    'type Machine @object(type: "2-1") @authenticated { deals: DealConnection }',
    'type Machine @object(type: "2-1") @policy(policies: [["a"]])',
  ])('composes, whatever the subgraph imports: %s', (sdl) => {
    const builtIn = SUBGRAPHS.map(({ name }) => name);
    const extensions = new Map([['crm', { path: 'crm.fields.graphql', sdl }]]);
    const { composed, problems } = composeGraph(
      { path: 'graph.yaml', builtIn, extensions, services: [] },
      { modules: SUBGRAPHS, readSdl },
    );
    expect(problems).toBeUndefined();
    const rules = readAccessRules(composed?.supergraph.document ?? parse('type Query { x: Int }'));
    expect([...rules.ofField('Deal', 'x'), ...rules.ofType('Machine')]).toHaveLength(1);
  });
});
