import { describe, expect, it } from '@jest/globals';
import { callTableIn, HEAD, readFile } from '../start-connectors.ts';
import { ORDER_TYPES, ordersField, readPages } from './start-pages.ts';

/** The calls that a file of connectors says it makes, with `pages` of its source. */
function callsOf(sdl: string, pages: string) {
  const head = HEAD.replace('"@requires"', '"@requires", "@shareable"');
  const source = '@source(name: "erp", http: { baseURL: "https://erp.example.com" })';
  return callTableIn(readFile(`${head} ${source} ${sdl}`, { erp: { pages: readPages(pages) } }));
}

const OFFSET = 'style: offset, parameter: offset';
const LIST = `type Order { id: ID! } type Query {
  orders: [Order!] @connect(source: "erp", http: { GET: "/orders" }, selection: "$.orders { id }")
}`;
const BATCH = `
  type Query { items: [Item!] @connect(source: "erp", http: { GET: "/all" }, selection: "$ { id }") }
  type Item @key(fields: "id") @connect(source: "erp", http: { GET: "/items", queryParams: "ids: $batch.id" }, batch: { maxSize: 50 }, selection: "$ { id name }")
    { id: ID! name: String }`;

describe('the estimated calls of a field with pages', () => {
  it.each([
    [
      'a connection takes one for each page of its items',
      ordersField() + ORDER_TYPES,
      `Query.orders: { ${OFFSET}, size: 25, maxPages: 7 }`,
      'Query.orders',
      { per: 'page', of: 25, most: 7, name: 'Query.orders' },
    ],
    [
      'pages of an unknown size are taken for small ones',
      ordersField() + ORDER_TYPES,
      `Query.orders: { ${OFFSET} }`,
      'Query.orders',
      { per: 'page', of: 20, most: 10, name: 'Query.orders' },
    ],
    [
      'a list takes as many as it may have',
      LIST,
      `Query.orders: { ${OFFSET} }`,
      'Query.orders',
      { per: 'object', calls: 10, name: 'Query.orders' },
    ],
    [
      'a list of few items takes few',
      LIST,
      `Query.orders: { ${OFFSET}, size: 100, maxItems: 250 }`,
      'Query.orders',
      { per: 'object', calls: 3, name: 'Query.orders' },
    ],
    [
      'a batch takes several',
      BATCH,
      `Item: { ${OFFSET}, maxPages: 4 }`,
      'Item.name',
      { per: 'batch', of: 50, calls: 4, name: 'Item#1' },
    ],
  ])('%s', (_title, sdl, pages, field, read) => {
    expect(callsOf(sdl, pages)[field]).toEqual([read]);
  });
});
