import { describe, expect, it } from '@jest/globals';
import { readConnectors } from '../../../subgraphs/connect/read-connectors.ts';
import { DEFAULT_POLICY } from '../../../subgraphs/connect/source-policy.ts';

const link = (version: string, federation = 'v2.12') => `extend schema
  @link(url: "https://specs.apollo.dev/federation/${federation}", import: ["@key", "@external", "@requires"])
  @link(url: "https://specs.apollo.dev/connect/${version}", import: ["@source", "@connect"])`;

const SOURCE = '@source(name: "erp", http: { baseURL: "https://erp.example.com" })';

const read = (sdl: string, options: Partial<Parameters<typeof readConnectors>[0]> = {}) =>
  readConnectors({ name: 'erp', path: './erp.graphql', sdl, ...options });

/** What is wrong with a file that has this from its line 4 on. */
const problemsOf = (body: string) => read(`${link('v0.3')} ${SOURCE}\n${body}`).problems;

/** What is wrong with a field that has these arguments of a connector. */
const problemsOfConnect = (connect: string) =>
  problemsOf(`type Query {
  order(id: ID!, filter: Filter): Order @connect(${connect})
}
type Order { id: ID total: String }
input Filter { status: String }`);

describe('the version of connectors', () => {
  const body = `type Query { a: String @connect(source: "erp", http: { GET: "/a" }, selection: "$.a") }`;

  it.each(['v0.1', 'v0.2', 'v0.3', 'v0.4'])('%s is read', (version) => {
    expect(read(`${link(version)} ${SOURCE}\n${body}`).problems).toBeUndefined();
  });

  it.each(['v0.5', 'v1.0'])('%s is refused by name', (version) => {
    expect(read(`${link(version)} ${SOURCE}\n${body}`).problems).toEqual([
      `./erp.graphql:3: [UNSUPPORTED_VERSION] Connectors of ${version} are not supported. Use v0.3 or v0.4.`,
    ]);
  });

  it('is required', () => {
    expect(read('type Query { a: String }').problems).toEqual([
      expect.stringMatching(
        /^\.\/erp\.graphql:1: \[UNSUPPORTED_VERSION\] The file must link the connectors/,
      ),
    ]);
  });
});

describe('a field of Subscription', () => {
  it.each(['', ' @connect(source: "erp", http: { GET: "/a" }, selection: "$.a")'])(
    'is refused by name, because a REST API sends no events: %j',
    (connector) => {
      const query =
        'type Query { a: String @connect(source: "erp", http: { GET: "/a" }, selection: "$.a") }';
      expect(problemsOf(`${query}\ntype Subscription {\n  a: String${connector}\n}`)).toEqual([
        './erp.graphql:6: [NOT_SUPPORTED] Subscription.a must not be there: a REST API sends no events to this server.',
      ]);
    },
  );
});

describe('the ordinary SDL of a file of connectors', () => {
  it('has a key with the fields of objects that the request needs', () => {
    const { file } =
      read(`${link('v0.3')} @source(name: "erp", http: { baseURL: "https://erp.example.com" })
type Query { site: Site @connect(source: "erp", http: { GET: "/site" }, selection: "place { shop { no } city }") }
type Site @connect(source: "erp", http: { GET: "/sites/{$this.place.shop.no}/{$this.place.city}" }, selection: "place: { shop: { no: no } city } name") { place: Place name: String }
type Place { shop: Shop city: String }
type Shop { no: ID }`);
    expect(file?.sdl).toContain('type Site @key(fields: "place { shop { no } city }")');
  });

  it('has no connector directives, a key for types with connectors, and a version of Federation that all tools support', () => {
    const { file } = read(`${link('v0.3', 'v2.13')} ${SOURCE}
type Query { item: Item @connect(source: "erp", http: { GET: "/item" }, selection: "id") }
type Item @connect(source: "erp", http: { GET: "/items/{$this.id}" }, selection: "id name") { id: ID! name: String }`);
    expect(file?.sdl)
      .toBe(`extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires"])

type Query {
  item: Item
}

type Item @key(fields: "id") {
  id: ID!
  name: String
}`);
  });

  it('follows the names under which the directives are imported', () => {
    const { file, problems } = read(`extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.9")
  @link(url: "https://specs.apollo.dev/connect/v0.3", as: "rest", import: [{ name: "@connect", as: "@http" }])
  @rest__source(name: "erp", http: { baseURL: "https://erp.example.com" })
type Query { item: Item @http(source: "erp", http: { GET: "/item" }, selection: "id") }
type Item @http(source: "erp", http: { GET: "/items/{$this.id}" }, selection: "id name") { id: ID! name: String }`);
    expect(problems).toBeUndefined();
    expect(file?.sdl).toContain('type Item @federation__key(fields: "id") {');
    expect(file?.sdl).not.toMatch(/@http|rest__/);
  });
});

describe('a file of connectors is refused with file, line, code and reason', () => {
  it.each([
    [
      'for an unknown source',
      'source: "shop", http: { GET: "/orders" }, selection: "id"',
      '[UNKNOWN_SOURCE] Query.order must name a source of the file (erp), but names "shop".',
    ],
    [
      'for an unknown argument of the directive',
      'source: "erp", http: { GET: "/orders" }, selection: "id", retries: 3',
      '[INVALID_ARGUMENT] Query.order has retries, which is not known here; check its spelling.',
    ],
    [
      'for two methods',
      'source: "erp", http: { GET: "/orders", POST: "/orders" }, selection: "id"',
      '[INVALID_ARGUMENT] Query.order http must have one of GET, POST, PUT, PATCH, DELETE.',
    ],
    [
      'for a body with GET',
      'source: "erp", http: { GET: "/orders", body: "id: $args.id" }, selection: "id"',
      '[INVALID_ARGUMENT] Query.order http must have no body with GET: use POST, or queryParams.',
    ],
    [
      'for a read that changes something',
      'source: "erp", http: { DELETE: "/orders" }, selection: "id"',
      '[NOT_SUPPORTED] Query.order must read with GET or POST: DELETE changes something, so it is for fields of Mutation.',
    ],
    [
      'for a URL of its own beside a source',
      'source: "erp", http: { GET: "https://other.example.com/orders" }, selection: "id"',
      '[INVALID_URL] Query.order http.GET must be a path below the baseURL of its source, such as /orders.',
    ],
    [
      'for a URL without a source',
      'http: { GET: "/orders" }, selection: "id"',
      '[INVALID_URL] Query.order http.GET must be a URL such as https://api.example.com/orders, as it has no source.',
    ],
    [
      'for a host that an expression gives',
      'http: { GET: "https://{$args.id}.example.com/orders" }, selection: "id"',
      '[INVALID_URL] Query.order http.GET must be a URL such as https://api.example.com/orders, as it has no source.',
    ],
    [
      'for a path that leads upwards',
      'source: "erp", http: { GET: "/a/../{$args.id}" }, selection: "id"',
      '[INVALID_URL] Query.order http.GET must have a path without dot segments.',
    ],
    [
      'for a brace that is not closed',
      'source: "erp", http: { GET: "/a/{$args.id" }, selection: "id"',
      '[INVALID_URL] Query.order http.GET has a brace that is not closed.',
    ],
    [
      'for an unknown argument of the field',
      'source: "erp", http: { GET: "/orders/{$args.ident}" }, selection: "id"',
      '[UNKNOWN_ARGUMENT] Query.order uses $args.ident, but the arguments are id, filter (http.GET).',
    ],
    [
      'for an unknown field of an input type',
      'source: "erp", http: { GET: "/orders", queryParams: "state: $args.filter.state" }, selection: "id"',
      '[UNKNOWN_ARGUMENT] Query.order uses $args.filter.state, which the input type does not have (http.queryParams).',
    ],
    [
      'for a variable that has no value there',
      'source: "erp", http: { GET: "/orders/{$this.id}" }, selection: "id"',
      '[UNKNOWN_VARIABLE] Query.order uses $this, but there is only $args, $request, $config, $context, $env (http.GET).',
    ],
    [
      'for the response in a request',
      'source: "erp", http: { GET: "/orders/{$status}" }, selection: "id"',
      '[UNKNOWN_VARIABLE] Query.order uses $status, but there is only $args, $request, $config, $context, $env (http.GET).',
    ],
    [
      'for a header about the connection',
      'source: "erp", http: { GET: "/orders", headers: [{ name: "Host", value: "x" }] }, selection: "id"',
      '[INVALID_ARGUMENT] Query.order http.headers.0.name must not be host, a header that is never passed on.',
    ],
    [
      'for a header with line ends',
      'source: "erp", http: { GET: "/orders", headers: [{ name: "x-a", value: "a\\r\\nb: c" }] }, selection: "id"',
      '[INVALID_ARGUMENT] Query.order must have headers of printable ASCII text.',
    ],
    [
      'for an extension of errors that all errors of the graph have',
      'source: "erp", http: { GET: "/orders" }, errors: { extensions: "reason: code code" }, selection: "id"',
      '[INVALID_ARGUMENT] Query.order gives code, which has a meaning of its own in all errors of the graph: use another name (errors.extensions).',
    ],
    [
      'for another type of body',
      'source: "erp", http: { POST: "/orders", headers: [{ name: "content-type", value: "text/xml" }] }, selection: "id"',
      '[NOT_SUPPORTED] Query.order must have the content type application/json or application/x-www-form-urlencoded, but has "text/xml".',
    ],
    [
      'for a field that the type does not have',
      'source: "erp", http: { GET: "/orders" }, selection: "id total sum"',
      '[UNKNOWN_FIELD] Query.order gives sum, but Order has no field sum (selection).',
    ],
    [
      'for a batch outside of types',
      'source: "erp", http: { POST: "/orders", body: "ids: $batch.id" }, selection: "id"',
      '[NOT_SUPPORTED] Query.order must not use $batch, which is for connectors on types.',
    ],
  ])('%s', (_title, connect, problem) => {
    expect(problemsOfConnect(connect)).toContain(`./erp.graphql:5: ${problem}`);
  });

  it.each([
    [
      'for a mapping that cannot be parsed',
      'type Query { a: String @connect(source: "erp", http: { GET: "/a" }, selection: "$.a->") }',
      /^\.\/erp\.graphql:4: \[INVALID_MAPPING\] Query\.a has a selection that is no mapping: .+\.$/,
    ],
    [
      'for a mapping of several lines, with the line',
      `type Query { a: A @connect(source: "erp", http: { GET: "/a" }, selection: """

        id
        name: $.names->
      """) }
type A { id: ID name: String }`,
      /^\.\/erp\.graphql:7: \[INVALID_MAPPING\] Query\.a has a selection that is no mapping: .+\.$/,
    ],
    [
      'for an object in place of a text',
      'type Query { a: String @connect(source: "erp", http: { GET: "/a" }, selection: "a") }',
      /^\.\/erp\.graphql:4: \[WRONG_TYPE\] Query\.a gives an object, but String is not an object type: begin the path with "\$\." \(selection\)\.$/,
    ],
    [
      'for a root field without a connector',
      'type Query { a: String }',
      /^\.\/erp\.graphql:4: \[FIELD_NOT_PROVIDED\] Query\.a must have a connector\.$/,
    ],
    [
      'for a field that nothing gives',
      `type Query { a: A @connect(source: "erp", http: { GET: "/a" }, selection: "id") }
type A {
  id: ID
  name: String
}`,
      /^\.\/erp\.graphql:7: \[FIELD_NOT_PROVIDED\] A\.name has no connector, and no selection gives it\.$/,
    ],
    [
      'for a batch whose selection lacks its key',
      `type Query { a: A @connect(source: "erp", http: { GET: "/a" }, selection: "id name") }
type A @connect(source: "erp", http: { POST: "/as", body: "ids: $batch.id" }, selection: "name") { id: ID! name: String }`,
      /^\.\/erp\.graphql:5: \[KEY_NOT_SELECTED\] The connector of A must give id, by which the objects of a batch are identified \(selection\)\.$/,
    ],
    [
      'for a field of the parent that there is not',
      `type Query { a: A @connect(source: "erp", http: { GET: "/a" }, selection: "id") }
type A { id: ID b: A @connect(source: "erp", http: { GET: "/b/{$this.ident}" }, selection: "id") }`,
      /^\.\/erp\.graphql:5: \[UNKNOWN_FIELD\] A\.b uses \$this\.ident, but A has no field ident \(http\.GET\)\.$/,
    ],
  ])('%s', (_title, body, problem) => {
    expect(problemsOf(body)).toEqual([expect.stringMatching(problem)]);
  });

  it('for a policy of an unknown source', () => {
    const sdl = `${link('v0.3')} ${SOURCE} type Query { a: String @connect(source: "erp", http: { GET: "/a" }, selection: "$.a") }`;
    const { policyProblems } = read(sdl, { policies: new Map([['shop', DEFAULT_POLICY]]) });
    expect(policyProblems).toEqual([
      { source: 'shop', message: 'must be the name of a source in ./erp.graphql (erp)' },
    ]);
  });
});

describe('a source in production', () => {
  const withUrl = (url: string) =>
    `${link('v0.3')} @source(name: "erp", http: { baseURL: "${url}" })
type Query { a: String @connect(source: "erp", http: { GET: "/a" }, selection: "$.a") }`;

  it.each([
    'http://localhost:8080',
    'http://127.0.0.1',
    'http://2130706433',
    'http://0x7f.1',
    'http://0.0.0.0',
    'http://169.254.169.254/latest',
    'http://[::1]',
    'http://[::ffff:169.254.169.254]',
    'http://[fe80::1]',
    'http://[fd00:ec2::254]',
    'http://metadata.google.internal',
    'http://api.localhost',
  ])('must not be at %s, unless its policy allows it', (url) => {
    const [problem] = read(withUrl(url), { production: true }).problems ?? [];
    expect(problem).toBe(
      './erp.graphql:3: [LOCAL_ADDRESS] The source erp must not be on this machine or in its link-local network in production, unless sources.erp.allowLocalAddress is true.',
    );
    const policies = new Map([['erp', { ...DEFAULT_POLICY, allowLocalAddress: true }]]);
    expect(read(withUrl(url), { production: true, policies }).problems).toBeUndefined();
    expect(read(withUrl(url)).problems).toBeUndefined();
  });

  it.each(['https://api.example.com', 'https://10.0.0.7', 'https://fe80.example.com'])(
    'can be at %s',
    (url) => {
      expect(read(withUrl(url), { production: true }).problems).toBeUndefined();
    },
  );
});
