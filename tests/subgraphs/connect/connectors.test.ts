import { describe, expect, it } from '@jest/globals';
import { createCallTrace } from '../../../request/request-scope.ts';
import type { Environment } from '../../../settings/settings.ts';
import type { SourcePolicy } from '../../../subgraphs/connect/source-policy.ts';
import { type Api, type ApiRequest, type ApiResponse, startApi } from './start-api.ts';
import { fuse, HEAD, readFile } from './start-connectors.ts';

interface Started extends AsyncDisposable {
  readonly api: Api;
  readonly run: ReturnType<typeof fuse>['run'];
  readonly alone: ReturnType<typeof fuse>['alone'];
}

/** Starts an API, and a graph of connectors to it. */
async function start(
  sdl: string,
  answer: (request: ApiRequest) => ApiResponse,
  { policy = {}, environment = {}, source = '' }: StartOptions = {},
): Promise<Started> {
  const api = await startApi(answer);
  const file = readFile(
    `${HEAD} @source(name: "erp", http: { baseURL: "${api.url}/v1" ${source} })\n${sdl}`,
    { erp: policy },
  );
  const graph = fuse(file, [], environment);
  return {
    api,
    run: graph.run,
    alone: graph.alone,
    [Symbol.asyncDispose]: async () => {
      await graph.close();
      await api[Symbol.asyncDispose]();
    },
  };
}

interface StartOptions {
  readonly policy?: Partial<SourcePolicy>;
  readonly environment?: Environment;
  /** More arguments of the source's `http`. */
  readonly source?: string;
}

const ITEM = `
  type Item { id: ID name: String }
  type Query { item(id: ID!): Item @connect(source: "erp", http: { GET: "/items/{$args.id}" }, selection: "id name") }
`;

const respondItem = () => ({ body: { id: 1, name: 'Lamp' } });

const clientScope = (clientHeaders: Record<string, string>) => ({
  scope: { signal: new AbortController().signal, trace: createCallTrace(), clientHeaders },
});

describe('the URL of a connector', () => {
  it.each([
    ['a slash', 'a/b', '/v1/items/a%2Fb'],
    ['a question mark and a hash', 'a?b=c#d', '/v1/items/a%3Fb%3Dc%23d'],
    ['line ends', 'a\r\nx-evil: 1', '/v1/items/a%0D%0Ax-evil%3A%201'],
    ['dots within a path', '../../admin', '/v1/items/..%2F..%2Fadmin'],
    ['what is encoded already', '%2e%2e', '/v1/items/%252e%252e'],
    ['letters of any language', 'ü 漢', '/v1/items/%C3%BC%20%E6%BC%A2'],
    ['braces', '{name}', '/v1/items/%7Bname%7D'],
  ])('encodes an argument with %s as one segment', async (_title, id, path) => {
    await using started = await start(ITEM, respondItem);
    const { errors } = await started.run('query ($id: ID!) { item(id: $id) { name } }', { id });
    expect(errors).toBeUndefined();
    expect(started.api.requests.map((request) => request.path)).toEqual([path]);
  });

  it.each(['.', '..'])('refuses an argument that is the segment %s, without a call', async (id) => {
    await using started = await start(ITEM, respondItem);
    const { errors } = await started.run('query ($id: ID!) { item(id: $id) { name } }', { id });
    expect(errors?.map(({ message, extensions }) => [message, extensions?.['code']])).toEqual([
      [`A value in the path of Query.item must not be "${id}".`, 'BAD_USER_INPUT'],
    ]);
    expect(started.api.requests).toEqual([]);
  });

  it('has the parameters of its source, its own and those of the mapping, encoded, lists as repeated ones', async () => {
    const sdl = `
      type Query { names(search: String, tags: [String!], page: Int): [String!]
        @connect(source: "erp", http: { GET: "/names?fixed=a%20b&page={$args.page}", queryParams: "q: $args.search tag: $args.tags" }, selection: "$.names") }
    `;
    await using started = await start(sdl, () => ({ body: { names: ['x'] } }), {
      source: `queryParams: "tenant: $('north&south')"`,
    });
    const { data } = await started.run('{ names(search: "a&b=c", tags: ["1", "2"]) }');
    expect(data).toEqual({ names: ['x'] });
    expect(started.api.requests[0]?.path).toBe(
      '/v1/names?tenant=north%26south&fixed=a%20b&q=a%26b%3Dc&tag=1&tag=2',
    );
  });

  it('has the segments of http.path, of its source and its own', async () => {
    const sdl = `
      type Query { name(id: ID!): String @connect(source: "erp", http: { GET: "/names", path: "$(['by-id', $args.id])" }, selection: "$.name") }
    `;
    await using started = await start(sdl, () => ({ body: { name: 'x' } }), {
      source: `path: "$(['north'])"`,
    });
    await started.run('{ name(id: "a/b") }');
    expect(started.api.requests[0]?.path).toBe('/v1/north/names/by-id/a%2Fb');
  });

  it('has at most 20 segments of http.path, so that metrics have few paths', async () => {
    const sdl = `
      type Query { name(ids: [ID!]!): String @connect(source: "erp", http: { GET: "/names", path: "$args.ids" }, selection: "$.name") }
    `;
    await using started = await start(sdl, () => ({ body: { name: 'x' } }));
    const ids = Array.from({ length: 21 }, String);
    const { errors } = await started.run('query ($ids: [ID!]!) { name(ids: $ids) }', { ids });
    expect(errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
    expect(started.api.requests).toEqual([]);
  });

  it('is not followed to another host when the source redirects', async () => {
    await using started = await start(ITEM, () => ({
      status: 302,
      headers: { location: 'http://127.0.0.1:1/stolen' },
    }));
    const { errors } = await started.run('{ item(id: "1") { name } }');
    expect(errors?.[0]?.extensions?.['code']).toBe('UPSTREAM_CONTRACT');
    expect(started.api.requests).toHaveLength(1);
  });
});

describe('the headers of a connector', () => {
  const sdl = `
    type Query { name(tag: String): String @connect(source: "erp",
      http: { GET: "/name", headers: [{ name: "X-Tag", value: "t-{$args.tag}" }, { name: "x-tenant", from: "X-Tenant" }] }, selection: "$.name") }
  `;

  it('have values of arguments, and headers of the client that they name', async () => {
    await using started = await start(sdl, () => ({ body: { name: 'x' } }));
    await started.run(
      '{ name(tag: "a") }',
      {},
      clientScope({ 'x-tenant': 'north', 'x-other': '1' }),
    );
    const [request] = started.api.requests;
    expect([request?.headers['x-tag'], request?.headers['x-tenant']]).toEqual(['t-a', 'north']);
    expect(request?.headers['x-other']).toBeUndefined();
  });

  it('are omitted if their value is null', async () => {
    await using started = await start(sdl, () => ({ body: { name: 'x' } }));
    await started.run('{ name }');
    expect(Object.keys(started.api.requests[0]?.headers ?? {})).not.toContain('x-tag');
  });

  it('refuse an argument with line ends, without a call', async () => {
    await using started = await start(sdl, () => ({ body: { name: 'x' } }));
    const { errors } = await started.run('query ($tag: String) { name(tag: $tag) }', {
      tag: 'a\r\nx-evil: 1',
    });
    expect(errors?.[0]).toMatchObject({
      message: 'The header x-tag of Query.name must be printable ASCII text.',
      extensions: { code: 'BAD_USER_INPUT' },
    });
    expect(started.api.requests).toEqual([]);
  });

  it('are not shared by concurrent calls of different callers', async () => {
    await using started = await start(sdl, ({ headers }) => ({
      body: { name: headers['x-tenant'] },
    }));
    const [north, south] = await Promise.all(
      ['north', 'south'].map((tenant) =>
        started.run('{ name }', {}, clientScope({ 'x-tenant': tenant })),
      ),
    );
    expect([north, south]).toEqual([{ data: { name: 'north' } }, { data: { name: 'south' } }]);
    expect(started.api.requests).toHaveLength(2);
  });
});

describe('calls of one request', () => {
  const sdl = `
    type Query { orders: [Order!] @connect(source: "erp", http: { GET: "/orders" }, selection: "id ownerId rank") }
    type Order { id: ID! ownerId: ID rank: Int owner: Owner @connect(source: "erp", http: { GET: "/owners/{$this.ownerId}" }, selection: "id name") }
    type Owner { id: ID name: String }
  `;
  const answer = ({ path }: ApiRequest) =>
    path === '/v1/orders'
      ? {
          body: [
            { id: 1, ownerId: 7, rank: 1 },
            { id: 2, ownerId: 7, rank: 2 },
            { id: 3, ownerId: null },
            { id: 4 },
          ],
        }
      : { body: { id: 7, name: 'Ann' } };

  it('are made once for equal values of different parents, and not for a null', async () => {
    await using started = await start(sdl, answer);
    const { data, errors } = await started.run('{ orders { id owner { name } } }');
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      orders: [
        { id: '1', owner: { name: 'Ann' } },
        { id: '2', owner: { name: 'Ann' } },
        { id: '3', owner: null },
        { id: '4', owner: null },
      ],
    });
    expect(started.api.requests.map(({ path }) => path)).toEqual(['/v1/orders', '/v1/owners/7']);
  });

  it('are the same if the subgraph is a service', async () => {
    await using started = await start(sdl, answer);
    const { data } = await started.alone.run('{ orders { owner { name } } }');
    expect(data).toMatchObject({ orders: [{ owner: { name: 'Ann' } }, {}, { owner: null }, {}] });
    expect(started.api.requests).toHaveLength(2);
  });
});

describe('an entity', () => {
  const sdl = `
    type Query { items: [Item!] @connect(source: "erp", http: { GET: "/items" }, selection: "id note") }
    type Item @key(fields: "id") @connect(source: "erp", http: { POST: "/items/search", body: "ids: $batch.id" }, batch: { maxSize: 2 }, selection: "$.found { id name note }") {
      id: ID! name: String note: String
    }
  `;
  const answer = ({ path, body }: ApiRequest) => {
    if (path === '/v1/items') return { body: [{ id: 1 }, { id: 2, note: 'n' }, { id: 3 }] };
    // A cast: what the connector sends.
    const { ids } = JSON.parse(body) as { readonly ids: readonly (string | number)[] };
    const found = ids
      .filter((id) => Number(id) !== 3)
      .map((id) => ({ id: Number(id), name: `n${String(id)}` }));
    return { body: { found: found.reverse() } };
  };

  it('is read in batches for fields that its object lacks, and matched by its key in any order', async () => {
    await using started = await start(sdl, answer);
    const { data, errors } = await started.run('{ items { id name } }');
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      items: [
        { id: '1', name: 'n1' },
        { id: '2', name: 'n2' },
        { id: '3', name: null },
      ],
    });
    const bodies = started.api.requests.slice(1).map(({ body }) => JSON.parse(body) as unknown);
    expect(bodies).toEqual([{ ids: [1, 2] }, { ids: [3] }]);
  });

  it('of a batch has its fields although another one has an invalid key', async () => {
    await using started = await start(sdl, (request) => {
      const answered = answer(request);
      return request.path === '/v1/items'
        ? answered
        : { body: { found: [{ id: {}, name: 'x' }, ...(answered.body as { found: [] }).found] } };
    });
    const { data, errors } = await started.run('{ items { name } }');
    expect(errors).toBeUndefined();
    expect(data).toEqual({ items: [{ name: 'n1' }, { name: 'n2' }, { name: null }] });
  });

  it('is not read again for a selected field that the source omitted', async () => {
    await using started = await start(sdl, answer);
    const { data } = await started.run('{ items { id note } }');
    expect(data).toEqual({
      items: [
        { id: '1', note: null },
        { id: '2', note: 'n' },
        { id: '3', note: null },
      ],
    });
    expect(started.api.requests).toHaveLength(1);
  });

  it('is null if a gateway references one that the source does not know', async () => {
    await using started = await start(sdl, answer);
    const query =
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Item { name } } }';
    const { data, errors } = await started.alone.run(query, {
      of: ['1', '3'].map((id) => ({ __typename: 'Item', id })),
    });
    expect(errors).toBeUndefined();
    expect(data).toEqual({ _entities: [{ name: 'n1' }, null] });
    expect(started.api.requests).toHaveLength(1);
  });

  it('is null for the status 404, and for a reference without its key', async () => {
    const one = `
      type Query { order: Order @connect(source: "erp", http: { GET: "/order" }, selection: "a: { id: aId } b: { id: bId } c: { id: cId }") }
      type Order { a: Item b: Item c: Item }
      type Item @connect(source: "erp", http: { GET: "/items/{$this.id}" }, selection: "id name") { id: ID! name: String }
    `;
    await using started = await start(one, ({ path }) => {
      if (path === '/v1/order') return { body: { aId: 1, bId: 9, cId: null } };
      return path.endsWith('/9') ? { status: 404 } : { body: { id: 1, name: 'n1' } };
    });
    const { data, errors } = await started.run('{ order { a { name } b { name } c { name } } }');
    expect(errors).toBeUndefined();
    expect(data).toEqual({ order: { a: { name: 'n1' }, b: { name: null }, c: null } });
    expect(started.api.requests).toHaveLength(3);
  });
});

describe('a mutation', () => {
  const sdl = `
    type Query { a: String @connect(source: "erp", http: { GET: "/a" }, selection: "$.a") }
    type Mutation {
      rename(id: ID!, name: String!): Item @connect(source: "erp", http: { PUT: "/items/{$args.id}", body: "name: $args.name" }, selection: "id name")
      remove(id: ID!): Boolean @connect(source: "erp", http: { DELETE: "/items/{$args.id}" }, selection: "$(true)")
      submit(name: String!): Item @connect(source: "erp", http: { POST: "/forms", headers: [{ name: "content-type", value: "application/x-www-form-urlencoded" }], body: "name: $args.name" }, selection: "id name")
    }
    type Item { id: ID name: String }
  `;

  it('sends its body as JSON or as a form, and reads a response without a body as null', async () => {
    await using started = await start(sdl, ({ method }) =>
      method === 'DELETE' ? { status: 204 } : { body: { id: 1, name: 'x' } },
    );
    const { data, errors } = await started.run(
      'mutation { rename(id: "1", name: "a & b") { name } remove(id: "2") submit(name: "a & b") { id } }',
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({ rename: { name: 'x' }, remove: true, submit: { id: '1' } });
    expect(
      started.api.requests.map(({ method, path, body, headers }) => [
        `${method} ${path}`,
        headers['content-type'],
        body,
      ]),
    ).toEqual([
      ['PUT /v1/items/1', 'application/json', '{"name":"a & b"}'],
      ['DELETE /v1/items/2', undefined, ''],
      ['POST /v1/forms', 'application/x-www-form-urlencoded', 'name=a%20%26%20b'],
    ]);
  });

  it('is not retried after a failure, and its outcome is unknown', async () => {
    await using started = await start(sdl, () => ({ status: 503 }));
    const { errors } = await started.run('mutation { rename(id: "1", name: "a") { name } }');
    expect(errors?.[0]?.extensions?.['code']).toBe('OUTCOME_UNKNOWN');
    expect(started.api.requests).toHaveLength(1);
  });
});

describe('a failure of a source', () => {
  it.each([
    [401, 'UPSTREAM_AUTH', 1],
    [404, 'UPSTREAM_REJECTED', 1],
    [429, 'UPSTREAM_RATE_LIMITED', 2],
    [500, 'UPSTREAM_UNAVAILABLE', 1],
    [503, 'UPSTREAM_UNAVAILABLE', 2],
  ])('with the status %s is %s after %s calls', async (status, code, calls) => {
    await using started = await start(ITEM, () => ({ status, headers: { 'retry-after': '0' } }), {
      policy: { retries: 1 },
    });
    const { data, errors } = await started.run('{ item(id: "1") { name } }');
    expect(data).toEqual({ item: null });
    expect(errors?.map(({ extensions, path }) => [extensions, path])).toEqual([
      [expect.objectContaining({ code, service: 'erp' }), ['item']],
    ]);
    expect(started.api.requests).toHaveLength(calls);
  });

  it.each([
    ['no JSON', '<html>'],
    ['half of an object', '{"id": 1'],
    ['lists nested too deeply', '['.repeat(5000) + ']'.repeat(5000)],
  ])('that responds %s is UPSTREAM_CONTRACT', async (_title, body) => {
    await using started = await start(ITEM, () => ({ body }));
    const { errors } = await started.run('{ item(id: "1") { name } }');
    expect(errors?.[0]?.extensions?.['code']).toBe('UPSTREAM_CONTRACT');
  });

  it('that hangs is UPSTREAM_TIMEOUT after the time of its policy', async () => {
    await using started = await start(ITEM, () => undefined, { policy: { timeoutMs: 50 } });
    const { errors } = await started.run('{ item(id: "1") { name } }');
    expect(errors?.[0]?.extensions?.['code']).toBe('UPSTREAM_TIMEOUT');
  });

  const RULES = `
    type Query { item: Item @connect(source: "erp", http: { GET: "/item" }, isSuccess: "$.ok->eq(true)",
      errors: { message: "$.error.message" }, selection: "id") }
    type Item { id: ID }
  `;

  it.each([
    [200, { ok: false, error: { message: 'Closed.' } }, 'UPSTREAM_REJECTED', 'Closed.'],
    [422, { ok: true, error: { message: 'Too long.' } }, 'UPSTREAM_REJECTED', 'Too long.'],
    [401, '', 'UPSTREAM_AUTH', expect.stringContaining('credentials')],
  ])(
    'is detected by the status %s first, then by isSuccess: %j',
    async (status, body, code, message) => {
      await using started = await start(RULES, () => ({ status, body }));
      const { errors } = await started.run('{ item { id } }');
      expect(errors?.map((error) => [error.extensions?.['code'], error.message])).toEqual([
        [code, message],
      ]);
    },
  );
});

describe('values of a source', () => {
  it('are requested with a point in time in its wire format', async () => {
    const sdl = `
      scalar DateTime
      type Query { a(from: DateTime!): String @connect(source: "erp", http: { GET: "/a", queryParams: "from: $args.from" }, selection: "$.a") }
    `;
    await using started = await start(sdl, () => ({ body: { a: 'x' } }));
    const { errors } = await started.run('{ a(from: "2026-03-01T09:30:00Z") }');
    expect(errors).toBeUndefined();
    expect(started.api.requests[0]?.path).toBe('/v1/a?from=2026-03-01T09%3A30%3A00.000Z');
  });

  it('keep the digits of large integers, in IDs and in requests', async () => {
    const sdl = `
      type Query { item: Item @connect(source: "erp", http: { GET: "/item" }, selection: "id count") }
      type Item { id: ID! count: Int other: Item @connect(source: "erp", http: { POST: "/other", body: "id: $this.id" }, selection: "id") }
    `;
    await using started = await start(sdl, ({ method }) => ({
      body: method === 'GET' ? '{"id":9007199254740993,"count":9007199254740993}' : '{"id":1}',
    }));
    const { data, errors } = await started.run('{ item { id count other { id } } }');
    expect(data).toEqual({ item: { id: '9007199254740993', count: null, other: { id: '1' } } });
    expect(errors?.map(({ path }) => path)).toEqual([['item', 'count']]);
    expect(started.api.requests[1]?.body).toContain('9007199254740993');
  });
});

describe('values that the declared type cannot hold', () => {
  const sdl = `
    enum Size { SMALL LARGE }
    enum Color { RED UNKNOWN }
    scalar Decimal
    type Query {
      thing: Thing @connect(source: "erp", http: { GET: "/thing" }, selection: """
        id count ratio flag name size color price tags parts { id } owner { id } needed { name }
        """)
      things: [Thing!] @connect(source: "erp", http: { GET: "/thing" }, selection: "$.list { id }")
    }
    type Thing {
      id: ID! count: Int ratio: Float flag: Boolean name: String size: Size color: Color price: Decimal
      tags: [String!] parts: [Part!] owner: Part needed: Needed
    }
    type Part { id: ID! }
    type Needed { name: String! }
  `;
  const problemsOf = async (body: object, query: string) => {
    await using started = await start(sdl, () => ({ body }));
    const { data, errors = [] } = await started.run(query);
    const alone = await started.alone.run(query);
    expect(alone).toEqual({ data, ...(errors.length > 0 && { errors }) });
    return [data, errors.map(({ path, extensions }) => [path?.join('.'), extensions?.['code']])];
  };

  it.each([
    ['count', 3_000_000_000],
    ['count', 1.5],
    ['count', { a: 1 }],
    ['ratio', 'much'],
    ['flag', 'yes'],
    ['name', { first: 'Ann' }],
    ['name', ['Ann']],
    ['size', 'MEDIUM'],
    ['size', 3],
    ['price', 'free'],
  ])('are UPSTREAM_CONTRACT at their field: %s: %j', async (field, value) => {
    expect(await problemsOf({ id: 1, [field]: value }, `{ thing { id ${field} } }`)).toEqual([
      { thing: { id: '1', [field]: null } },
      [[`thing.${field}`, 'UPSTREAM_CONTRACT']],
    ]);
  });

  it.each([
    ['tags', 'tags', 'red', null, 'thing.tags'],
    ['tags', 'tags', ['red', { a: 1 }], null, 'thing.tags.1'],
    ['parts', 'parts { id }', { id: 1 }, null, 'thing.parts'],
    ['parts', 'parts { id }', [{ id: 1 }, {}], null, 'thing.parts.1.id'],
    ['owner', 'owner { id }', [{ id: 1 }], null, 'thing.owner'],
    ['owner', 'owner { id }', 'Ann', null, 'thing.owner'],
    ['needed', 'needed { name }', { name: null }, null, 'thing.needed.name'],
  ])(
    'are UPSTREAM_CONTRACT in lists and objects: %s { %s }: %j',
    async (field, selected, value, received, path) => {
      expect(await problemsOf({ id: 1, [field]: value }, `{ thing { id ${selected} } }`)).toEqual([
        { thing: { id: '1', [field]: received } },
        [[path, 'UPSTREAM_CONTRACT']],
      ]);
    },
  );

  it.each([
    ['{ thing { id } }', [], { thing: null }, 'thing'],
    ['{ things { id } }', { list: { id: 1 } }, { things: null }, 'things'],
    ['{ things { id } }', { list: [{ id: 1 }, null] }, { things: null }, 'things.1'],
  ])('are UPSTREAM_CONTRACT for the whole field: %s %j', async (query, body, data, path) => {
    expect(await problemsOf(body, query)).toEqual([data, [[path, 'UPSTREAM_CONTRACT']]]);
  });

  it('are UNKNOWN for an enum that has this value', async () => {
    expect(await problemsOf({ id: 1, color: 'BLUE' }, '{ thing { color } }')).toEqual([
      { thing: { color: 'UNKNOWN' } },
      [],
    ]);
  });

  it('can be any of an enum and its extensions', async () => {
    const extended = `
      enum Color { RED UNKNOWN }
      extend enum Color { GREEN }
      type Query { colors: [Color!] @connect(source: "erp", http: { GET: "/colors" }, selection: "$.colors") }
    `;
    await using started = await start(extended, () => ({
      body: { colors: ['RED', 'GREEN', 'BLUE'] },
    }));
    expect(await started.run('{ colors }')).toEqual({
      data: { colors: ['RED', 'GREEN', 'UNKNOWN'] },
    });
  });

  it('are not sent in a request that needs them', async () => {
    const needing = `
      type Query { a: A @connect(source: "erp", http: { GET: "/a" }, selection: "id") }
      type A { id: String b: B @connect(source: "erp", http: { GET: "/b/{$this.id}" }, selection: "name") }
      type B { name: String }
    `;
    await using started = await start(needing, () => ({ body: { id: { secret: 1 } } }));
    const { data, errors } = await started.run('{ a { b { name } } }');
    expect(data).toEqual({ a: { b: null } });
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['UPSTREAM_CONTRACT']);
    expect(started.api.requests).toHaveLength(1);
  });
});
