import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type PlannedGraph, startPlannedGraph } from './planned-graph.ts';

interface Tour {
  readonly id: string;
  readonly price?: number;
  readonly stops?: readonly { readonly town: string }[];
}

const PRICES: Readonly<Record<string, number>> = { EUR: 100, CHF: 95 };
const TOWNS = ['Basel', 'Mainz', 'Bonn'];

let graph: PlannedGraph;
beforeAll(async () => {
  graph = await startPlannedGraph({
    catalog: {
      sdl: `type Query { tours: [Tour!]! }
        type Tour @key(fields: "id") { id: ID! price(currency: String! = "EUR"): Int stops(first: Int!): [Stop!] }
        type Stop @shareable { town: String }`,
      resolvers: {
        Query: { tours: () => [{ id: 't1' }, { id: 't2' }] },
        Tour: {
          price: (_tour: Tour, { currency }: { currency: string }) => PRICES[currency],
          stops: (_tour: Tour, { first }: { first: number }) =>
            TOWNS.slice(0, first).map((town) => ({ town })),
        },
      },
    },
    sales: {
      sdl: `type Tour @key(fields: "id") { id: ID!
          price(currency: String! = "EUR"): Int @external stops(first: Int!): [Stop!] @external
          inFrancs: String @requires(fields: "price(currency: \\"CHF\\")")
          inEuros: String @requires(fields: "price")
          route(to: String!): String @requires(fields: "stops(first: 2) { town }") }
        type Stop @shareable { town: String }`,
      resolvers: {
        Tour: {
          inFrancs: ({ price }: Tour) => `CHF ${String(price)}`,
          inEuros: ({ price }: Tour) => `EUR ${String(price)}`,
          route: ({ stops = [] }: Tour, { to }: { to: string }) =>
            [...stops.map(({ town }) => town), to].join('-'),
        },
      },
    },
  });
});
afterAll(() => graph.close());

describe('a field that is required with arguments', () => {
  it("leaves the client's own selection unchanged", async () => {
    const { data, errors } = await graph.run(
      '{ tours { stops(first: 1) { town } route(to: "Köln") price(currency: "EUR") inFrancs } }',
    );
    expect(errors).toBeUndefined();
    expect(data?.['tours']).toEqual(
      [1, 2].map(() => ({
        stops: [{ town: 'Basel' }],
        route: 'Basel-Mainz-Köln',
        price: 100,
        inFrancs: 'CHF 95',
      })),
    );
  });

  it('is required with different arguments by different fields', async () => {
    const { data } = await graph.run(
      'query ($to: String!) { tours { inFrancs inEuros route(to: $to) } }',
      { to: 'Köln' },
    );
    expect(data?.['tours']).toEqual(
      [1, 2].map(() => ({ inFrancs: 'CHF 95', inEuros: 'EUR 100', route: 'Basel-Mainz-Köln' })),
    );
  });

  it('fails the fields that require it if it fails', async () => {
    graph.answer('catalog', () => ({
      data: {
        tours: [
          {
            __typename: 'Tour',
            id: 't1',
            _required_0_price: null,
            _required_1_price: 100,
            _required_2_stops: [],
          },
        ],
      },
      errors: [{ message: 'No.', path: ['tours', 0, '_required_0_price'] }],
    }));
    const { errors } = await graph.run('{ tours { francs: inFrancs inEuros } }');
    expect(errors?.map(({ path }) => path)).toEqual([['tours', 0, 'francs']]);
  });
});

describe('a field with the name of a generated alias', () => {
  it('has its own value, for clients and for fields that require it', async () => {
    const taken = await startPlannedGraph({
      catalog: {
        sdl: `type Query { tour: Tour }
          type Tour @key(fields: "id") { id: ID! price(currency: String! = "EUR"): Int
            _required_0_price(of: Int = 1): String _required_1_price: String _required_2_price: String }`,
        resolvers: {
          Query: { tour: () => ({ id: 't1', _required_1_price: 'one', _required_2_price: 'two' }) },
          Tour: {
            price: (_tour: Tour, { currency }: { currency: string }) => PRICES[currency],
            _required_0_price: (_tour: Tour, args: { of: number }) => `zero ${String(args.of)}`,
          },
        },
      },
      sales: {
        sdl: `type Tour @key(fields: "id") { id: ID!
          price(currency: String! = "EUR"): Int @external
          _required_0_price(of: Int = 1): String @external _required_1_price: String @external
          all: String @requires(fields: "price(currency: \\"CHF\\") _required_0_price(of: 7) _required_1_price") }`,
        resolvers: {
          Tour: {
            all: (tour: Readonly<Record<string, unknown>>) =>
              ['price', '_required_0_price', '_required_1_price']
                .map((name) => String(tour[name]))
                .join(),
          },
        },
      },
    });
    expect(
      await taken.run(
        '{ tour { all price _required_0_price _required_1_price _required_2_price _required_3_price: price } }',
      ),
    ).toEqual({
      data: {
        tour: {
          all: '95,zero 7,one',
          price: 100,
          _required_0_price: 'zero 1',
          _required_1_price: 'one',
          _required_2_price: 'two',
          _required_3_price: 100,
        },
      },
    });
    await taken.close();
  });
});
