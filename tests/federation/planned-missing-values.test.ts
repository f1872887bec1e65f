import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type PlannedGraph, startPlannedGraph } from './planned-graph.ts';

const PARCELS = [
  { __typename: 'Letter', id: 'l1', state: 'SENT' },
  { __typename: 'Crate', id: 'c1', state: 'SENT' },
  { __typename: 'Letter', id: 'l2', state: 'SENT' },
  { __typename: 'Crate', id: 'c2', state: 'SENT' },
];

let graph: PlannedGraph;
beforeEach(async () => {
  graph = await startPlannedGraph({
    post: {
      sdl: `type Query { parcels: [Parcel!] first: Crate again: Crate }
        enum State { SENT LOST }
        union Parcel = Letter | Crate
        type Letter @key(fields: "id") { id: ID! state: State! }
        type Crate @key(fields: "id") { id: ID! state: State }`,
      resolvers: {
        Query: { parcels: () => PARCELS, first: () => PARCELS[1], again: () => PARCELS[1] },
      },
    },
    scales: {
      sdl: `type Crate @key(fields: "id") { id: ID! weight: Int! volume: Int }
        type Letter @key(fields: "id") { id: ID! weight: Int }`,
      resolvers: {
        Crate: {
          __resolveReference: ({ id }: { id: string }) =>
            id === 'c1' ? { id, weight: 5, volume: 7 } : null,
        },
        Letter: {
          weight: () => Promise.reject(new Error('The scales are broken at http://10.0.0.7.')),
        },
      },
    },
    prices: {
      sdl: `type Crate @key(fields: "id") { id: ID! volume: Int @external price: Int @requires(fields: "volume") }`,
      resolvers: { Crate: { price: ({ volume }: { volume: number }) => volume * 10 } },
    },
  });
});
afterEach(() => graph.close());

const placesOf = (errors: Awaited<ReturnType<PlannedGraph['run']>>['errors']) =>
  errors?.map(({ path }) => path?.join('.')).sort();

describe('a list of several types', () => {
  it('has each error at its own item, without the service that it came from', async () => {
    const { data, errors } = await graph.run(
      '{ parcels { ... on Letter { id light: weight } ... on Crate { id volume price } } }',
    );
    expect(placesOf(errors)).toEqual(['parcels.0.light', 'parcels.2.light']);
    expect(JSON.stringify(errors)).not.toContain('10.0.0.7');
    expect(data?.['parcels']).toEqual([
      { id: 'l1', light: null },
      { id: 'c1', volume: 7, price: 70 },
      { id: 'l2', light: null },
      // An entity that a subgraph does not have is no error.
      { id: 'c2', volume: null, price: null },
    ]);
  });
});

describe('a null in a non-null position', () => {
  it('is an error, and makes its object null', async () => {
    const { data, errors } = await graph.run('{ parcels { ... on Crate { id weight } } }');
    expect(data).toEqual({ parcels: null });
    expect(placesOf(errors)).toEqual(['parcels.3.weight']);
  });
});

describe('a malformed response of a subgraph', () => {
  const FIRST = { __typename: 'Crate', id: 'c1' };

  it.each<[string, string, unknown, string]>([
    ['a field that is not there', '{ first { id state } }', { first: FIRST }, 'first.state'],
    [
      'a value that the enum does not have',
      '{ first { id state } }',
      { first: { ...FIRST, state: 'EATEN' } },
      'first.state',
    ],
    ['an object for a list', '{ parcels { __typename } }', { parcels: FIRST }, 'parcels'],
    ['text for an object', '{ first { id } }', { first: 'c1' }, 'first'],
    [
      'an object of no such type',
      '{ parcels { __typename } }',
      { parcels: [{ __typename: 'Bottle' }] },
      'parcels.0',
    ],
    ['nothing at all', '{ first { id } }', {}, 'first'],
  ])('is an error: %s', async (_name, query, data, place) => {
    graph.answer('post', () => ({ data }));
    const { errors } = await graph.run(query);
    expect(placesOf(errors)).toEqual([place]);
  });
});

describe('entities', () => {
  it('are requested from a service once if two fields lead to the same entity', async () => {
    const { data } = await graph.run('{ first { volume } again { volume } }');
    expect(data).toEqual({ first: { volume: 7 }, again: { volume: 7 } });
    expect(graph.requests['scales']).toHaveLength(1);
  });
});
