import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { fastify } from 'fastify';
import { parse } from 'yaml';
import { connectorRevision } from '../../../gateway/graph-definition.ts';
import { graphFileJsonSchema, readGraphFile } from '../../../gateway/composition/graph-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'graph-pages-'));
const path = join(folder, 'graph.yaml');
const app = fastify({ ajv: { customOptions: { removeAdditional: false, coerceTypes: false } } });
app.post('/', { schema: { body: graphFileJsonSchema([]) } }, () => 'valid');
afterAll(async () => {
  await app.close();
  rmSync(folder, { recursive: true });
});

const SDL = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])
  @link(url: "https://specs.apollo.dev/connect/v0.3", import: ["@source", "@connect"])
  @source(name: "erp", http: { baseURL: "https://erp.example.com" })
type Query {
  orders: [Order!] @connect(source: "erp", http: { GET: "/orders" }, selection: "$ { id }")
  items: [Order!] @connect(source: "erp", http: { GET: "/items" }, selection: "$ { id }")
}
type Order { id: ID! }
`;

/** @param pages has the lines of `pages`, which begin in line 7 of the file */
function read(pages: string) {
  writeFileSync(join(folder, 'erp.graphql'), SDL);
  writeFileSync(path, fileWith(pages));
  const { graph, problems = [] } = readGraphFile(path, {}, []);
  const [connectors] = graph?.connectors ?? [];
  return {
    file: connectors,
    pages: connectors?.sources[0]?.policy.pages,
    problems: problems.map((problem) => problem.replaceAll(path, 'graph.yaml')),
  };
}

const fileWith = (pages: string) => `version: 1
subgraphs:
  erp:
    connectors: ./erp.graphql
    sources:
      erp:
        pages:
${pages.replace(/^/gm, '          ')}
`;

describe('pages in a graph.yaml', () => {
  it('combine the defaults and the settings of the field', () => {
    const { pages, problems } =
      read(`default: { style: cursor, parameter: after, next: next, size: 50, maxPages: 4 }
Query.orders: { parameter: cursor, maxItems: 200 }
Query.items: { style: link, parameters: [page] }`);
    expect(problems).toEqual([]);
    expect(pages?.['Query.orders']).toMatchObject({
      style: 'cursor',
      parameter: 'cursor',
      in: 'query',
      size: 50,
      maxPages: 4,
      maxItems: 200,
    });
    const items = pages?.['Query.items'];
    expect(items).toMatchObject({ style: 'link', parameters: ['page'], size: 50, maxItems: 1000 });
    expect(items).not.toHaveProperty('parameter');
  });

  it.each([
    [
      'no style',
      '{ parameter: page }',
      'style must be set: one of cursor, page, offset, link, nextUrl.',
    ],
    [
      'an unknown style',
      '{ style: token }',
      'style must be one of cursor, page, offset, link, nextUrl.',
    ],
    ['a missing parameter', '{ style: page }', 'parameter must be set for the style page.'],
    [
      'a missing parameter of a URL',
      '{ style: link }',
      'parameters must be set for the style link.',
    ],
    [
      'a missing place of the next URL',
      '{ style: nextUrl, parameters: [page] }',
      'next must be set for the style nextUrl.',
    ],
    [
      'a key of another style',
      '{ style: offset, parameter: at, next: next }',
      'next is not for the style offset.',
    ],
    [
      'an unknown key',
      '{ style: offset, parameter: at, limit: 5 }',
      'limit is not known here; check its spelling.',
    ],
    [
      'a size that nobody knows',
      '{ style: offset, parameter: at, sizeParameter: limit }',
      'size must be set, for sizeParameter to ask for it.',
    ],
    [
      'a path that is none',
      '{ style: cursor, parameter: at, next: "a..b" }',
      expect.stringMatching(/^next is no path in the body of a response: /),
    ],
    [
      'a value that is a number',
      '{ style: cursor, parameter: at, next: 1 }',
      'next must be a path in the body of the response, or { header: name }.',
    ],
    [
      'the name of a header that is none',
      '{ style: cursor, parameter: at, next: { header: "a b" } }',
      expect.stringMatching(/^next/),
    ],
    [
      'a parameter that is none',
      '{ style: page, parameter: "a&b" }',
      'parameter must be the name of a parameter.',
    ],
    [
      'too many pages',
      '{ style: page, parameter: page, maxPages: 1001 }',
      'maxPages must be an integer from 1 to 1000.',
    ],
    [
      'too many items',
      '{ style: page, parameter: page, maxItems: 100001 }',
      'maxItems must be an integer from 1 to 100000.',
    ],
    [
      'another first page',
      '{ style: page, parameter: page, firstPage: 2 }',
      'firstPage must be an integer from 0 to 1.',
    ],
  ])('are refused with file and line for %s', (_title, entry, message) => {
    const { problems } = read(
      `Query.items: { style: offset, parameter: at }\nQuery.orders: ${entry}`,
    );
    const start = 'graph.yaml:9: subgraphs.erp.sources.erp.pages.Query.orders.';
    expect(problems.map((problem) => problem.slice(0, start.length))).toEqual([start]);
    expect(problems.map((problem) => problem.slice(start.length))).toEqual([message]);
  });

  it('are refused with code, file and line for an unknown field', () => {
    expect(read('Query.invoices: { style: offset, parameter: at }').problems).toEqual([
      'graph.yaml:8: [UNKNOWN_FIELD] subgraphs.erp.sources.erp.pages.Query.invoices must be a field or a type that a connector of erp reads a list for (Query.orders, Query.items).',
    ]);
  });

  it('are compared by a reload', () => {
    const revisions = ['a.next', 'b.next', '$->eq(9007199254740993)'].map((next) => {
      const { file } = read(`Query.orders: { style: cursor, parameter: at, next: "${next}" }`);
      return file && connectorRevision(file);
    });
    expect(new Set(revisions).size).toBe(3);
  });

  it('are refused for an invalid name', () => {
    expect(read('Query.orders.first: { style: offset, parameter: at }').problems).toHaveLength(1);
  });
});

describe('the JSON Schema of a graph.yaml', () => {
  const check = async (pages: string) => {
    const payload = parse(fileWith(pages)) as object;
    return (await app.inject({ method: 'POST', url: '/', payload })).statusCode;
  };

  it('accepts pages', async () => {
    expect(
      await check(`default: { style: cursor, parameter: after, next: meta.next, size: "\${SIZE}", in: body, hasMore: more }
Query.orders: { total: { header: X-Total } }
Item: { style: nextUrl, parameters: [page], next: links.next, maxPages: 3, maxItems: 10 }`),
    ).toBe(200);
  });

  it.each([
    'Query.orders: { style: token }',
    'Query.orders: { limit: 5 }',
    'Query.orders: { size: 0 }',
    'Query.orders: { total: { header: X-Total, body: total } }',
    'Query.orders.first: { style: page }',
  ])('refuses %s', async (pages) => {
    expect(await check(pages)).toBe(400);
  });
});
