import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PlannedGraph, startPlannedGraph } from './planned-graph.ts';

let graph: PlannedGraph;
beforeAll(async () => {
  graph = await startPlannedGraph({
    things: {
      sdl: `type Query { u: [U] one: U same: [U] }
        union U = A | B
        interface Named { n: N }
        type A implements Named { n: N many: [N] }
        type B implements Named { n: N many: [[N]] }
        type N @key(fields: "id") { id: ID! inner: U }`,
      resolvers: {
        Query: {
          u: () => [
            { __typename: 'A', n: { id: '1', inner: { __typename: 'B', n: { id: '3' } } } },
            { __typename: 'B', n: { id: '2', inner: { __typename: 'A', n: { id: '4' } } } },
          ],
          same: () => ['A', 'B'].map((__typename) => ({ __typename, n: { id: '1' } })),
          one: () => ({ __typename: 'B', n: { id: '2' }, many: [[{ id: '5' }], [{ id: '6' }]] }),
        },
      },
    },
    values: {
      sdl: 'type N @key(fields: "id") { id: ID! v(k: String): String deep: N name: String w(k: Int = 1): Int }',
      resolvers: {
        N: {
          __resolveReference: ({ id }: { id: string }) => ({ id }),
          v: ({ id }: { id: string }, { k }: { k?: string }) => `${id}${k ?? ''}`,
          deep: ({ id }: { id: string }) => ({ id: `d${id}` }),
          name: ({ id }: { id: string }) => `n${id}`,
          w: (_n: unknown, { k }: { k: number }) => k,
        },
      },
    },
  });
});
afterAll(() => graph.close());

describe('branches with different arguments at one response path', () => {
  it.each([
    [
      'a field of another subgraph',
      '{ u { ... on A { n { v(k: "a") } } ... on B { n { v(k: "b") } } } }',
      { u: [{ n: { v: '1a' } }, { n: { v: '2b' } }] },
    ],
    [
      'a field by variables',
      'query ($a: String = "a", $b: String) { u { ... on A { n { v(k: $a) } } ... on B { n { v(k: $b) } } } }',
      { u: [{ n: { v: '1a' } }, { n: { v: '2' } }] },
    ],
    [
      'an object that is no item of a list',
      '{ one { ... on A { n { v(k: "a") } } ... on B { n { v(k: "b") } } } }',
      { one: { n: { v: '2b' } } },
    ],
    [
      'fields of different names under one alias',
      '{ u { ... on A { n { x: v(k: "a") } } ... on B { n { x: name } } } }',
      { u: [{ n: { x: '1a' } }, { n: { x: 'n2' } }] },
    ],
    [
      'lists below each other',
      '{ one { ... on A { many { v(k: "a") } } ... on B { lists: many { v(k: "b") } } } }',
      { one: { lists: [[{ v: '5b' }], [{ v: '6b' }]] } },
    ],
    [
      'branches below branches',
      `{ u { ... on A { n { v(k: "a") inner { ... on A { n { v(k: "aa") } } ... on B { n { v(k: "ab") } } } } }
             ... on B { n { v(k: "b") inner { ... on A { n { v(k: "ba") } } ... on B { n { v(k: "bb") } } } } } } }`,
      {
        u: [
          { n: { v: '1a', inner: { n: { v: '3ab' } } } },
          { n: { v: '2b', inner: { n: { v: '4ba' } } } },
        ],
      },
    ],
    [
      'a branch on an interface beside one on a type',
      '{ u { ... on Named { n { v(k: "n") } } ... on B { n { w(k: 2) } } } }',
      { u: [{ n: { v: '1n' } }, { n: { v: '2n', w: 2 } }] },
    ],
    [
      'what is below a field of another subgraph',
      '{ u { ... on A { n { deep { v(k: "a") } } } ... on B { n { deep { v(k: "b") } } } } }',
      { u: [{ n: { deep: { v: 'd1a' } } }, { n: { deep: { v: 'd2b' } } }] },
    ],
    [
      'one entity in both branches',
      `{ same { ... on Named { n { deep { id } } } ... on A { n { deep { v(k: "a") } } } ... on B { n { deep { v(k: "b") } } } } }`,
      {
        same: [{ n: { deep: { id: 'd1', v: 'd1a' } } }, { n: { deep: { id: 'd1', v: 'd1b' } } }],
      },
    ],
  ])('are fetched for their own objects only: %s', async (_case, query, data) => {
    expect(await graph.run(query)).toEqual({ data });
  });

  it('have errors at their own places only', async () => {
    graph.answer('values', () => ({
      data: { _entities: [null] },
      errors: [{ message: 'No.', path: ['_entities', 0] }],
    }));
    const { data, errors } = await graph.run(
      '{ u { ... on A { n { v(k: "a") } } ... on B { n { id } } } }',
    );
    expect(data).toEqual({ u: [{ n: { v: null } }, { n: { id: '2' } }] });
    expect(errors?.map(({ path }) => path)).toEqual([['u', 0, 'n', 'v']]);
  });
});
