import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { ApiRequest, ApiResponse } from '../subgraphs/connect/start-api.ts';
import {
  numberedOrders,
  type OrdersPart,
  startPages,
} from '../subgraphs/connect/pages/start-pages.ts';

const [, after = ''] = readFileSync('docs/own-graph.md', 'utf8').split('### Paged lists');
const [section = ''] = after.split(/^#{2,} /m);
const blocks = (language: string) =>
  [...section.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    ([, text = '']) => text,
  );

const shown = z.object({ pages: z.record(z.string(), z.looseObject({ style: z.string() })) });

const COUNT = 234;
const orders = numberedOrders(COUNT);
const page = (at: number, size: number) => orders.slice(at, at + size);

/** APIs as the examples describe them. */
const APIS: Readonly<Record<string, (request: ApiRequest, url: URL) => ApiResponse>> = {
  cursor: (_request, { searchParams }) => {
    const at = Number(searchParams.get('cursor') ?? 0);
    const end = at + Number(searchParams.get('limit'));
    return {
      body: { orders: page(at, end - at), meta: { next: end < COUNT ? String(end) : null } },
      headers: { 'x-total-count': String(COUNT) },
    };
  },
  page: (_request, { searchParams }) => ({
    body: {
      orders: page((Number(searchParams.get('page')) - 1) * 40, 40),
      paging: { pages: 6, count: COUNT },
    },
  }),
  offset: ({ body }) => {
    // A cast: it is what the example sends.
    const { page: asked } = JSON.parse(body) as { page: { offset: number; limit: number } };
    return { body: { orders: page(asked.offset, asked.limit), total: COUNT } };
  },
  link: ({ headers }, { searchParams }) => {
    const number = Number(searchParams.get('page') ?? 1);
    const size = Number(searchParams.get('per_page'));
    const url = `http://${String(headers.host)}/v1/orders?page=${String(number + 1)}&per_page=${String(size)}`;
    const isLast = number * size >= COUNT;
    return {
      body: { orders: page((number - 1) * size, size) },
      headers: isLast ? {} : { link: `<${url}>; rel="next"` },
    };
  },
  nextUrl: (_request, { searchParams }) => {
    const at = Number(searchParams.get('after') ?? 0);
    if (at > 0 && searchParams.get('snapshot') !== 's1') return { status: 400 };
    const more = at + 60 < COUNT;
    const next = more ? `/v1/orders?after=${String(at + 60)}&snapshot=s1` : null;
    return { body: { orders: page(at, 60), links: { next }, meta: { has_more: more } } };
  },
};

describe('the examples of paged lists', () => {
  const examples = blocks('yaml').map((text) => shown.parse(parse(text)).pages);

  it('show each style', () => {
    expect(examples.map((pages) => pages['Query.orders']?.style)).toEqual(Object.keys(APIS));
  });

  it.each(Object.keys(APIS))('read a list of an API by %s to its end', async (style) => {
    const pages = examples.find((example) => example['Query.orders']?.style === style);
    const [sdl = ''] = blocks('graphql');
    const ofBody = sdl.replace('GET: "/orders"', 'POST: "/orders"');
    await using graph = await startPages(
      style === 'offset' ? ofBody : sdl,
      stringify(pages),
      (request, url) => APIS[style]?.(request, url),
    );
    const ids: string[] = [];
    let after: string | null = null;
    do {
      const { data, errors } = await graph.run(
        'query ($after: String) { orders(first: 70, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }',
        { after },
      );
      expect(errors).toBeUndefined();
      // A cast: the query says what is in it.
      const { orders: part } = data as unknown as { orders: OrdersPart };
      ids.push(...part.nodes.map(({ id }) => id));
      after = part.pageInfo.hasNextPage ? part.pageInfo.endCursor : null;
    } while (after !== null);
    expect(ids).toEqual(orders.map(({ orderNo }) => String(orderNo)));
  });
});
