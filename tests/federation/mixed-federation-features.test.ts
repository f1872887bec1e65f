import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { comparable } from './compare.ts';
import { type EveryMode, startEveryMode } from './every-mode.ts';

interface Reference {
  readonly id?: string;
  readonly upc?: string;
  readonly email?: string;
}

const PRODUCTS = [
  { id: 'p1', upc: 'u1', name: 'Pen', maker: { name: 'Acme', country: 'DE' } },
  { id: 'p2', upc: 'u2', name: 'Ink', maker: { name: 'Beta', country: 'FR' } },
];
const MEMBERS = [
  { id: 'm1', email: 'ada@example.test', name: 'Ada' },
  { id: 'm2', email: 'bob@example.test', name: 'Bob' },
];

const findProduct = ({ id, upc }: Reference) =>
  PRODUCTS.find((one) => one.id === id || one.upc === upc) ?? null;
const findMember = ({ id, email }: Reference) =>
  MEMBERS.find((one) => one.id === id || one.email === email) ?? null;

const MEDIA = [
  { __typename: 'Book', id: 'b1', title: 'On Rivers', pages: 300 },
  { __typename: 'Film', id: 'f1', title: 'On Lakes', minutes: 90 },
];

describe('entities with several keys, value types and services that reference each other through built-in subgraphs', () => {
  let graph: EveryMode;
  beforeAll(async () => {
    graph = await startEveryMode(
      {
        shop: {
          sdl: `type Query { products: [Product] }
            type Product @key(fields: "id") @key(fields: "upc") { id: ID! upc: ID! name: String @shareable maker: Maker }
            type Maker @shareable { name: String country: String }`,
          resolvers: {
            Query: { products: () => PRODUCTS },
            Product: { __resolveReference: findProduct },
          },
        },
        stock: {
          sdl: `type Product @key(fields: "upc") { upc: ID! inStock: Int }`,
          resolvers: {
            Product: {
              __resolveReference: (reference: Reference) =>
                reference.upc === 'u404' ? null : reference,
              inStock: ({ upc }: Reference) => (upc === 'u1' ? 7 : 0),
            },
          },
        },
        loyalty: {
          sdl: `type Query { best: Product missing: Product member(id: ID!): Member importer: Maker }
            type Product @key(fields: "upc") { upc: ID! name: String @external points: Int fans: [Member] }
            type Member @key(fields: "id") @key(fields: "email") { id: ID! email: String! name: String favourite: Product @provides(fields: "name") }
            type Maker @shareable { name: String country: String }`,
          resolvers: {
            Query: {
              best: () => ({ upc: 'u2' }),
              missing: () => ({ upc: 'u404' }),
              member: (_root: unknown, { id }: Reference) => findMember({ id: id ?? '' }),
              importer: () => ({ name: 'Gamma', country: 'IT' }),
            },
            Product: { points: () => 30, fans: () => MEMBERS },
            Member: {
              __resolveReference: findMember,
              favourite: ({ id }: Reference) =>
                id === 'm1' ? { upc: 'u1', name: 'Pen' } : { upc: 'u2', name: 'Ink' },
            },
          },
        },
        ratings: {
          sdl: `type Query { topRater: Member worst: Product }
            type Product @key(fields: "id") { id: ID! rating: Int raters: [Member] related: Product }
            type Member @key(fields: "email") { email: String! rank: Int disliked: Product }`,
          resolvers: {
            Query: {
              topRater: () => ({ email: 'bob@example.test' }),
              worst: () => ({ id: 'p1' }),
            },
            Product: {
              rating: ({ id }: Reference) => (id === 'p1' ? 1 : 5),
              raters: () => [{ email: 'ada@example.test' }, { email: 'nobody@example.test' }],
              related: ({ id }: Reference) => ({ id: id === 'p1' ? 'p2' : 'p404' }),
            },
            Member: {
              rank: ({ email }: Reference) => email?.length,
              disliked: () => ({ id: 'p1' }),
            },
          },
        },
      },
      { services: ['loyalty', 'ratings'] },
    );
  });
  afterAll(() => graph.close());

  it.each([
    ['a key of each service', '{ products { name inStock points rating } }'],
    ['an entity that is named by our second key', '{ best { id name inStock rating points } }'],
    ['an entity that is named by our first key', '{ worst { upc name inStock points } }'],
    [
      'unknown entities',
      '{ missing { upc name inStock rating } products { related { name points } } }',
    ],
    ['a type of a service with two keys', '{ member(id: "m1") { name rank disliked { name } } }'],
    ['the other key of that type', '{ topRater { name rank id favourite { inStock } } }'],
    [
      'services behind each other',
      '{ products { raters { name favourite { rating raters { rank } } } fans { rank disliked { points } } } }',
    ],
    ['provided fields', '{ member(id: "m2") { favourite { name upc } } }'],
    ['provided fields beside others', '{ member(id: "m2") { favourite { name inStock rating } } }'],
    [
      'value types of several subgraphs',
      '{ importer { name country } products { maker { country } } }',
    ],
  ])('have the same response in every mode: %s', async (_what, query) => {
    const expected = comparable(await graph.apollo(query));
    expect(expected.errors).toEqual([]);
    for (const [mode, run] of Object.entries(graph.modes))
      expect({ mode, ...comparable(await run(query)) }).toEqual({ mode, ...expected });
  });
});

describe('an interface of one service that is an object type in another', () => {
  let graph: EveryMode;
  beforeAll(async () => {
    graph = await startEveryMode(
      {
        shop: {
          sdl: `type Query { shelf: String }
            type Book @key(fields: "id") { id: ID! price: Int }`,
          resolvers: { Query: { shelf: () => 'A' }, Book: { price: () => 12 } },
        },
        library: {
          sdl: `type Query { media: [Media] }
            interface Media @key(fields: "id") { id: ID! title: String }
            type Book implements Media @key(fields: "id") { id: ID! title: String pages: Int }
            type Film implements Media @key(fields: "id") { id: ID! title: String minutes: Int }`,
          resolvers: {
            Query: { media: () => MEDIA },
            Media: {
              __resolveType: ({ __typename }: { __typename: string }) => __typename,
              __resolveReference: ({ id }: Reference) => MEDIA.find((one) => one.id === id) ?? null,
            },
            Book: { __resolveReference: ({ id }: Reference) => MEDIA.find((one) => one.id === id) },
            Film: { __resolveReference: ({ id }: Reference) => MEDIA.find((one) => one.id === id) },
          },
        },
        reviews: {
          sdl: `type Query { latest: [Media] }
            type Media @key(fields: "id") @interfaceObject { id: ID! stars: Int next: Media }`,
          resolvers: {
            Query: { latest: () => [{ id: 'f1' }, { id: 'b1' }] },
            Media: {
              stars: ({ id }: Reference) => (id === 'b1' ? 5 : 3),
              next: ({ id }: Reference) => (id === 'b1' ? { id: 'f1' } : null),
            },
          },
        },
      },
      { services: ['library', 'reviews'], embeds: false },
    );
  });
  afterAll(() => graph.close());

  it.each([
    '{ media { title stars } shelf }',
    '{ media { stars ... on Book { price pages } } }',
    '{ media { __typename stars ... on Book { pages next { title } } } }',
    '{ latest { stars } }',
    '{ latest { __typename id title stars ... on Film { minutes } } }',
    '{ latest { title next { __typename title stars ... on Book { price } } ... on Book { price } } }',
  ])('has the same response as services and in mixed mode: %s', async (query) => {
    const { distributed, mixed } = graph.modes;
    const expected = comparable((await distributed?.(query)) ?? {});
    expect(expected.errors).toEqual([]);
    expect(comparable((await mixed?.(query)) ?? {})).toEqual(expected);
  });
});

describe('an entity whose key has a field of another object', () => {
  const PARTS = [
    { id: '1', number: 7, maker: { code: 'acme', name: 'Acme' } },
    { id: '2', number: 7, maker: { code: 'beta', name: 'Beta' } },
    { id: '3', number: 7, maker: { code: null, name: 'Unknown' } },
    { id: '4', number: 7, maker: null },
  ];
  interface PartReference {
    readonly number?: number;
    readonly maker?: { readonly code?: string };
  }

  let graph: EveryMode;
  beforeAll(async () => {
    graph = await startEveryMode(
      {
        shop: {
          sdl: `type Query { parts: [Part] }
            type Part @key(fields: "id") @key(fields: "number maker { code }") { id: ID! number: Int maker: Maker }
            type Maker @shareable { code: ID name: String }`,
          resolvers: {
            Query: { parts: () => PARTS },
            Part: {
              __resolveReference: ({ number, maker }: PartReference) =>
                PARTS.find((one) => one.number === number && one.maker?.code === maker?.code),
            },
          },
        },
        quality: {
          sdl: `type Query { best: Part }
            type Part @key(fields: "number maker { code }") { number: Int maker: Maker grade: String }
            type Maker @shareable { code: ID }`,
          resolvers: {
            Query: { best: () => ({ number: 7, maker: { code: 'beta' } }) },
            Part: {
              grade: ({ number, maker }: PartReference) =>
                `${String(maker?.code)} ${String(number)}`,
            },
          },
        },
      },
      { services: ['quality'] },
    );
  });
  afterAll(() => graph.close());

  it('is found by the complete key, and is null if a part of it is null', async () => {
    for (const [mode, run] of Object.entries(graph.modes)) {
      const { data } = await run('{ parts { id grade } best { id grade } }');
      expect({ mode, data }).toEqual({
        mode,
        data: {
          parts: [
            { id: '1', grade: 'acme 7' },
            { id: '2', grade: 'beta 7' },
            { id: '3', grade: null },
            { id: '4', grade: null },
          ],
          best: { id: '2', grade: 'beta 7' },
        },
      });
    }
  });
});
