import { describe, expect, it } from '@jest/globals';
import { readConnectors } from '../../../../subgraphs/connect/read-connectors.ts';
import { DEFAULT_POLICY } from '../../../../subgraphs/connect/source-policy.ts';
import { HEAD } from '../start-connectors.ts';
import { ORDER_TYPES, ordersField, readPages } from './start-pages.ts';

/** What is wrong with an SDL file, which begins in line 4, and `pages` of its source. */
function problemsOf(sdl: string, pages: string) {
  const policies = new Map([['erp', { ...DEFAULT_POLICY, pages: readPages(pages) }]]);
  const source = '@source(name: "erp", http: { baseURL: "https://erp.example.com" })';
  const head = HEAD.replace('"@requires"', '"@requires", "@shareable"');
  const { problems = [], policyProblems = [] } = readConnectors({
    name: 'erp',
    path: './erp.graphql',
    sdl: `${head} ${source}\n${sdl}`,
    policies,
  });
  return [...problems, ...policyProblems];
}

const OFFSET = '{ style: offset, parameter: offset }';
const QUERY = `Query.orders: ${OFFSET}`;

describe('a field with pages', () => {
  it('is a Relay connection', () => {
    expect(problemsOf(ordersField() + ORDER_TYPES, QUERY)).toEqual([]);
  });

  it.each([
    [
      'nodes alone',
      ORDER_TYPES.replace('edges: [OrderEdge!]!', '').replace(/type OrderEdge.*/, ''),
    ],
    ['edges alone', ORDER_TYPES.replace('nodes: [Order!]!', '')],
    ['no total', ORDER_TYPES.replace('totalCount: Int', '')],
  ])('can have %s', (_title, types) => {
    expect(problemsOf(ordersField() + types, QUERY)).toEqual([]);
  });

  it.each([
    [
      'no arguments',
      ordersField().replace('first: Int! = 20, ', ''),
      ORDER_TYPES,
      'must have the arguments first: Int! = 20 and after: String',
    ],
    [
      'an argument of another type',
      ordersField().replace('after: String', 'after: ID'),
      ORDER_TYPES,
      'must have the arguments',
    ],
    [
      'another field',
      ordersField(),
      ORDER_TYPES.replace('totalCount: Int', 'total: Int'),
      'OrderConnection must have no fields other than edges, nodes, pageInfo, totalCount, but has total',
    ],
    [
      'another field of its edges',
      ordersField(),
      ORDER_TYPES.replace('{ cursor', '{ at: String cursor'),
      'OrderEdge must have no fields other than node, cursor, but has at',
    ],
    [
      'another field of its page info',
      ordersField(),
      ORDER_TYPES.replace('endCursor', 'last'),
      'PageInfo must have no fields other than',
    ],
    [
      'a cursor of another type',
      ordersField(),
      ORDER_TYPES.replace('cursor: String!', 'cursor: Int!'),
      'OrderEdge.cursor must be of the type String',
    ],
    [
      'a total of another type',
      ordersField(),
      ORDER_TYPES.replace('totalCount: Int', 'totalCount: String'),
      'OrderConnection.totalCount must be of the type Int',
    ],
    [
      'no list',
      ordersField(),
      ORDER_TYPES.replace('nodes: [Order!]!', 'nodes: Order'),
      'OrderConnection.nodes must be a list',
    ],
    [
      'no page info',
      ordersField(),
      ORDER_TYPES.replace('pageInfo: PageInfo!', ''),
      'the connection must have pageInfo',
    ],
    [
      'edges without nodes',
      ordersField(),
      ORDER_TYPES.replace('nodes: [Order!]!', '').replace('node: Order!', ''),
      'OrderEdge must have the field node',
    ],
    [
      'a single object',
      ordersField().replace('OrderConnection', 'Order'),
      ORDER_TYPES,
      'it must give a list, or a connection with edges or nodes, but gives Order',
    ],
  ])('is refused with %s, with code, file and line', (_title, field, types, sentence) => {
    expect(problemsOf(field + types, QUERY)).toContainEqual(
      expect.stringMatching(
        new RegExp(`^\\./erp\\.graphql:6: \\[WRONG_TYPE\\] Query\\.orders .*${sentence}`),
      ),
    );
  });

  it('has a selection of the fields of its items', () => {
    const sdl = ordersField().replace('status }', 'status colour }') + ORDER_TYPES;
    expect(problemsOf(sdl, QUERY)).toContainEqual(
      expect.stringContaining(
        '[UNKNOWN_FIELD] Query.orders gives colour, but Order has no field colour',
      ),
    );
  });

  it('can have a selection of the whole connection, which other routers need', () => {
    const selection = 'nodes: $.orders { id: orderNo status } totalCount: total';
    const sdl = ordersField().replace('$.orders { id: orderNo status }', selection);
    expect(problemsOf(sdl + ORDER_TYPES, QUERY)).toEqual([]);
  });
});

describe('an entry of pages in a policy', () => {
  it('must name a field or a type that reads a list', () => {
    expect(problemsOf(ordersField() + ORDER_TYPES, `Query.order: ${OFFSET}`)).toContainEqual({
      source: 'erp',
      path: ['pages', 'Query.order'],
      code: 'UNKNOWN_FIELD',
      message: 'must be a field or a type that a connector of erp reads a list for (Query.orders)',
    });
  });

  it('must not send its parameters in the body of a GET', () => {
    const pages = 'Query.orders: { style: offset, in: body, parameter: offset }';
    expect(problemsOf(ordersField() + ORDER_TYPES, pages)).toEqual([
      {
        source: 'erp',
        path: ['pages', 'Query.orders', 'in'],
        code: 'INVALID_ARGUMENT',
        message: 'must be query: a request with GET has no body',
      },
    ]);
  });

  it.each([
    ['size: 10, maxPages: 4', 'maxPages', [50, 4, 40]],
    ['maxItems: 49', 'maxItems', [50, 10, 49]],
  ])('must let the whole batch be read: %s', (bounds, key, [batch, pages, most]) => {
    const sdl = `
type Query { items: [Item!] @connect(source: "erp", http: { GET: "/all" }, selection: "$ { id }") }
type Item @key(fields: "id") @connect(source: "erp", http: { GET: "/items", queryParams: "ids: $batch.id" }, batch: { maxSize: 50 }, selection: "$ { id name }")
  { id: ID! name: String }`;
    expect(problemsOf(sdl, `Item: { style: offset, parameter: offset, ${bounds} }`)).toEqual([
      {
        source: 'erp',
        path: ['pages', 'Item', key],
        code: 'INVALID_ARGUMENT',
        message: `must let a batch of ${String(batch)} be read, but ${String(pages)} pages have at most ${String(most)} objects: raise it, or lower batch.maxSize`,
      },
    ]);
    const enough = 'Item: { style: offset, parameter: offset, size: 10, maxPages: 5 }';
    expect(problemsOf(sdl, enough)).toEqual([]);
  });

  it('must not be for a field that reads no list', () => {
    const sdl = `
type Query { order(id: ID!): Order @connect(source: "erp", http: { GET: "/orders/{$args.id}" }, entity: true, selection: "id") }
type Mutation { add: [Order!] @connect(source: "erp", http: { POST: "/orders" }, selection: "$ { id }") }
type Order @key(fields: "id") { id: ID! }
type Item @key(fields: "id") @connect(source: "erp", http: { GET: "/items/{$this.id}" }, selection: "id name") { id: ID! name: String }`;
    const names = ['Query.order', 'Mutation.add', 'Item'];
    const problems = problemsOf(sdl, `{ ${names.map((name) => `${name}: ${OFFSET}`).join(', ')} }`);
    expect(problems).toEqual([
      expect.stringMatching(/:5: \[WRONG_TYPE\] Query\.order must not have pages/),
      expect.stringMatching(/:6: \[WRONG_TYPE\] Mutation\.add must not have pages/),
      expect.stringMatching(/:8: \[WRONG_TYPE\] Item must not have pages: it reads one object/),
    ]);
  });

  it.each([
    [
      'a list',
      'all: [Order!] @connect(source: "erp", http: { GET: "/orders" }, selection: "$.orders { id }")',
      '',
      'Query.all',
    ],
    [
      'a batch',
      '',
      '@connect(source: "erp", http: { GET: "/orders", queryParams: "ids: $batch.id" }, selection: "$.orders { id status }")',
      'Order',
    ],
  ])(
    'is required for %s with the same URL, which would lose the items after the first page',
    (_title, field, onOrder, name) => {
      const sdl = ordersField().replace('type Query {', `type Query { ${field}`);
      const types = ORDER_TYPES.replace(
        'type Order {',
        `type Order @key(fields: "id") ${onOrder} {`,
      );
      expect(problemsOf(sdl + types, QUERY)).toEqual([
        expect.stringMatching(
          new RegExp(
            `\\[LIST_WITHOUT_PAGES\\] ${name} reads the same list as Query.orders, which has pages`,
          ),
        ),
      ]);
    },
  );
});
