import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { SUBGRAPHS } from '../../../bin/subgraphs.ts';
import { composeAudiences } from '../../../gateway/audiences/compose-audiences.ts';
import { composeGraph } from '../../../gateway/composition/compose-graph.ts';
import { readAccessRules } from '../../../gateway/supergraph/access-rules.ts';
import { readJoins } from '../../../gateway/supergraph/joins.ts';
import { Supergraph } from '../../../gateway/supergraph/supergraph.ts';
import { readSdl } from '../../subgraphs/open-subgraph.ts';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@external", "@requires", "@requiresScopes", "@authenticated", "@shareable", "@tag", "@override", "@inaccessible"
])
`;

/** Composes the built-in subgraphs with one service. */
const compose = (sdl: string) =>
  composeGraph(
    {
      path: 'graph.yaml',
      builtIn: ['crm', 'payments', 'maps'],
      extensions: new Map(),
      services: [
        {
          name: 'loyalty',
          url: 'http://localhost:4999/graphql',
          schema: { path: './loyalty.graphql', sdl },
          forwardedHeaders: [],
          traffic: {},
          claimHeaders: {},
        },
      ],
    },
    { modules: SUBGRAPHS, readSdl },
  );

const problemsOf = (sdl: string) => compose(LINK + sdl).problems ?? [];

describe('a graph of built-in subgraphs and a service', () => {
  it('has the fields that the service adds', () => {
    const { composed } = compose(
      `${LINK} type Customer @key(fields: "id") { id: ID! points: Int } type Query { programmes: [String!] }`,
    );
    expect(composed?.supergraph.sdl).toMatch(/points: Int/);
    expect(composed?.embedded.sdl).not.toMatch(/points: Int/);
  });

  it('resolves a built-in field in the built-in subgraph if the service defines and extends the type', () => {
    const { composed, problems } = compose(`${LINK}
      type PostalAddress @key(fields: "formatted") { formatted: String! @external }
      extend type PostalAddress { zone: Int }`);
    const { fields } =
      readJoins(composed?.supergraph.document ?? parse('scalar None')).types.get('PostalAddress') ??
      {};

    expect(problems).toBeUndefined();
    expect(fields?.get('formatted')?.owners).toEqual(['crm', 'maps', 'payments']);
    expect(fields?.get('zone')?.owners).toEqual(['loyalty']);
  });

  it('has a field of a service on a built-in type in an audience only by its own tag', () => {
    const { composed } = compose(
      `${LINK} type Customer @key(fields: "id") { id: ID! points: Int tier: String @tag(name: "partner") }`,
    );
    const audiences = composeAudiences(
      composed?.supergraph ?? new Supergraph(''),
      SUBGRAPHS,
      readFileSync('schema/audiences.yml', 'utf8'),
    );
    expect(audiences.get('partner')).toMatch(/type Customer \{[^}]*\n {2}tier: String/);
    expect(audiences.get('partner')).toMatch(/type Customer \{[^}]*\n {2}name: String/);
    expect(audiences.get('partner')).not.toMatch(/\n {2}points: Int/);
  });

  it('is refused without a built-in subgraph that others need', () => {
    const alone = { path: 'graph.yaml', builtIn: ['crm'], extensions: new Map(), services: [] };
    expect(composeGraph(alone, { modules: SUBGRAPHS, readSdl }).problems).toEqual([
      'graph.yaml: the built-in subgraphs crm need others that the graph leaves out. Add one of payments, maps or all of them.',
    ]);
  });

  it('is refused with file and line if the SDL of the service cannot be parsed', () => {
    expect(compose('type Query {\n  points: Int\n').problems).toEqual([
      './loyalty.graphql:3: the SDL of the service loyalty cannot be parsed: Syntax Error: Expected Name, found <EOF>.',
    ]);
  });

  it('is refused with file and line if the service contradicts a built-in subgraph', () => {
    const [problem] = problemsOf('type Customer @key(fields: "id") {\n  id: ID!\n  email: Int\n}');
    expect(problem).toMatch(/^\.\/loyalty\.graphql:\d+: .*Customer\.email/);
  });

  it.each([
    ['is empty', '# Nothing.\n', './loyalty.graphql:1: the SDL of the service loyalty is empty.'],
    [
      'is an operation',
      'type Query { a: Int }\n{ a }',
      './loyalty.graphql:2: the SDL of the service loyalty has an operation. Keep definitions of types only.',
    ],
    [
      'is nested too deeply',
      `type Query { a: ${'['.repeat(20_000)}Int`,
      './loyalty.graphql:1: the SDL of the service loyalty cannot be parsed: Types or values are nested too deeply.',
    ],
    [
      'uses a type that it lacks',
      'type Query {\n  a: Int\n  b: Nowhere\n}',
      './loyalty.graphql:3: [loyalty] Unknown type Nowhere. Define it, or correct its name.',
    ],
    [
      'uses a directive that it lacks',
      'type Query {\n  a: Int @nowhere\n}',
      './loyalty.graphql:2: [loyalty] Unknown directive "@nowhere". Define it, import it by @link, or correct its name.',
    ],
    [
      'links another major version of Federation',
      'extend schema\n  @link(url: "https://specs.apollo.dev/federation/v3.0")\ntype Query { a: Int }',
      './loyalty.graphql:2: [loyalty] Invalid version v3.0 for the federation feature in @link directive on schema. Link v2.9.',
    ],
    [
      'imports what Federation does not have',
      'extend schema @link(\n  url: "https://specs.apollo.dev/federation/v2.12"\n  import: ["@nowhere"]\n)\ntype Query { a: Int }',
      './loyalty.graphql:3: [loyalty] Cannot import unknown element "@nowhere".',
    ],
    [
      'has subscriptions',
      'type Query { a: Int }\ntype Subscription { b: Int }',
      './loyalty.graphql:2: The graph cannot execute subscriptions of a subgraph that is not built in and so sends no events (Subscription.b of loyalty). Remove it.',
    ],
    [
      'has a type of ours without its key',
      `${LINK}type Customer { id: ID! points: Int }`,
      /^\.\/loyalty\.graphql:4: Non-shareable field "Customer\.id" .+ add @key to the type\.$/,
    ],
    [
      'has a type of ours by another key, in one line',
      `${LINK}type Customer @key(fields: "tier") { tier: ID! }`,
      /^\.\/loyalty\.graphql:4: The following supergraph API query: .+ @key\(fields: "id"\)\.$/,
    ],
  ])('is refused with file, line and remedy if the SDL %s', (_title, sdl, expected) => {
    const problems = compose(sdl).problems ?? [];
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(expected);
  });

  it('accepts a service that links a newer minor version of Federation without using its features', () => {
    const sdl = LINK.replace('v2.9', 'v2.12');
    expect(compose(`${sdl} type Query { programmes: [String!] }`).problems).toBeUndefined();
  });

  it('is refused if it has only services', () => {
    const none = { path: 'graph.yaml', builtIn: [], extensions: new Map(), services: [] };
    expect(composeGraph(none, { modules: SUBGRAPHS, readSdl }).problems).toEqual([
      'graph.yaml: the graph has no built-in subgraph. Add crm, payments, maps or some of them: { builtin: crm }.',
    ]);
  });

  const composeFields = (crm: string, payments: string) =>
    composeGraph(
      {
        path: 'graph.yaml',
        builtIn: ['crm', 'payments', 'maps'],
        extensions: new Map([
          ['crm', { path: './crm.graphql', sdl: crm }],
          ['payments', { path: './payments.graphql', sdl: payments }],
        ]),
        services: [],
      },
      { modules: SUBGRAPHS, readSdl },
    );

  it('is refused with file and line if custom fields of two subgraphs contradict each other', () => {
    const { problems = [] } = composeFields(
      'enum Tier { A }\nextend type Deal { x: Tier @property(name: "x", write: true) }',
      'enum Tier { B }\nextend type Invoice { x: Tier @property(name: "x") }',
    );
    expect(problems).not.toEqual([]);
    for (const problem of problems)
      expect(problem).toMatch(/^\.\/crm\.graphql:2: Enum type "Tier".+"Deal\.x"/);
  });

  it('has custom fields with each access rule that a custom field can have', () => {
    const rules = '@policy(policies: [["p"]])';
    const { composed, problems } = composeFields(
      `extend type Customer { a: Int @property(name: "a") ${rules} b: Int @property(name: "b") @authenticated }`,
      `extend type Invoice { a: Int @property(name: "a") ${rules} b: Int @property(name: "b") @authenticated }`,
    );
    expect(problems).toBeUndefined();
    const { document } = composed?.supergraph ?? new Supergraph('');
    for (const type of ['Customer', 'Invoice']) {
      expect(readAccessRules(document).ofField(type, 'a')).toEqual([
        { kind: 'policies', anyOf: [['p']] },
      ]);
      expect(readAccessRules(document).ofField(type, 'b')).toEqual([{ kind: 'authenticated' }]);
    }
  });

  it.each([
    ['an argument of ours', 'type Query { customer: Int @shareable }', /Query\.customer/],
    ['a field of an input of ours', 'input CustomerFilter { companyId: ID }', /CustomerFilter/],
    [
      'a value of an enum of ours',
      'enum SortDirection { ASC } type Query { sorted: SortDirection direction(by: SortDirection): Int }',
      /SortDirection|DESC/,
    ],
    [
      'the promise that a field is never null',
      'type Money @shareable { amount: Decimal currency: CurrencyCode } scalar Decimal scalar CurrencyCode type Query { prize: Money }',
      /Money\.amount/,
    ],
    [
      'who may see a field of ours',
      'type Company @key(fields: "id") @authenticated { id: ID! programme: String }',
      /who may see Company/,
    ],
    [
      'an audience of ours for granted',
      'type Customer @key(fields: "id") @tag(name: "public") { id: ID! points: Int }',
      /audiences of Customer: remove @tag with "public"/,
    ],
    [
      'a field of ours altogether',
      'type Customer @key(fields: "id") { id: ID! name: String @override(from: "crm") @inaccessible }',
      /Customer\.name/,
    ],
  ])('is refused if the service requires %s', (_title, sdl, expected) => {
    const problems = problemsOf(sdl);
    expect(problems.join('\n')).toMatch(expected);
    expect(problems.join('\n')).toMatch(/loyalty\.graphql:\d+: |graph\.yaml: /);
  });

  it.each([
    [
      'of the entity',
      'type Customer @key(fields: "id") { id: ID! billingLink: BillingLink @external secret: String @requires(fields: "billingLink { emails }") } type BillingLink @inaccessible { emails: [String!] @external }',
      /billingLink/,
    ],
  ])('is refused if a service requires a hidden key %s', (_title, sdl, expected) => {
    expect(problemsOf(sdl).join('\n')).toMatch(expected);
  });
});
