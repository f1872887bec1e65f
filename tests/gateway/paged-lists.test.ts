import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { describeBuilt, type Program, startProgram } from '../built-program.ts';
import { type Api, startApi } from '../subgraphs/connect/start-api.ts';
import {
  numberedOrders,
  ORDER_TYPES,
  type OrdersPart,
} from '../subgraphs/connect/pages/start-pages.ts';
import { sendOperation } from './start-gateway.ts';
import { TRACED } from './traced.ts';

const SDL = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@external", "@requires", "@requiresScopes", "@shareable"])
  @link(url: "https://specs.apollo.dev/connect/v0.3", import: ["@source", "@connect"])
  @source(name: "shop", http: { baseURL: "http://127.0.0.1:1" })
type Query {
  orders(first: Int! = 20, after: String): OrderConnection
    @connect(source: "shop", http: { GET: "/orders" }, selection: "$.orders { id: orderNo status }")
}
type Customer @key(fields: "id") {
  id: ID!
  email: String @external
  orders: [Order!]
    @requires(fields: "email") @requiresScopes(scopes: [["personal:read"]])
    @connect(source: "shop", http: { GET: "/orders", queryParams: "email: $this.email" }, selection: "$.orders { id: orderNo }")
}
${ORDER_TYPES}`;

const GRAPH = `version: 1
subgraphs:
  crm: { builtin: crm }
  payments: { builtin: payments }
  maps: { builtin: maps }
  shop:
    connectors: ./shop.graphql
    sources:
      shop:
        baseUrl: \${SHOP_URL}
        pages:
          default: { style: cursor, parameter: cursor, next: next, size: 10, sizeParameter: limit }
          Query.orders: { total: total }
          Customer.orders: { maxPages: 2 }
`;

const COUNT = 45;
const orders = numberedOrders(COUNT);

const folder = mkdtempSync(join(tmpdir(), 'paged-lists-'));
let api: Api;
let gateway: Program;
let service: Program;

beforeAll(async () => {
  writeFileSync(join(folder, 'graph.yaml'), GRAPH);
  writeFileSync(join(folder, 'shop.graphql'), SDL);
  api = await startApi(({ path }) => {
    const { searchParams } = new URL(path, 'http://shop');
    const at = Number(searchParams.get('cursor') ?? 0);
    const end = at + Number(searchParams.get('limit'));
    const next = end < COUNT ? String(end) : null;
    return { body: { orders: orders.slice(at, end), next, total: COUNT } };
  });
  const environment = { PORT: '0', GRAPH: join(folder, 'graph.yaml'), SHOP_URL: api.url };
  gateway = startProgram('gateway.js', [], { ...environment, ACCESS: 'open' });
  service = startProgram('subgraph.js', ['shop'], environment);
  await Promise.all([gateway.url, service.url]);
});
afterAll(async () => {
  await Promise.all([gateway.end(), service.end()]);
  await api[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

describeBuilt('a gateway with lists that an API gives in pages', () => {
  it('has a connection of them, and its calls in the trace', async () => {
    const { data, errors, extensions } = await sendOperation(
      await gateway.url,
      { query: '{ orders(first: 25) { nodes { id } totalCount pageInfo { hasNextPage } } }' },
      TRACED,
    );
    expect(errors).toBeUndefined();
    expect(data.orders.nodes).toHaveLength(25);
    expect([data.orders.totalCount, data.orders.pageInfo.hasNextPage]).toEqual([COUNT, true]);
    expect(extensions?.upstream?.map(({ vendor, path }) => `${vendor} ${path}`)).toEqual([
      'shop /orders',
      'shop /orders',
      'shop /orders',
    ]);
  });

  it('says in the response and in a metric which list is cut', async () => {
    const query = '{ customers(first: 3) { nodes { email orders { id } } } }';
    const { data, errors, extensions } = await sendOperation(await gateway.url, { query });
    expect(errors).toBeUndefined();
    const nodes = data.customers.nodes as readonly { email: string | null; orders: unknown }[];
    for (const node of nodes) expect(node.orders).toHaveLength(20);
    expect(extensions).toEqual({
      truncated: [{ service: 'shop', field: 'Customer.orders', items: 20 }],
    });
    const metrics = await fetch(`${await gateway.url}/metrics`);
    expect(await metrics.text()).toMatch(
      /tributary_upstream_truncated_lists_total\{vendor="shop",field="Customer.orders"\} [1-9]/,
    );
  });
});

describeBuilt('lists that an API gives in pages, as a service of their own', () => {
  it('take the cursors of the gateway that runs them itself, and give the same', async () => {
    const query = (after: string | null) => ({
      query: `query ($after: String) { orders(first: 15, after: $after) { nodes { id } pageInfo { endCursor } } }`,
      variables: { after },
    });
    const pages: string[][] = [];
    let after: string | null = null;
    for (const url of [await gateway.url, await service.url, await gateway.url]) {
      const { data, errors } = await sendOperation(url, query(after));
      expect(errors).toBeUndefined();
      const { nodes, pageInfo }: OrdersPart = data.orders;
      pages.push(nodes.map(({ id }) => id));
      after = pageInfo.endCursor;
    }
    expect(pages.flat()).toEqual(orders.map(({ orderNo }) => String(orderNo)));
  });

  it('say which list is cut', async () => {
    const query =
      'query ($of: [_Any!]!) { _entities(representations: $of) { ... on Customer { orders { id } } } }';
    const of = [{ __typename: 'Customer', id: '1', email: 'a@example.com' }];
    const { data, extensions } = await sendOperation(await service.url, {
      query,
      variables: { of },
    });
    expect(data._entities[0].orders).toHaveLength(20);
    expect(extensions).toMatchObject({
      truncated: [{ field: 'Customer.orders', items: 20 }],
    });
  });
});
