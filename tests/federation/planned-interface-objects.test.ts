import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PlannedGraph, startPlannedGraph } from './planned-graph.ts';

let graph: PlannedGraph;
beforeAll(async () => {
  graph = await startPlannedGraph({
    library: {
      sdl: `type Query { top: [Item] }
        interface Item @key(fields: "id") { id: ID! next: Item }
        type Book implements Item @key(fields: "id") { id: ID! next: Item pages: Int }
        type Film implements Item @key(fields: "id") { id: ID! next: Item minutes: Int }`,
      resolvers: {
        Query: {
          top: () => [
            { __typename: 'Book', id: 'b1', pages: 7, next: { __typename: 'Film', id: 'f1' } },
            { __typename: 'Film', id: 'f1', minutes: 90, next: null },
          ],
        },
        Item: {
          __resolveType: ({ __typename }: { __typename: string }) => __typename,
          __resolveReference: ({ id }: { id: string }) =>
            id.startsWith('b') ? { __typename: 'Book', id } : { __typename: 'Film', id },
        },
      },
    },
    reviews: {
      sdl: `type Query { latest: [Item] }
        type Item @key(fields: "id") @interfaceObject { id: ID! review: Int by: Item }`,
      resolvers: {
        Query: { latest: () => [{ id: 'b1' }, { id: 'f1' }] },
        Item: {
          review: ({ id }: { id: string }) => (id === 'b1' ? 5 : 3),
          by: () => ({ id: 'f1' }),
        },
      },
    },
  });
});
afterAll(() => graph.close());

describe('an object of an interface that is an object type in another subgraph', () => {
  it.each([
    ['{ top { ... on Book { __typename review } } }', [{ __typename: 'Book', review: 5 }, {}]],
    [
      '{ top { review ... on Film { is: __typename minutes } } }',
      [{ review: 5 }, { review: 3, is: 'Film', minutes: 90 }],
    ],
    [
      '{ top { review next { __typename review ... on Film { review } } __typename } }',
      [
        { review: 5, next: { __typename: 'Film', review: 3 }, __typename: 'Book' },
        { review: 3, next: null, __typename: 'Film' },
      ],
    ],
    [
      '{ top { ... on Book { by { __typename review ... on Film { id } } } } }',
      [{ by: { __typename: 'Film', review: 3, id: 'f1' } }, {}],
    ],
  ])('keeps its own type in %s', async (query, top) => {
    expect(await graph.run(query)).toEqual({ data: { top } });
  });

  it('gets its own type if only the interface was known before', async () => {
    expect(
      await graph.run('{ latest { __typename review ... on Book { pages __typename } } }'),
    ).toEqual({
      data: {
        latest: [
          { __typename: 'Book', review: 5, pages: null },
          { __typename: 'Film', review: 3 },
        ],
      },
    });
  });
});
