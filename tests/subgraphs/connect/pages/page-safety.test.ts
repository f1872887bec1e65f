import { describe, expect, it } from '@jest/globals';
import { type ApiResponse, startApi } from '../start-api.ts';
import {
  numberedOrders,
  ORDER_TYPES,
  ordersField,
  type OrdersPart,
  startPages,
} from './start-pages.ts';

const QUERY = `query ($first: Int!, $after: String, $status: String) {
  orders(first: $first, after: $after, status: $status) { nodes { id } edges { cursor } pageInfo { endCursor } }
}`;

const NEXT_URL = 'Query.orders: { style: nextUrl, parameters: [page], next: next }';
const LINK = 'Query.orders: { style: link, parameters: [page] }';
const CURSOR = 'Query.orders: { style: cursor, parameter: cursor, next: next }';

const HTTP = 'GET: "/orders", queryParams: "status: $args.status cursor: $args.after"';

const start = (
  pages: string,
  answer: (url: URL) => ApiResponse,
  policy: Parameters<typeof startPages>[3] = {},
) => startPages(ordersField(HTTP) + ORDER_TYPES, pages, (_request, url) => answer(url), policy);

type Started = Awaited<ReturnType<typeof start>>;

async function read(graph: Started, variables: Record<string, unknown>) {
  const { data, errors } = await graph.run(QUERY, variables);
  // A cast: the query says what is in it.
  const { orders } = (data ?? { orders: null }) as { orders: OrdersPart | null };
  return { orders, codes: errors?.map(({ extensions }) => extensions?.['code']) };
}

/** As this graph writes cursors: anybody can read one, and change it. */
function readCursor(cursor: string): [list: string, position: string] {
  // A cast: the graph wrote it.
  return JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, string];
}

const forge = (cursor: string, position: unknown) =>
  Buffer.from(JSON.stringify([readCursor(cursor)[0], JSON.stringify(position)])).toString(
    'base64url',
  );

describe('the next URL of a response', () => {
  it.each([
    ['of another host', 'http://evil.example.com/v1/orders?page=2'],
    ['of another port', 'http://127.0.0.1:1/v1/orders?page=2'],
    ['without a scheme', '//evil.example.com/v1/orders?page=2'],
    ['of another scheme', 'file:///v1/orders?page=2'],
    ['beside the base URL', '/admin?page=2'],
    ['beside the base URL, with a path that begins like it', '/v1-internal/orders?page=2'],
    ['beside the base URL by dots', '/v1/../admin?page=2'],
    ['beside the base URL by encoded dots', '/v1/%2e%2e/admin?page=2'],
    ['beside the base URL by backslashes', '\\\\evil.example.com\\v1?page=2'],
    ['with a user name', 'http://user@HOST/v1/orders?page=2'],
    ['without its parameters', '/v1/orders?cursor=2'],
    ['that is none', 'http://['],
  ])('is an error and not followed: %s', async (_title, next) => {
    for (const pages of [NEXT_URL, LINK]) {
      await using graph = await start(pages, () => {
        const url = next.replace('HOST', new URL(graph.api.url).host);
        return {
          body: { orders: numberedOrders(1), next: url },
          headers: { link: `<${url}>; rel=next` },
        };
      });
      expect((await read(graph, { first: 10 })).codes).toEqual(['UPSTREAM_CONTRACT']);
      expect(graph.calls).toEqual(['GET /v1/orders']);
    }
  });

  it('adds only its named parameters to the next request and to cursors', async () => {
    await using graph = await start(
      NEXT_URL,
      (url) => ({
        body: {
          orders: numberedOrders(1),
          next: url.searchParams.has('page')
            ? null
            : '/v1/other?page=2&status=all&api_key=planted-secret',
        },
      }),
      { auth: { kind: 'query', name: 'api_key', value: 'planted-secret' } },
    );
    const { orders } = await read(graph, { first: 1, status: 'open' });
    await read(graph, { first: 1, status: 'open', after: orders?.pageInfo.endCursor });
    expect(graph.calls).toEqual([
      'GET /v1/orders?status=open&api_key=planted-secret',
      'GET /v1/orders?status=open&page=2&api_key=planted-secret',
    ]);
    expect(readCursor(orders?.pageInfo.endCursor ?? '')[1]).toBe('[{"page":"2"},0]');
  });

  it('gets no credential to another host', async () => {
    await using evil = await startApi(() => ({ body: { orders: [] } }));
    await using graph = await start(
      NEXT_URL,
      () => ({ body: { orders: [], next: `${evil.url}/v1/orders?page=2` } }),
      { auth: { kind: 'header', name: 'authorization', value: 'Bearer planted-secret' } },
    );
    expect((await read(graph, { first: 10 })).codes).toEqual(['UPSTREAM_CONTRACT']);
    expect(evil.requests).toEqual([]);
  });
});

describe('a cursor', () => {
  const answer = (url: URL): ApiResponse => {
    const cursor = url.searchParams.get('cursor');
    if (cursor === 'unknown') return { status: 400, body: {} };
    return { body: { orders: numberedOrders(2), next: cursor === null ? 'b' : null } };
  };

  it.each([
    ['no cursor', () => 'x'],
    ['an object in place of its place', (cursor: string) => forge(cursor, { token: 'b' })],
    ['a number of items that is negative', (cursor: string) => forge(cursor, ['b', -1])],
    ['a number of items that is a text', (cursor: string) => forge(cursor, ['b', '1'])],
    ['a page that is a list', (cursor: string) => forge(cursor, [['b'], 0])],
    [
      'a page of more than 4,000 characters',
      (cursor: string) => forge(cursor, ['x'.repeat(4001), 0]),
    ],
    ['one that the API does not know', (cursor: string) => forge(cursor, ['unknown', 0])],
  ])('that was changed is refused: %s', async (_title, change) => {
    await using graph = await start(CURSOR, answer);
    const { orders } = await read(graph, { first: 1 });
    const { codes } = await read(graph, {
      first: 1,
      after: change(orders?.pageInfo.endCursor ?? ''),
    });
    expect(codes).toEqual(['BAD_USER_INPUT']);
  });

  it.each([
    [LINK, [{ page: '2', status: 'all' }, 0]],
    [NEXT_URL, [{ page: '2', api_key: 'x' }, 0]],
    [NEXT_URL, ['/v1/admin', 0]],
    [NEXT_URL, [{ page: { $ne: 1 } }, 0]],
    ['Query.orders: { style: page, parameter: page }', ['2&status=all', 0]],
    ['Query.orders: { style: offset, parameter: offset }', [-1, 0]],
    ['Query.orders: { style: offset, parameter: offset }', [1e300, 0]],
  ])('cannot add anything else to a request: %s %j', async (pages, position) => {
    await using graph = await start(pages, () => ({ body: { orders: numberedOrders(1) } }));
    const { orders } = await read(graph, { first: 1 });
    const { codes } = await read(graph, {
      first: 1,
      after: forge(orders?.pageInfo.endCursor ?? '', position),
    });
    expect(codes).toEqual(['BAD_USER_INPUT']);
    expect(graph.calls).toHaveLength(1);
  });

  it('of other arguments is refused without a call', async () => {
    await using graph = await start(CURSOR, answer);
    const { orders } = await read(graph, { first: 1, status: 'open' });
    const after = orders?.pageInfo.endCursor;
    expect((await read(graph, { first: 1, status: 'closed', after })).codes).toEqual([
      'BAD_USER_INPUT',
    ]);
    expect(graph.calls).toHaveLength(1);
    expect((await read(graph, { first: 2, status: 'open', after })).codes).toBeUndefined();
  });

  it('does not reach the API, even if the request names $args.after', async () => {
    await using graph = await start('Query.orders: { style: page, parameter: page }', () => ({
      body: { orders: numberedOrders(2) },
    }));
    const { orders } = await read(graph, { first: 1 });
    await read(graph, { first: 1, after: orders?.edges[0]?.cursor });
    expect(graph.calls).toEqual(['GET /v1/orders?page=1', 'GET /v1/orders?page=1']);
  });

  it.each([0, 101, -1])(
    'needs first from 1 to 100: %i is refused without a call',
    async (first) => {
      await using graph = await start(CURSOR, answer);
      expect((await read(graph, { first })).codes).toEqual(['BAD_USER_INPUT']);
      expect(graph.calls).toEqual([]);
    },
  );
});
