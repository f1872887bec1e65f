import { describe, expect, it } from '@jest/globals';
import type { ApiRequest, ApiResponse } from '../start-api.ts';
import {
  numberedOrders,
  ORDER_TYPES,
  ordersField,
  type OrdersPart,
  startPages,
} from './start-pages.ts';

const QUERY = `query ($first: Int!, $after: String) {
  orders(first: $first, after: $after) {
    nodes { id } edges { cursor node { id } } totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

const COUNT = 23;
const orders = numberedOrders(COUNT);

/** @param at is the index of the first item */
const slice = (at: number, size: number) => orders.slice(at, at + size);

interface StyleCase {
  readonly pages: string;
  readonly http?: string;
  readonly answer: (request: ApiRequest, url: URL) => ApiResponse;
  readonly total: number | null;
}

const numberOf = (url: URL, name: string, otherwise: number) =>
  Number(url.searchParams.get(name) ?? otherwise);

/** An API for each style; its pages have 5 items, or as many as it is asked for and at most 5. */
const STYLES: Readonly<Record<string, StyleCase>> = {
  'a cursor in the body': {
    pages:
      'Query.orders: { style: cursor, parameter: cursor, next: meta.next, size: 5, sizeParameter: limit, total: meta.total }',
    answer: (_request, url) => {
      const at = Number((url.searchParams.get('cursor') ?? 'c0').slice(1));
      const end = at + numberOf(url, 'limit', 5);
      const next = end < COUNT ? `c${String(end)}` : null;
      return { body: { orders: slice(at, end - at), meta: { next, total: COUNT } } };
    },
    total: COUNT,
  },
  'a cursor in a header': {
    pages:
      'Query.orders: { style: cursor, parameter: cursor, next: { header: X-Next }, total: { header: X-Total } }',
    answer: (_request, url) => {
      const at = numberOf(url, 'cursor', 0);
      const headers = {
        'x-total': String(COUNT),
        ...(at + 5 < COUNT && { 'x-next': String(at + 5) }),
      };
      return { body: { orders: slice(at, 5) }, headers };
    },
    total: COUNT,
  },
  'a cursor that is a large number': {
    pages: 'Query.orders: { style: cursor, parameter: since, next: next, size: 5 }',
    answer: (_request, url) => {
      const start = 9_007_199_254_740_993n;
      const at = Number(BigInt(url.searchParams.get('since') ?? start) - start);
      const next = at + 5 < COUNT ? String(start + BigInt(at + 5)) : 'null';
      return { body: `{"orders": ${JSON.stringify(slice(at, 5))}, "next": ${next}}` };
    },
    total: null,
  },
  'a cursor in a body of JSON': {
    http: `POST: "/search", body: "page: { limit: $args.first }"`,
    pages: 'Query.orders: { style: cursor, in: body, parameter: page.after, next: next, size: 5 }',
    answer: ({ body }) => {
      // A cast: it is what the connector sends.
      const { page } = JSON.parse(body) as { page: { after?: string; limit: number } };
      const at = Number(page.after ?? 0);
      return {
        body: {
          orders: slice(at, page.limit),
          next: at + page.limit < COUNT ? at + page.limit : null,
        },
      };
    },
    total: null,
  },
  'page numbers in a form': {
    http: `POST: "/search", body: "status: $args.status", headers: [{ name: "content-type", value: "application/x-www-form-urlencoded" }]`,
    pages:
      'Query.orders: { style: page, in: body, parameter: page.number, size: 5, sizeParameter: "page[size]", total: total }',
    answer: ({ body }) => {
      const form = new URLSearchParams(body);
      const size = Number(form.get('page[size]'));
      return {
        body: { orders: slice((Number(form.get('page.number')) - 1) * size, size), total: COUNT },
      };
    },
    total: COUNT,
  },
  'page numbers from 1 with a total': {
    pages:
      'Query.orders: { style: page, parameter: page, size: 5, sizeParameter: per_page, total: total }',
    answer: (_request, url) => {
      const size = numberOf(url, 'per_page', 5);
      const at = (numberOf(url, 'page', 1) - 1) * size;
      return { body: { orders: slice(at, size), total: COUNT } };
    },
    total: COUNT,
  },
  'page numbers from 0 with the last one': {
    pages: 'Query.orders: { style: page, parameter: page, firstPage: 0, lastPage: last }',
    answer: (_request, url) => ({
      body: { orders: slice(numberOf(url, 'page', 0) * 5, 5), last: 4 },
    }),
    total: null,
  },
  'page numbers of an API that gives less than it is asked for': {
    pages:
      'Query.orders: { style: page, parameter: page, size: 50, sizeParameter: size, total: total }',
    answer: (_request, url) => ({
      body: { orders: slice((numberOf(url, 'page', 1) - 1) * 5, 5), total: COUNT },
    }),
    total: COUNT,
  },
  'page numbers without anything else': {
    pages: 'Query.orders: { style: page, parameter: page }',
    answer: (_request, url) => ({ body: { orders: slice((numberOf(url, 'page', 1) - 1) * 5, 5) } }),
    total: null,
  },
  'offsets with a total': {
    pages:
      'Query.orders: { style: offset, parameter: offset, size: 5, sizeParameter: limit, total: total }',
    answer: (_request, url) => ({
      body: { orders: slice(numberOf(url, 'offset', 0), numberOf(url, 'limit', 5)), total: COUNT },
    }),
    total: COUNT,
  },
  'offsets with a flag': {
    pages: 'Query.orders: { style: offset, parameter: offset, hasMore: more }',
    answer: (_request, url) => {
      const at = numberOf(url, 'offset', 0);
      return { body: { orders: slice(at, 5), more: at + 5 < COUNT } };
    },
    total: null,
  },
  'a Link header': {
    pages: 'Query.orders: { style: link, parameters: [page], total: { header: X-Total } }',
    answer: ({ headers: { host = '' } }, url) => {
      const page = numberOf(url, 'page', 1);
      const to = (number: number, relation: string) =>
        `<http://${host}/v1/repositories/7/orders?page=${String(number)}&per_page=5>; rel="${relation}"`;
      const links = [to(1, 'first'), ...(page < 5 ? [to(page + 1, 'next')] : []), to(5, 'last')];
      return {
        body: { orders: slice((page - 1) * 5, 5) },
        headers: { link: links.join(', '), 'x-total': String(COUNT) },
      };
    },
    total: COUNT,
  },
  'a URL in the body': {
    pages: 'Query.orders: { style: nextUrl, parameters: [from, "page[key]"], next: links.next }',
    answer: (_request, url) => {
      const at = numberOf(url, 'from', 0);
      const next = at + 5 < COUNT ? `/v1/orders?from=${String(at + 5)}&page%5Bkey%5D=a%20b` : null;
      if (at > 0 && url.searchParams.get('page[key]') !== 'a b') return { status: 400 };
      return { body: { orders: slice(at, 5), links: { next } } };
    },
    total: null,
  },
};

describe.each(Object.entries(STYLES))('a connection over %s', (_title, style) => {
  const start = () => startPages(ordersField(style.http) + ORDER_TYPES, style.pages, style.answer);
  type Started = Awaited<ReturnType<typeof start>>;

  async function read(graph: Started, first: number, after: string | null): Promise<OrdersPart> {
    const { data, errors } = await graph.run(QUERY, { first, after });
    expect(errors).toBeUndefined();
    // A cast: the query says what is in it.
    return (data as { orders: OrdersPart }).orders;
  }

  it.each([1, 3, 5, 7, 12, 23, 100])('returns each item once, in pages of %i', async (first) => {
    await using graph = await start();
    const ids: string[] = [];
    let part: OrdersPart | undefined;
    do {
      const after: string | null = part?.pageInfo.endCursor ?? null;
      part = await read(graph, first, after);
      expect(part.edges.map(({ node }) => node)).toEqual(part.nodes);
      expect(part.pageInfo.hasPreviousPage).toBe(after !== null);
      expect(part.totalCount).toBe(style.total);
      ids.push(...part.nodes.map(({ id }) => id));
    } while (part.pageInfo.hasNextPage);
    expect(ids).toEqual(orders.map(({ orderNo }) => String(orderNo)));
  });

  it('continues after any of its cursors', async () => {
    await using graph = await start();
    const { edges } = await read(graph, 12, null);
    for (const [index, { cursor }] of edges.entries()) {
      const { nodes } = await read(graph, 3, cursor);
      expect(nodes.map(({ id }) => Number(id))).toEqual([index + 2, index + 3, index + 4]);
    }
  });
});

describe('a connection of a paged list', () => {
  const { pages, answer } = STYLES['page numbers from 1 with a total'] ?? { pages: '' };

  it("is the same on its own and behind Apollo's gateway, with the same cursors and calls", async () => {
    await using graph = await startPages(
      ordersField() + ORDER_TYPES,
      pages,
      answer ?? (() => undefined),
    );
    const apollo = await graph.apollo();
    const first = await graph.run(QUERY, { first: 7, after: null });
    const calls = graph.calls;
    expect(first.errors).toBeUndefined();
    for (const { run } of [graph.alone, apollo])
      expect(await run(QUERY, { first: 7, after: null })).toEqual(first);
    expect(graph.calls).toEqual([...calls, ...calls, ...calls]);
    // A cast: the query says what is in it.
    const { endCursor } = (first.data as unknown as { orders: OrdersPart }).orders.pageInfo;
    expect(await apollo.run(QUERY, { first: 7, after: endCursor })).toEqual(
      await graph.run(QUERY, { first: 7, after: endCursor }),
    );
  });

  it("has cursors that are valid for any order of an argument's fields", async () => {
    const sdl = `
      type Query { orders(first: Int! = 20, after: String, filter: Filter): OrderConnection
        @connect(source: "erp", http: { POST: "/orders", body: "status: $args.filter.status" }, selection: "$.orders { id: orderNo status }") }
      input Filter { status: String by: String }
      ${ORDER_TYPES}`;
    await using graph = await startPages(sdl, pages, () => ({
      body: { orders: slice(0, 5), total: COUNT },
    }));
    const query = `query ($filter: Filter, $after: String) { orders(first: 2, after: $after, filter: $filter) { pageInfo { endCursor } } }`;
    const first = await graph.run(query, { filter: { status: 'open', by: 'me' } });
    // A cast: the query says what is in it.
    const { endCursor } = (first.data as unknown as { orders: OrdersPart }).orders.pageInfo;
    const next = await graph.run(query, {
      filter: { by: 'me', status: 'open' },
      after: endCursor,
    });
    expect(next.errors).toBeUndefined();
  });

  it('refuses a cursor of another parent', async () => {
    const sdl = `
      type Query { people: [Person!] @connect(source: "erp", http: { GET: "/people" }, selection: "$ { id }") }
      type Person { id: ID!
        orders(first: Int! = 20, after: String): OrderConnection
          @connect(source: "erp", http: { GET: "/people/{$this.id}/orders" }, selection: "$.orders { id: orderNo status }") }
      ${ORDER_TYPES}`;
    await using graph = await startPages(
      sdl,
      pages.replace('Query.orders', 'Person.orders'),
      (request, url) =>
        url.pathname === '/v1/people' ? { body: [{ id: 1 }, { id: 2 }] } : answer?.(request, url),
    );
    const query = `query ($after: String) { people { orders(first: 3, after: $after) { nodes { id } pageInfo { endCursor } } } }`;
    const { data, errors } = await graph.run(query);
    expect(errors).toBeUndefined();
    // A cast: the query says what is in it.
    const { people } = data as { people: readonly { orders: OrdersPart }[] };
    const next = await graph.run(query, { after: people[0]?.orders.pageInfo.endCursor });
    expect(next.data).toMatchObject({
      people: [{ orders: { nodes: [{ id: '4' }, { id: '5' }, { id: '6' }] } }, { orders: null }],
    });
    expect(next.errors?.map(({ path, extensions }) => [path, extensions?.['code']])).toEqual([
      [['people', 1, 'orders'], 'BAD_USER_INPUT'],
    ]);
  });

  it('has items whose other fields are read by their own connector, in one batch', async () => {
    const sdl = ordersField().replace(
      '$.orders { id: orderNo status }',
      '$.orders { id: orderNo }',
    );
    const types = ORDER_TYPES.replace(
      'type Order {',
      `type Order @key(fields: "id") @connect(source: "erp", http: { GET: "/details", queryParams: "ids: $batch.id->joinNotNull(',')" }, selection: "$ { id status }") {`,
    );
    await using graph = await startPages(sdl + types, pages, (request, url) =>
      url.pathname === '/v1/details'
        ? {
            body: (url.searchParams.get('ids') ?? '')
              .split(',')
              .map((id) => ({ id, status: `s${id}` })),
          }
        : answer?.(request, url),
    );
    const { data, errors } = await graph.run('{ orders(first: 12) { nodes { status } } }');
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      orders: { nodes: slice(0, 12).map(({ orderNo }) => ({ status: `s${String(orderNo)}` })) },
    });
    expect(graph.calls.filter((call) => call.includes('/details'))).toHaveLength(1);
  });

  it('can have a selection of the whole connection, of which the items are used', async () => {
    const sdl = ordersField(
      'GET: "/orders", queryParams: "per_page: $args.first page: $args.after"',
    ).replace(
      '$.orders { id: orderNo status }',
      'nodes: $.orders { id: orderNo status } totalCount: size',
    );
    await using graph = await startPages(sdl + ORDER_TYPES, pages, answer ?? (() => undefined));
    const { data, errors } = await graph.run(QUERY, { first: 7, after: null });
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({ orders: { totalCount: COUNT, pageInfo: { hasNextPage: true } } });
  });
});
