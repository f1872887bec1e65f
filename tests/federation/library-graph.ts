import type { FusedSubgraph } from '../../gateway/engines/fused/subgraph-schema.ts';
import type { Supergraph } from '../../gateway/supergraph/supergraph.ts';
import { composeSupergraph } from './compose-supergraph.ts';
import type { Literals } from './random-operation.ts';
import { LINK } from './planned-graph.ts';

/** A small graph with one of each: single, compound and several keys, nested and transitive `@requires`, unions, interfaces. */
export function createLibraryGraph(): {
  readonly supergraph: Supergraph;
  readonly subgraphs: readonly FusedSubgraph[];
} {
  const subgraphs = librarySubgraphs().map((subgraph) => ({
    ...subgraph,
    sdl: LINK + subgraph.sdl,
    createContext: () => ({}),
  }));
  return { supergraph: composeSupergraph(subgraphs), subgraphs };
}

/** Its subgraphs, as services could run them. */
export const librarySubgraphs = () => [catalog, stock, reviews, people];

type Fixture = Pick<FusedSubgraph, 'name' | 'sdl' | 'resolvers'>;

const products = [
  { id: 'p1', upc: 'u1', name: 'Pen', price: 2, weight: 1, kind: 'TOOL', __typename: 'Product' },
  {
    id: 'p2',
    upc: 'u2',
    name: 'Paper',
    price: 5,
    weight: 20,
    kind: 'GOODS',
    __typename: 'Product',
  },
  {
    id: 'p3',
    upc: 'u3',
    name: 'Ink',
    price: 9,
    weight: null,
    kind: 'GOODS',
    __typename: 'Product',
  },
];
const books = [
  {
    id: 'b1',
    name: 'On Rivers',
    pages: 300,
    author: { id: 'x1', org: { code: 'o1' } },
    __typename: 'Book',
  },
  {
    id: 'b2',
    name: 'On Lakes',
    pages: 120,
    author: { id: 'x9', org: { code: 'o1' } },
    __typename: 'Book',
  },
  { id: 'b3', name: 'Anonymous', pages: 7, author: null, __typename: 'Book' },
];

const byId = <T extends { readonly id: string }>(all: readonly T[], id: unknown) =>
  all.find((one) => one.id === id) ?? null;

const catalog: Fixture = {
  name: 'catalog',
  sdl: `
    scalar Day
    enum Kind { TOOL GOODS }
    interface Item { id: ID! name: String contact: Person }
    union Found = Product | Book
    type Query { product(id: ID!): Product items: [Item!]! found(text: String = "all"): [Found] oldest: Item day: Day }
    type Product implements Item @key(fields: "id") @key(fields: "upc") {
      id: ID! upc: String! name: String price(currency: String = "EUR"): Int weight: Int kind: Kind maker: Maker contact: Person secret: String @inaccessible
    }
    type Book implements Item @key(fields: "id") { id: ID! name: String pages(from: Int = 0): Int! author: Person contact: Person since: Day }
    type Maker @shareable { name: String country: String }
    type Person @key(fields: "id org { code }", resolvable: false) { id: ID! org: Org! }
    type Org @shareable { code: ID! }
  `,
  resolvers: {
    Query: {
      product: (_root, { id }: { id: string }) => byId(products, id),
      items: () => [products[0], books[0], products[2]],
      found: (_root, { text }: { text: string }) =>
        [...books, ...products].filter(({ name }) => text === 'all' || name.includes(text)),
      oldest: () => Promise.resolve(books[1]),
      day: () => new Date(0),
    },
    Day: {
      serialize: (value: unknown) =>
        value instanceof Date ? value.toISOString().slice(0, 10) : value,
    },
    Product: {
      __resolveReference: ({ id, upc }: { id?: string; upc?: string }) =>
        Promise.resolve(products.find((one) => one.id === id || one.upc === upc) ?? null),
      price: ({ price }: { price: number }, { currency }: { currency: string }) =>
        currency === 'EUR' ? price : price * 2,
      contact: ({ id }: { id: string }) => (id === 'p3' ? null : { id: 'x1', org: { code: 'o1' } }),
      maker: ({ id }: { id: string }) => ({ name: `maker of ${id}`, country: 'DE' }),
    },
    Book: {
      __resolveReference: ({ id }: { id: string }) => Promise.resolve(byId(books, id)),
      contact: ({ author }: { author: unknown }) => author,
      pages: ({ pages }: { pages: number }, { from }: { from: number }) => pages - from,
      since: () => new Date(86_400_000),
    },
    Item: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
    Found: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
  },
};

const stock: Fixture = {
  name: 'stock',
  sdl: `
    scalar Day
    type Query { scarce: [Product!] }
    type Product @key(fields: "upc") {
      upc: String! price(currency: String = "EUR"): Int @external weight: Int @external maker: Maker @external
      inStock: Int
      shipping: Int @requires(fields: "weight price(currency: \\"USD\\")")
      origin: String @requires(fields: "maker { country }")
    }
    type Maker @external { country: String }
    type Book @key(fields: "id") { id: ID! since: Day @external shelf: String @requires(fields: "since") }
  `,
  resolvers: {
    Query: { scarce: () => [{ upc: 'u3' }, { upc: 'u1' }, { upc: 'u404' }] },
    Product: {
      __resolveReference: (reference: { upc: string }) =>
        Promise.resolve(reference.upc === 'u2' ? null : reference),
      inStock: ({ upc }: { upc: string }) => upc.length * 7,
      shipping: ({ weight, price }: { weight: number | null; price: number }) =>
        weight === null ? null : weight * 10 + price,
      origin: ({ maker }: { maker: { country: string } }) => `from ${maker.country}`,
    },
    Book: {
      __resolveReference: (reference: object) => Promise.resolve(reference),
      shelf: ({ since }: { since: unknown }) => `shelf ${String(since)}`,
    },
  },
};

const reviews: Fixture = {
  name: 'reviews',
  sdl: `
    interface Reviewed { reviews(first: Int = 2): [Review] score: Float }
    type Query { review(id: ID!): Review latest: [Reviewed] }
    type Review @key(fields: "id") { id: ID! stars: Int! about: Reviewed by: Person }
    type Product implements Reviewed @key(fields: "id") { id: ID! reviews(first: Int = 2): [Review] score: Float }
    type Book implements Reviewed @key(fields: "id") { id: ID! reviews(first: Int = 2): [Review] score: Float }
    type Person @key(fields: "id org { code }") { id: ID! org: Org! reviews(first: Int = 1): [Review!] handle: String @external signature: String @requires(fields: "handle") }
    type Org @shareable { code: ID! }
  `,
  resolvers: {
    Query: {
      review: (_root, { id }: { id: string }) => reviewOf(id),
      latest: () => [{ __typename: 'Book', id: 'b1' }, null, { __typename: 'Product', id: 'p2' }],
    },
    Reviewed: {
      __resolveType: ({ __typename }: { __typename: string }) => Promise.resolve(__typename),
    },
    Review: { __resolveReference: ({ id }: { id: string }) => Promise.resolve(reviewOf(id)) },
    Product: reviewed(),
    Book: reviewed(),
    Person: {
      __resolveReference: (reference: object) => Promise.resolve(reference),
      reviews: ({ id }: { id: string }, { first }: { first: number }) =>
        Array.from({ length: first }, (_, index) => reviewOf(`${id}-${String(index + 1)}`)),
      signature: ({ handle }: { handle: string | null }) => handle && `-- ${handle}`,
    },
  },
};

function reviewed() {
  return {
    __resolveReference: (reference: object) => Promise.resolve(reference),
    reviews: ({ id }: { id: string }, { first }: { first: number }) =>
      Array.from({ length: first }, (_, index) => reviewOf(`${id}-${String(index)}`)),
    score: ({ id }: { id: string }) => id.charCodeAt(1) / 2,
  };
}

function reviewOf(id: string) {
  const about = id.split('-')[0] ?? id;
  const kind = about.startsWith('b') ? 'Book' : 'Product';
  return {
    id,
    stars: id.length,
    about: { __typename: kind, id: about },
    by: id.endsWith('1') ? null : { id: 'x1', org: { code: 'o1' } },
  };
}

const people: Fixture = {
  name: 'people',
  sdl: `
    type Query { person(id: ID!, org: ID!): Person }
    type Person @key(fields: "id org { code }") { id: ID! org: Org! handle: String age: Int boss: Person greeting(word: String = "Hello"): String }
    type Org @shareable { code: ID! }
    type Product @key(fields: "id") { id: ID! name: String @override(from: "catalog") }
  `,
  resolvers: {
    Query: {
      person: (_root, { id, org }: { id: string; org: string }) =>
        personOf({ id, org: { code: org } }),
    },
    Person: {
      __resolveReference: (reference: { id: string; org: { code: string } }) =>
        Promise.resolve(personOf(reference)),
      greeting: ({ handle }: { handle: string | null }, { word }: { word: string | null }) =>
        `${word ?? ''} ${handle ?? 'you'}`,
    },
    Product: {
      __resolveReference: (reference: object) => Promise.resolve(reference),
      name: ({ id }: { id: string }) => `product ${id}`,
    },
  },
};

function personOf({ id, org }: { readonly id: string; readonly org: { readonly code: string } }) {
  if (id !== 'x1' && id !== 'x2') return null;
  return {
    id,
    org,
    handle: id === 'x1' ? 'ada' : null,
    age: 40,
    boss: id === 'x1' ? { id: 'x2', org } : null,
  };
}

const LITERALS: Record<string, readonly string[]> = {
  'Query.product(id:)': ['"p1"', '"p2"', '"p3"', '"p9"'],
  'Query.found(text:)': ['"On"', '"P"', 'null'],
  'Query.review(id:)': ['"p1-0"', '"b2-1"', '"p2-2"'],
  'Query.person(id:)': ['"x1"', '"x2"', '"x3"'],
  'Query.person(org:)': ['"o1"'],
  'Person.greeting(word:)': ['"Hi"', '"Dear"', 'null'],
  'Person.reviews(first:)': ['0', '1', '2'],
  'Product.price(currency:)': ['"EUR"', '"USD"'],
  'Book.pages(from:)': ['0', '5'],
  'Product.reviews(first:)': ['0', '1', '3'],
  'Book.reviews(first:)': ['0', '1', '3'],
  'Reviewed.reviews(first:)': ['0', '1', '3'],
};

/** Arguments that mean something to its resolvers. */
export const libraryLiterals: Literals = (coordinate) => LITERALS[coordinate];
