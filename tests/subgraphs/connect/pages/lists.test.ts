import { describe, expect, it } from '@jest/globals';
import { createCallTrace } from '../../../../request/request-scope.ts';
import type { ApiResponse } from '../start-api.ts';
import { numberedOrders, startPages } from './start-pages.ts';

const LISTS = `
  type Query {
    orders: [Order!]! @connect(source: "erp", http: { GET: "/orders" }, selection: "$.orders { id: orderNo }")
    people: [Person!] @connect(source: "erp", http: { GET: "/people" }, selection: "$ { id email }")
  }
  type Order { id: ID! }
  type Person {
    id: ID!
    email: String
    orders: [Order!] @connect(source: "erp", http: { GET: "/orders", queryParams: "email: $this.email" }, selection: "$.orders { id: orderNo }")
  }
`;

const all = numberedOrders(12);

const answer = (url: URL): ApiResponse => {
  if (url.pathname === '/v1/people')
    return {
      body: [{ id: 1, email: 'a@example.com' }, { id: 2 }, { id: 3, email: 'a@example.com' }],
    };
  const page = Number(url.searchParams.get('page') ?? 1);
  return { body: { orders: all.slice((page - 1) * 5, page * 5), total: 12 } };
};

const PAGE = 'style: page, parameter: page, size: 5';

async function run(pages: string, query: string) {
  await using graph = await startPages(
    LISTS,
    `{ default: { ${PAGE} }, Person.orders: {}, ${pages} }`,
    (_request, url) => answer(url),
  );
  const scope = { signal: new AbortController().signal, trace: createCallTrace() };
  const { data, errors } = await graph.run(query, {}, { scope });
  expect(errors).toBeUndefined();
  return { data, calls: graph.calls, truncated: scope.trace.truncated };
}

const ids = (count: number) => all.slice(0, count).map(({ orderNo }) => ({ id: String(orderNo) }));

describe('a plain list of an API that pages', () => {
  it('has the items of all pages, and is not reported as truncated', async () => {
    const { data, calls, truncated } = await run('Query.orders: {}', '{ orders { id } }');
    expect(data).toEqual({ orders: ids(12) });
    expect(calls).toEqual([
      'GET /v1/orders?page=1',
      'GET /v1/orders?page=2',
      'GET /v1/orders?page=3',
    ]);
    expect(truncated).toEqual([]);
  });

  it.each([
    ['pages', 'Query.orders: { maxPages: 2 }', 10],
    ['items', 'Query.orders: { maxItems: 7 }', 7],
    ['items of one page', 'Query.orders: { maxItems: 3 }', 3],
    ['items that fill pages', 'Query.orders: { maxItems: 10 }', 10],
  ])(
    'is reported as truncated if it has more %s than the maximum',
    async (_title, pages, count) => {
      const { data, calls, truncated } = await run(pages, '{ orders { id } }');
      expect(data).toEqual({ orders: ids(count) });
      expect(truncated).toEqual([{ service: 'erp', field: 'Query.orders', items: count }]);
      expect(calls).toHaveLength(Math.ceil(count / 5));
    },
  );

  it('is not truncated if it has exactly the maximum', async () => {
    const { data, truncated } = await run(
      'Query.orders: {}, Query.people: { maxItems: 3, size: 10 }',
      '{ people { id } }',
    );
    expect(data).toEqual({ people: [{ id: '1' }, { id: '2' }, { id: '3' }] });
    expect(truncated).toEqual([]);
  });

  it('is read once for equal parents, and not for one whose field is null', async () => {
    const { data, calls } = await run('Query.orders: {}', '{ people { orders { id } } }');
    expect(data).toEqual({ people: [{ orders: ids(12) }, { orders: null }, { orders: ids(12) }] });
    expect(calls.filter((call) => call.includes('/orders'))).toEqual([
      'GET /v1/orders?email=a%40example.com&page=1',
      'GET /v1/orders?email=a%40example.com&page=2',
      'GET /v1/orders?email=a%40example.com&page=3',
    ]);
  });
});

const BATCH = `
  type Query { items: [Item!] @connect(source: "erp", http: { GET: "/all" }, selection: "$.items { id }") }
  type Item @key(fields: "id")
    @connect(source: "erp", http: { GET: "/items", queryParams: "ids: $batch.id->joinNotNull(',')" }, batch: { maxSize: 50 }, selection: "$.items { id name }") {
    id: ID! name: String
  }
`;

describe('a batch over a list that an API gives in pages', () => {
  const items = Array.from({ length: 12 }, (_, index) => ({
    id: index + 1,
    name: `n${String(index + 1)}`,
  }));

  const run = async (bounds: string) => {
    await using graph = await startPages(
      BATCH,
      `Item: { style: cursor, parameter: cursor, next: next ${bounds} }`,
      (_request, url) => {
        if (url.pathname === '/v1/all') return { body: { items } };
        const at = Number(url.searchParams.get('cursor') ?? 0);
        return { body: { items: items.slice(at, at + 5), next: at + 5 < 12 ? at + 5 : null } };
      },
    );
    const { data, errors } = await graph.run('{ items { name } }');
    return {
      data,
      codes: errors?.map(({ extensions }) => extensions?.['code']),
      calls: graph.calls,
    };
  };

  it('finds the entities of all pages', async () => {
    const { data, codes, calls } = await run('');
    expect(codes).toBeUndefined();
    expect(data).toEqual({ items: items.map(({ name }) => ({ name })) });
    expect(calls).toHaveLength(4);
  });

  it('is an error if it exceeds the maximum of pages, so that no entity seems to be missing', async () => {
    const { codes } = await run(', maxPages: 2');
    expect(new Set(codes)).toEqual(new Set(['UPSTREAM_CONTRACT']));
  });
});
