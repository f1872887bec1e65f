import { describe, expect, it } from '@jest/globals';
import type { FusedSubgraph } from '../../../gateway/engines/fused/subgraph-schema.ts';
import { HEAD_V4, runEverywhere } from './run-everywhere.ts';
import type { ApiRequest } from './start-api.ts';

describe('a connector on a field', () => {
  it('reads objects that have connectors of their own, with arguments and fields of the parent', async () => {
    const sdl = `
      type Query { user(id: ID!): User @connect(source: "erp", http: { GET: "/users/{$args.id}" }, selection: "id name") }
      type User { id: ID! name: String
        posts(first: Int = 2, tag: String): [Post!] @connect(source: "erp", http: { GET: "/users/{$this.id}/posts?limit={$args.first}&tag={$args.tag}" }, selection: "id by: $this.name tag: $args.tag") }
      type Post { id: ID! by: String tag: String
        author: User @connect(source: "erp", http: { GET: "/posts/{$this.id}/author" }, selection: "id name")
        likes: [String!] @connect(source: "erp", http: { GET: "/posts/{$this.id}/likes" }, selection: "$.names") }
    `;
    const { result, calls } = await runEverywhere(
      sdl,
      '{ user(id: 7) { posts(tag: "a b") { id by tag likes author { name } } } }',
      ({ path }) => {
        if (path.includes('/posts?')) return { body: [{ id: 1 }, { id: 2 }] };
        return path.endsWith('/likes')
          ? { body: { names: ['x', 'y'] } }
          : { body: { id: 7, name: 'Ann' } };
      },
    );
    const post = { by: 'Ann', tag: 'a b', likes: ['x', 'y'], author: { name: 'Ann' } };
    expect(result).toEqual({
      data: {
        user: {
          posts: [
            { id: '1', ...post },
            { id: '2', ...post },
          ],
        },
      },
    });
    expect(calls).toContain('GET /users/7/posts?limit=2&tag=a%20b');
    expect(calls).toHaveLength(6);
  });

  it('reads lists of scalars, also of lists', async () => {
    const sdl = `type Query {
      names: [String!] @connect(source: "erp", http: { GET: "/a" }, selection: "$.items.name")
      grid: [[Int]] @connect(source: "erp", http: { GET: "/a" }, selection: "$.grid")
    }`;
    const { result } = await runEverywhere(sdl, '{ names grid }', () => ({
      body: { items: [{ name: 'a' }, { name: 'b' }], grid: [[1, 2], [], [null]] },
    }));
    expect(result).toEqual({ data: { names: ['a', 'b'], grid: [[1, 2], [], [null]] } });
  });

  it('can lead back to the type of its parent', async () => {
    const sdl = `
      type Query { product(id: ID!): Product @connect(source: "erp", http: { GET: "/products/{$args.id}" }, entity: true, selection: "id name") }
      type Product @key(fields: "id") { id: ID! name: String
        reviews: [Review!] @connect(source: "erp", http: { GET: "/products/{$this.id}/reviews" }, selection: "text product: { id: $this.id }") }
      type Review { text: String product: Product }
    `;
    const { result } = await runEverywhere(
      sdl,
      '{ product(id: 1) { reviews { text product { name reviews { text } } } } }',
      ({ path }) =>
        path.endsWith('/reviews') ? { body: [{ text: 't' }] } : { body: { id: 1, name: 'P' } },
    );
    expect(result).toEqual({
      data: {
        product: { reviews: [{ text: 't', product: { name: 'P', reviews: [{ text: 't' }] } }] },
      },
    });
  });
});

const SHAREABLE = HEAD_V4.replace('"@key"', '"@key", "@shareable"');

/** A subgraph that gives references to entities of the connectors. */
function references(
  type: string,
  keySdl: string,
  all: readonly object[],
  { fields = '', key = 'id', requires = '' } = {},
): FusedSubgraph {
  return {
    name: 'refs',
    sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])
      type Query { all: [${type}] }
      type ${type} @key(fields: "${key}") { ${keySdl} ${fields} }
      ${requires}`,
    resolvers: { Query: { all: () => all } },
    createContext: () => ({}),
  };
}

describe('an entity', () => {
  const user = { id: 1, email: 'a@b', name: 'Ann' };
  const ofTwoKeys = `
    type Query {
      user(id: ID!): User @connect(source: "erp", http: { GET: "/users/{$args.id}" }, entity: true, selection: "id email name")
      userByEmail(email: String!): User @connect(source: "erp", http: { GET: "/users?email={$args.email}" }, entity: true, selection: "id email name")
    }
    type User @key(fields: "id") @key(fields: "email") { id: ID! email: String! name: String }
  `;

  it.each([
    ['id', 'id: ID!', { id: '1' }, 'GET /users/1'],
    ['email', 'email: String!', { email: 'a@b' }, 'GET /users?email=a%40b'],
  ])('with several keys is found by the present one: %s', async (key, keySdl, ref, call) => {
    const others = [references('User', keySdl, [ref], { key })];
    const { result, calls } = await runEverywhere(
      ofTwoKeys,
      '{ all { name } }',
      () => ({ body: user }),
      { others },
    );
    expect(result).toEqual({ data: { all: [{ name: 'Ann' }] } });
    expect(calls).toEqual([call]);
  });

  it('is found by a key of two fields', async () => {
    const sdl = `type Item @key(fields: "id tenant") @connect(source: "erp", http: { GET: "/{$this.tenant}/items/{$this.id}" }, selection: "id tenant name") { id: ID! tenant: ID! name: String }`;
    const others = [
      references(
        'Item',
        'id: ID! tenant: ID!',
        [
          { id: '1', tenant: 'n' },
          { id: '1', tenant: 's' },
        ],
        { key: 'id tenant' },
      ),
    ];
    const { result, calls } = await runEverywhere(
      sdl,
      '{ all { name } }',
      ({ path }) => ({ body: { id: 1, tenant: path.charAt(1), name: path } }),
      { others },
    );
    expect(result).toEqual({ data: { all: [{ name: '/n/items/1' }, { name: '/s/items/1' }] } });
    expect([...calls].sort()).toEqual(['GET /n/items/1', 'GET /s/items/1']);
  });

  it('is found in batches by a key of two fields', async () => {
    const sdl = `type Item @key(fields: "id tenant") @connect(source: "erp", http: { POST: "/items", body: "keys: $batch { id tenant }" }, selection: "$.found { id tenant name }") { id: ID! tenant: ID! name: String }`;
    const others = [
      references(
        'Item',
        'id: ID! tenant: ID!',
        [
          { id: '1', tenant: 'n' },
          { id: '1', tenant: 's' },
          { id: '2', tenant: 'n' },
        ],
        { key: 'id tenant' },
      ),
    ];
    const { result, calls } = await runEverywhere(
      sdl,
      '{ all { id name } }',
      () => ({
        body: {
          found: [
            { id: 1, tenant: 's', name: 's1' },
            { id: 2, tenant: 'n', name: 'n2' },
            { id: 1, tenant: 'n', name: 'n1' },
          ],
        },
      }),
      { others },
    );
    expect(result.data).toEqual({
      all: [
        { id: '1', name: 'n1' },
        { id: '1', name: 's1' },
        { id: '2', name: 'n2' },
      ],
    });
    expect(calls).toEqual([
      'POST /items {"keys":[{"id":"1","tenant":"n"},{"id":"1","tenant":"s"},{"id":"2","tenant":"n"}]}',
    ]);
  });

  const SITES = [
    { place: { shop: { no: '7' } } },
    { place: { shop: { no: '8' } } },
    { place: { shop: { no: '7' } } },
  ];
  const nested = (connect: string) => `
    type Site @key(fields: "place { shop { no } }") @connect(source: "erp", ${connect}) { place: Place! name: String }
    type Place @shareable { shop: Shop! }
    type Shop @shareable { no: ID! }
  `;
  const siteReferences = references('Site', 'place: Place!', SITES, {
    key: 'place { shop { no } }',
    requires: 'type Place @shareable { shop: Shop! } type Shop @shareable { no: ID! }',
  });

  it('is found by a key with fields of an object', async () => {
    const { result, calls } = await runEverywhere(
      nested(
        'http: { GET: "/sites/{$this.place.shop.no}" }, selection: "place: { shop: { no: no } } name"',
      ),
      '{ all { name } }',
      ({ path }) => ({ body: { no: path.slice(-1), name: path } }),
      { others: [siteReferences], head: SHAREABLE },
    );
    expect(result).toEqual({
      data: { all: [{ name: '/sites/7' }, { name: '/sites/8' }, { name: '/sites/7' }] },
    });
    expect([...calls].sort()).toEqual(['GET /sites/7', 'GET /sites/8']);
  });

  it('is found in batches by a key with fields of an object, each once', async () => {
    const { result, calls } = await runEverywhere(
      nested(
        'http: { POST: "/sites", body: "nos: $batch.place.shop.no" }, selection: "place: { shop: { no: no } } name"',
      ),
      '{ all { name } }',
      ({ body }) => ({
        // A cast: what the connector sends.
        body: (JSON.parse(body) as { nos: string[] }).nos
          .map((no) => ({ no: Number(no), name: `site ${no}` }))
          .reverse(),
      }),
      { others: [siteReferences], head: SHAREABLE },
    );
    expect(result).toEqual({
      data: { all: [{ name: 'site 7' }, { name: 'site 8' }, { name: 'site 7' }] },
    });
    expect(calls).toEqual(['POST /sites {"nos":["7","8"]}']);
  });

  it('has fields that need fields of an object of another subgraph', async () => {
    const sdl = `
      type City @key(fields: "id") { id: ID! location: Location @external
        weather: String @requires(fields: "location { latitude point { longitude } }")
          @connect(source: "erp", http: { GET: "/weather/{$this.location.latitude},{$this.location.point.longitude}" }, selection: "$.text")
        both: String @requires(fields: "location { latitude point { longitude } }")
          @connect(source: "erp", http: { POST: "/both", body: "$this { location { latitude point { longitude } } }" }, selection: "$.text") }
      type Location { latitude: Float @external point: Point @external }
      type Point { longitude: Float @external }
    `;
    const cities = [
      { id: '1', location: { latitude: 1.5, point: { longitude: -2 } } },
      { id: '2', location: null },
      { id: '3', location: { latitude: null, point: { longitude: 0 } } },
    ];
    const others: FusedSubgraph[] = [
      {
        name: 'cities',
        sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
          type Query { cities: [City] }
          type City @key(fields: "id") { id: ID! location: Location }
          type Location { latitude: Float point: Point }
          type Point { longitude: Float }`,
        resolvers: {
          Query: { cities: () => cities },
          City: {
            // The gateway names the city by its key.
            __resolveReference: ({ id }: { readonly id: string }) =>
              cities.find((city) => city.id === id),
          },
        },
        createContext: () => ({}),
      },
    ];
    const { result, calls } = await runEverywhere(
      sdl,
      '{ cities { weather both } }',
      ({ path }) => ({ body: { text: path } }),
      { others },
    );
    expect(result).toEqual({
      data: {
        cities: [
          { weather: '/weather/1.5,-2', both: '/both' },
          { weather: null, both: null },
          { weather: null, both: null },
        ],
      },
    });
    expect([...calls].sort()).toEqual([
      'GET /weather/1.5,-2',
      'POST /both {"location":{"latitude":1.5,"point":{"longitude":-2}}}',
    ]);
  });

  it('with two connectors on its type is read by those that provide the selected fields', async () => {
    const sdl = `
      type Query { user: User @connect(source: "erp", http: { GET: "/me" }, selection: "id") }
      type User
        @connect(source: "erp", http: { GET: "/users/{$this.id}" }, selection: "id name")
        @connect(source: "erp", http: { GET: "/users/{$this.id}?detailed=true" }, selection: "id address { city }")
        { id: ID! name: String address: Address }
      type Address { city: String }
    `;
    const answer = ({ path }: ApiRequest) => ({
      body: { id: 1, name: path, address: { city: path } },
    });
    const one = await runEverywhere(sdl, '{ user { name } }', answer);
    expect(one.calls).toEqual(['GET /me', 'GET /users/1']);
    const both = await runEverywhere(sdl, '{ user { name address { city } } }', answer);
    expect(both.result).toEqual({
      data: { user: { name: '/users/1', address: { city: '/users/1?detailed=true' } } },
    });
  });
});

describe('a mutation', () => {
  const sdl = `
    input ItemInput { name: String tags: [String!] size: SizeInput }
    input SizeInput { width: Int unit: String }
    type Query { item(id: ID!): Item @connect(source: "erp", http: { GET: "/items/{$args.id}" }, entity: true, selection: "id name stock") }
    type Mutation {
      update(id: ID!, name: String, note: String, guarded: String): Item @connect(source: "erp", http: { PATCH: "/items/{$args.id}", body: "name: $args.name note: $args.note guarded: $args.guarded?" }, selection: "id")
      replace(id: ID!, input: ItemInput!): Item @connect(source: "erp", http: { PUT: "/items/{$args.id}", body: "$args.input { name tags size { width unit } }" }, selection: "id name")
      remove(id: ID!, reason: String): Item @connect(source: "erp", http: { DELETE: "/items/{$args.id}", body: "reason: $args.reason" }, selection: "id")
      removeAll: Boolean @connect(source: "erp", http: { DELETE: "/items" }, selection: "$status->eq(204)")
      submit(input: ItemInput!): Item @connect(source: "erp", http: { POST: "/forms", headers: [{ name: "Content-Type", value: "application/x-www-form-urlencoded" }], body: "item: $args.input list: $args.input.tags" }, selection: "id")
    }
    type Item @key(fields: "id") { id: ID! name: String stock: Int }
  `;
  const answer = ({ method, path }: ApiRequest) => {
    if (method === 'DELETE') return { status: 204 };
    return { body: { id: 1, name: `${method} ${path}`, stock: 5 } };
  };

  it.each([
    ['is left out where the client leaves it out', '', '{}'],
    ['is sent as null where it is null', 'name: null, note: "x"', '{"name":null,"note":"x"}'],
    ['is left out where it is null and the mapping says so', 'guarded: null', '{}'],
    ['is sent where the mapping guards it', 'guarded: ""', '{"guarded":""}'],
  ])('with PATCH has an argument that %s', async (_title, args, body) => {
    const { calls } = await runEverywhere(
      sdl,
      `mutation { update(id: 1, ${args}) { id } }`,
      answer,
    );
    expect(calls).toEqual([`PATCH /items/1 ${body}`]);
  });

  it('returns an entity whose other fields its connector reads', async () => {
    const { result, calls } = await runEverywhere(
      sdl,
      'mutation { update(id: 1, name: "n") { id name stock } }',
      answer,
    );
    expect(result).toEqual({ data: { update: { id: '1', name: 'GET /items/1', stock: 5 } } });
    expect(calls).toEqual(['PATCH /items/1 {"name":"n"}', 'GET /items/1']);
  });

  it('with PUT sends an input object, without the entries that the client leaves out', async () => {
    const { result, calls } = await runEverywhere(
      sdl,
      'mutation ($input: ItemInput!) { replace(id: 1, input: $input) { name } }',
      answer,
      { variables: { input: { name: null, size: { width: 3 } } } },
    );
    expect(result).toEqual({ data: { replace: { name: 'PUT /items/1' } } });
    expect(calls).toEqual(['PUT /items/1 {"name":null,"size":{"width":3}}']);
  });

  it('with DELETE returns null for the status 204, and sends a body if it has one', async () => {
    const { result, calls } = await runEverywhere(
      sdl,
      'mutation { remove(id: 1, reason: "old") { id } removeAll }',
      answer,
    );
    expect(result).toEqual({ data: { remove: null, removeAll: true } });
    expect(calls).toEqual(['DELETE /items/1 {"reason":"old"}', 'DELETE /items']);
  });

  it('with a form sends objects with brackets and lists of values as repeated names', async () => {
    const { result, calls } = await runEverywhere(
      sdl,
      'mutation { submit(input: { name: "a&b", tags: ["x", "y"], size: { width: 3 } }) { id } }',
      answer,
    );
    expect(result).toEqual({ data: { submit: { id: '1' } } });
    const [call = ''] = calls;
    expect(decodeURIComponent(call)).toBe(
      'POST /forms item[name]=a&b&item[tags]=x&item[tags]=y&item[size][width]=3&list=x&list=y',
    );
  });
});
