import { describe, expect, it } from '@jest/globals';
import { createCallTrace } from '../../../../request/request-scope.ts';
import type { ApiResponse } from '../start-api.ts';
import {
  numberedOrders,
  ORDER_TYPES,
  ordersField,
  type OrdersPart,
  startPages,
} from './start-pages.ts';

const QUERY = `query ($first: Int!, $after: String) {
  orders(first: $first, after: $after) { nodes { id } totalCount pageInfo { hasNextPage endCursor } }
}`;

const start = (pages: string, answer: (url: URL) => ApiResponse | Promise<ApiResponse>) =>
  startPages(ordersField() + ORDER_TYPES, `Query.orders: ${pages}`, (_request, url) => answer(url));

async function read(
  graph: Awaited<ReturnType<typeof start>>,
  first: number,
  after: string | null = null,
) {
  const { data, errors } = await graph.run(QUERY, { first, after });
  // A cast: the query says what is in it.
  const { orders } = (data ?? { orders: null }) as { orders: OrdersPart | null };
  return {
    ids: orders?.nodes.map(({ id }) => Number(id)),
    hasNextPage: orders?.pageInfo.hasNextPage,
    endCursor: orders?.pageInfo.endCursor ?? null,
    totalCount: orders?.totalCount,
    error: errors?.map(({ message, extensions }) => [extensions?.['code'], message])[0],
  };
}

const CURSOR = '{ style: cursor, parameter: cursor, next: next }';
const contract = (text: string) => ['UPSTREAM_CONTRACT', expect.stringContaining(text)];

describe('pages that do not end', () => {
  it('are an error when a page names itself as the next one', async () => {
    await using graph = await start(CURSOR, () => ({
      body: { orders: numberedOrders(2), next: 'same' },
    }));
    const { error } = await read(graph, 100);
    expect(error).toEqual(contract('The pages of Query.orders do not end'));
    expect(graph.calls).toEqual(['GET /v1/orders', 'GET /v1/orders?cursor=same']);
  });

  it('are an error when an earlier page is repeated', async () => {
    await using graph = await start(CURSOR, (url) => ({
      body: {
        orders: numberedOrders(2),
        next: url.searchParams.get('cursor') === 'a' ? 'b' : 'a',
      },
    }));
    expect((await read(graph, 100)).error).toEqual(contract('one came twice'));
    expect(graph.calls).toHaveLength(3);
  });

  it('are an error after a number of empty pages in a row that each name another one', async () => {
    await using graph = await start(CURSOR.replace('}', ', maxPages: 4 }'), (url) => ({
      body: { orders: [], next: `${url.searchParams.get('cursor') ?? ''}x` },
    }));
    expect((await read(graph, 10)).error).toEqual(contract('must not be empty 4 times in a row'));
    expect(graph.calls).toHaveLength(4);
  });

  it('are an error when more pages follow an empty page by its offset', async () => {
    await using graph = await start('{ style: offset, parameter: offset, hasMore: more }', () => ({
      body: { orders: [], more: true },
    }));
    expect((await read(graph, 10)).error).toEqual(contract('a page names itself'));
    expect(graph.calls).toHaveLength(1);
  });
});

describe('an empty page that names another one', () => {
  it('is skipped', async () => {
    await using graph = await start(CURSOR, (url) => {
      const page = Number(url.searchParams.get('cursor') ?? 0);
      return {
        body: { orders: page === 2 ? numberedOrders(2) : [], next: page < 3 ? page + 1 : '' },
      };
    });
    expect(await read(graph, 10)).toMatchObject({ ids: [1, 2], hasNextPage: false });
  });
});

describe('a wrong total', () => {
  const all = numberedOrders(12);
  const STYLES = {
    page: '{ style: page, parameter: at, firstPage: 0, size: 5, total: total }',
    offset: '{ style: offset, parameter: at, size: 5, total: total }',
  };
  const answerOf = (style: string, total: unknown) => (url: URL) => {
    const at = Number(url.searchParams.get('at') ?? 0) * (style === 'page' ? 5 : 1);
    return { body: { orders: all.slice(at, at + 5), total } };
  };

  it.each([
    ['page', 'too large', 1000],
    ['page', 'too small', 3],
    ['page', 'no number', 'many'],
    ['page', 'negative', -1],
    ['offset', 'too large', 1000],
    ['offset', 'too small', 3],
    ['offset', 'no number', 'many'],
    ['offset', 'larger than an Int', 5_000_000_000],
  ] as const)('hides no item of a list by %s: %s', async (style, _title, total) => {
    await using graph = await start(STYLES[style], answerOf(style, total));
    const { ids, hasNextPage } = await read(graph, 100);
    expect(ids).toEqual(all.map(({ orderNo }) => orderNo));
    expect(hasNextPage).toBe(false);
  });
});

describe('a page without required data', () => {
  it.each([
    ['no list', CURSOR, { orders: { id: 1 } }, 'must have a list of items'],
    [
      'a cursor that is an object',
      CURSOR,
      { orders: [], next: {} },
      'must name the next one by text',
    ],
    [
      'a cursor of more than 4,000 characters',
      CURSOR,
      { orders: [], next: 'x'.repeat(4001) },
      'at most 4000 characters',
    ],
    [
      'more to come, but no cursor',
      CURSOR.replace('}', ', hasMore: more }'),
      { orders: [], more: true },
      'must name the next one where',
    ],
  ])('is an error: %s', async (_title, pages, body, text) => {
    await using graph = await start(pages, () => ({ body }));
    expect((await read(graph, 10)).error).toEqual(contract(text));
  });

  it('is an error of the whole field when a later page fails', async () => {
    await using graph = await start(CURSOR, (url) =>
      url.searchParams.has('cursor')
        ? { status: 500, body: {} }
        : { body: { orders: numberedOrders(2), next: 'b' } },
    );
    const { ids, error } = await read(graph, 10);
    expect([ids, error?.[0]]).toEqual([undefined, 'UPSTREAM_UNAVAILABLE']);
  });

  it('is the last one of numbered pages if it is a 404', async () => {
    await using graph = await start('{ style: page, parameter: page }', (url) =>
      url.searchParams.get('page') === '1'
        ? { body: { orders: numberedOrders(2) } }
        : { status: 404, body: {} },
    );
    expect(await read(graph, 10)).toMatchObject({ ids: [1, 2], hasNextPage: false });
  });
});

describe('the calls for a connection', () => {
  const all = numberedOrders(400);
  const paged = (url: URL) => {
    const [at, limit] = ['offset', 'limit'].map((name) => Number(url.searchParams.get(name)));
    return { body: { orders: all.slice(at, Number(at) + Number(limit)), total: 400 } };
  };
  const OFFSET =
    '{ style: offset, parameter: offset, size: 20, sizeParameter: limit, total: total }';

  it('request no more items than it needs', async () => {
    await using graph = await start(OFFSET, paged);
    await read(graph, 7);
    await read(graph, 25);
    expect(graph.calls).toEqual([
      'GET /v1/orders?offset=0&limit=7',
      'GET /v1/orders?offset=0&limit=20',
      'GET /v1/orders?offset=20&limit=5',
    ]);
  });

  it('are concurrent for numbered pages with a total, four at most, each once', async () => {
    let waiting: (() => void)[] = [];
    await using graph = await start(OFFSET.replace('size: 20', 'size: 10'), async (url) => {
      if (url.searchParams.get('offset') === '0') return paged(url);
      // None is answered before four have come.
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 4) {
          for (const go of waiting) go();
          waiting = [];
        }
      });
      return paged(url);
    });
    const { ids } = await read(graph, 90);
    expect(ids).toEqual(all.slice(0, 90).map(({ orderNo }) => orderNo));
    expect(graph.calls).toHaveLength(9);
  });

  it('are no more than maxPages: the page is shorter then, and the next one continues after it', async () => {
    await using graph = await start(OFFSET.replace('}', ', maxPages: 2 }'), paged);
    const part = await read(graph, 100);
    expect([part.ids?.length, part.hasNextPage]).toEqual([40, true]);
    expect((await read(graph, 1, part.endCursor)).ids).toEqual([41]);
  });

  it('end with the request: none follows after its deadline', async () => {
    const deadline = new AbortController();
    await using graph = await start(CURSOR.replace('}', ', maxPages: 100 }'), (url) => {
      const page = Number(url.searchParams.get('cursor') ?? 0);
      if (page === 2) deadline.abort();
      return { body: { orders: numberedOrders(1), next: page + 1 } };
    });
    const scope = { signal: deadline.signal, trace: createCallTrace() };
    const { errors } = await graph.run('{ orders(first: 100) { nodes { id } } }', {}, { scope });
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['UPSTREAM_TIMEOUT']);
    expect(graph.calls).toHaveLength(3);
  });

  it('are shared by equal fields of a request', async () => {
    await using graph = await start(OFFSET, paged);
    await graph.run('{ a: orders(first: 3) { nodes { id } } b: orders(first: 3) { totalCount } }');
    expect(graph.calls).toHaveLength(1);
  });
});
