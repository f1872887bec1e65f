import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'graphql';
import { SUBGRAPHS } from '../../../bin/subgraphs.ts';
import { composeAudiences } from '../../../gateway/audiences/compose-audiences.ts';
import { composeGraph } from '../../../gateway/composition/compose-graph.ts';
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
  it('has what the service adds', () => {
    const { composed } = compose(
      `${LINK} type Customer @key(fields: "id") { id: ID! points: Int } type Query { programmes: [String!] }`,
    );
    expect(composed?.supergraph.sdl).toMatch(/points: Int/);
    expect(composed?.embedded.sdl).not.toMatch(/points: Int/);
  });

  it('reads a field of ours from us where the service defines and extends the type', () => {
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

  it('shows a field of a service on a type of ours to an audience by a tag of its own alone', () => {
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

  it('is refused where it leaves out a built-in subgraph that others need', () => {
    const alone = { path: 'graph.yaml', builtIn: ['crm'], extensions: new Map(), services: [] };
    expect(composeGraph(alone, { modules: SUBGRAPHS, readSdl }).problems).toEqual([
      'graph.yaml: the built-in subgraphs crm need others that the graph leaves out. Add one of payments, maps or all of them.',
    ]);
  });

  it('is refused with file and line where the SDL of the service cannot be parsed', () => {
    expect(compose('type Query {\n  points: Int\n').problems).toEqual([
      './loyalty.graphql:3: the SDL of the service loyalty cannot be parsed: Syntax Error: Expected Name, found <EOF>.',
    ]);
  });

  it('is refused with file and line where the service contradicts a built-in subgraph', () => {
    const [problem] = problemsOf('type Customer @key(fields: "id") {\n  id: ID!\n  email: Int\n}');
    expect(problem).toMatch(/^\.\/loyalty\.graphql:\d+: .*Customer\.email/);
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
  ])('is refused where the service takes %s', (_title, sdl, expected) => {
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
  ])('is refused where a service requires a hidden key %s', (_title, sdl, expected) => {
    expect(problemsOf(sdl).join('\n')).toMatch(expected);
  });
});
