import { describe, expect, it } from '@jest/globals';
import { readExtension } from '../../../subgraphs/extensions/read-extension.ts';
import { crm } from '../../../subgraphs/crm/subgraph.ts';
import { readSdl } from '../open-subgraph.ts';

const read = (sdl: string) =>
  readExtension(readSdl('crm'), { path: 'crm.fields.graphql', sdl }, crm.extensible);

describe('a file of custom fields', () => {
  it('adds fields to a subgraph, without the directives that say where values come from', () => {
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

  it('asks for personal:read on a person, unless a field has a rule of its own', () => {
    const { extension } = read(
      'extend type Customer { a: Int @property(name: "a") b: Int @property(name: "b") @requiresScopes(scopes: [["crm:read"]]) } extend type Company { c: Int @property(name: "c") }',
    );
    expect(extension?.sdl).toContain('a: Int @requiresScopes(scopes: [["personal:read"]])');
    expect(extension?.sdl).toContain('b: Int @requiresScopes(scopes: [["crm:read"]])');
    expect(extension?.sdl).toMatch(/ c: Int\n/);
  });

  it.each(['', '# Nothing yet.\n', '\uFEFF\r\n'])(
    'may have no fields, as a shell makes it before a command writes to it: %j',
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
  ])('gives a field of type %s for the value %j the value %j', (type, value, expected) => {
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
      'crm.fields.graphql:1: A file of custom fields can have `extend type` and `enum` only. Add a service for other types.',
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
