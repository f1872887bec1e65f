import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { FormattedExecutionResult } from 'graphql';
import { createFusedGraph } from '../../gateway/engines/fused/fused-graph.ts';
import { composeSupergraph } from './compose-supergraph.ts';
import { type PlannedGraph, startPlannedGraph } from './planned-graph.ts';
import { type Run, runnerFor } from './run-operation.ts';

const fail = () => {
  throw new Error('It was made to fail.');
};

const SUBGRAPHS = {
  shop: {
    sdl: `
      type Query { things(first: Int! = 3): [Thing] found: [Found] broken: String strict: Thing of(text: String! = "x", list: [Int!]! = [1]): Int }
      union Found = Thing | Part
      type Thing @key(fields: "id") { id: ID! broken: String other: Thing strict: String! list: [String!] owner(of: Int! = 1): String weight: Int }
      type Part { size: Int broken: String owner: Thing }
    `,
    resolvers: {
      Query: {
        things: (_root: unknown, { first }: { first: number }) =>
          [1, 2, 3].slice(0, first).map((id) => ({ id: String(id) })),
        found: () => [
          { __typename: 'Thing', id: '1' },
          { __typename: 'Part', size: 1 },
        ],
        broken: fail,
        strict: () => ({ id: '1' }),
        of: () => 1,
      },
      Found: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
      Thing: {
        __resolveReference: ({ id }: { id: string }) => ({ id }),
        broken: ({ id }: { id: string }) => (id === '2' ? fail() : 'whole'),
        other: ({ id }: { id: string }) => ({ id: `${id}'` }),
        strict: fail,
        list: () => ['a', null],
        owner: () => 'somebody',
        weight: ({ id }: { id: string }) => (id === '2' ? fail() : 1),
      },
      Part: { broken: fail, owner: () => ({ id: '1' }) },
    },
  },
  notes: {
    sdl: `type Thing @key(fields: "id") {
      id: ID! note(of: String! = "x"): String weight: Int @external postage: Int @requires(fields: "weight")
    }`,
    resolvers: {
      Thing: {
        __resolveReference: ({ id, weight }: { id: string; weight?: number | null }) => ({
          id,
          weight,
        }),
        note: ({ id }: { id: string }) => (id === '2' ? fail() : `a note on ${id}`),
        postage: ({ weight }: { weight?: number | null }) => weight ?? fail(),
      },
    },
  },
};

let graph: PlannedGraph;
let engines: Readonly<Record<'compiled' | 'planned', Run>>;
let reference: Run;
beforeAll(async () => {
  const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires"])`;
  const subgraphs = Object.entries(SUBGRAPHS).map(([name, { sdl, resolvers }]) => ({
    name,
    sdl: `${link} ${sdl}`,
    resolvers,
    createContext: () => ({}),
  }));
  const supergraph = composeSupergraph(subgraphs);
  graph = await startPlannedGraph(SUBGRAPHS);
  engines = {
    compiled: runnerFor(createFusedGraph({ supergraph, subgraphs })).run,
    planned: graph.run,
  };
  reference = runnerFor(createFusedGraph({ supergraph, subgraphs, compiles: false })).run;
});
afterAll(() => graph.close());

const located = ({ errors = [] }: FormattedExecutionResult) =>
  errors
    .map(
      ({ path = [], locations = [] }) =>
        `${path.join('.')} at ${locations.map(({ line, column }) => `${String(line)}:${String(column)}`).join()}`,
    )
    .sort();

describe.each(['compiled', 'planned'] as const)(
  'a %s operation locates errors as graphql-js does',
  (engine) => {
    it.each([
      ['at a root field', '{ broken }', ['broken at 1:3']],
      [
        'at an item of a list',
        '{\n  things {\n    id\n    broken\n  }\n}',
        ['things.1.broken at 4:5'],
      ],
      ['under an alias', '{ a: things { b: broken } }', ['a.1.b at 1:15']],
      [
        'in a fragment',
        '{ things { ...F } }\nfragment F on Thing { broken }',
        ['things.1.broken at 2:23'],
      ],
      ['in an inline fragment', '{ things { ... { broken } } }', ['things.1.broken at 1:18']],
      [
        'at all nodes of a field that is selected several times',
        '{ things { broken ...F } things { broken } } fragment F on Thing { broken }',
        ['things.1.broken at 1:12,1:68,1:35'],
      ],
      [
        'only at the nodes for the type of the object',
        '{ found { ... on Thing { strict } ... on Part { broken } } }',
        ['found.0.strict at 1:26', 'found.1.broken at 1:49'],
      ],
      [
        'under one alias in several types',
        '{ found { ... on Thing { a: other { strict } } ... on Part { a: owner { strict } } } }',
        ['found.0.a.strict at 1:37', 'found.1.a.strict at 1:73'],
      ],
      ['at a field that cannot be null', '{ strict { id strict } }', ['strict.strict at 1:15']],
      [
        'at an item that cannot be null',
        '{ things(first: 1) { list } }',
        ['things.0.list.1 at 1:22'],
      ],
      ['at a field of another subgraph', '{ things { id\n note } }', ['things.1.note at 2:2']],
      [
        'below an object of another subgraph',
        '{ things { other { note strict } } }',
        [0, 1, 2].map((index) => `things.${String(index)}.other.strict at 1:25`),
      ],
      [
        'at a field that is not skipped',
        'query ($s: Boolean = true) { things { broken @skip(if: $s) broken } }',
        ['things.1.broken at 1:60'],
      ],
      [
        'on a line of its own after others',
        '# a comment\r\n\r\n{\r\n\tbroken\r\n}',
        ['broken at 4:2'],
      ],
    ])('%s', async (_where, query, expected) => {
      expect(located(await reference(query))).toEqual(expected);
      for (let time = 0; time < 2; time += 1)
        expect(located(await engines[engine](query))).toEqual(expected);
    });

    it.each([
      [
        'an argument of a root field',
        'query ($n: Int = 2) { a: of(text: "b") things(first: $n) { id } }',
        { n: null },
        ['things at 1:54'],
      ],
      [
        'an argument in a list',
        'query ($n: Int = 2) { of(list: [1, $n]) }',
        { n: null },
        ['of at 1:32'],
      ],
      [
        'an argument below a list',
        'query ($n: Int = 2) { things(first: 1) { owner(of: $n) } }',
        { n: null },
        ['things.0.owner at 1:52'],
      ],
      [
        "an argument of another subgraph's field",
        'query ($t: String = "t") { things(first: 1) { note(of: $t) } }',
        { t: null },
        ['things.0.note at 1:56'],
      ],
      [
        'an argument of the schema itself',
        'query ($n: String = "Thing") { a: __type(name: $n) { name } }',
        { n: null },
        ['a at 1:48'],
      ],
      [
        'a condition',
        'query ($b: Boolean = true) { broken @include(if: $b) }',
        { b: null },
        [' at 1:50'],
      ],
      ['a variable', 'query ($n: Int!) { things(first: $n) { id } }', { n: 'x' }, [' at 1:8']],
    ])('at the value of %s', async (_what, query, variables, expected) => {
      expect(located(await reference(query, variables))).toEqual(expected);
      expect(located(await engines[engine](query, variables))).toEqual(expected);
    });
  },
);

describe('a planned operation', () => {
  it('locates an error of a field that only another field needs at that field', async () => {
    expect(located(await graph.run('{ things { id\n  post: postage } }'))).toEqual([
      'things.1.post at 2:3',
    ]);
  });
});
