import { describe, expect, it } from '@jest/globals';
import { apiDocument, importText } from './import-text.ts';

const ORDER = `Order:
  type: object
  required: [id]
  properties: { id: { type: string }, total: { type: number } }`;

/** `GET /orders`. @param properties and parameters are YAML in flow style; without properties, the response is the list itself */
function orders(
  properties: string | undefined,
  parameters: readonly string[],
  headers = '',
): Parameters<typeof importText>[0] {
  const list = "{ type: array, items: { $ref: '#/components/schemas/Order' } }";
  const schema =
    properties === undefined
      ? list
      : `{ type: object, properties: { orders: ${list}, ${properties} } }`;
  return apiDocument(
    `/orders:
  get:
    operationId: listOrders
    parameters: [${parameters.join(', ')}]
    responses:
      '200':
        description: Found.
        headers: {${headers}}
        content: { application/json: { schema: ${schema} } }
'/orders/{orderId}':
  get:
    operationId: getOrder
    parameters: [{ name: orderId, in: path, required: true, schema: { type: string } }]
    responses:
      '200':
        description: Found.
        content: { application/json: { schema: { $ref: '#/components/schemas/Order' } } }`,
    ORDER,
  );
}

const query = (name: string, schema = '{ type: string }') =>
  `{ name: ${name}, in: query, schema: ${schema} }`;

const LIMIT = query('limit', '{ type: integer, maximum: 50 }');

const pagesOf = (text: string) =>
  importText(text).proposals.flatMap((one) => (one.kind === 'pages' ? [one.pages.policy] : []));

describe('proposals for an imported API', () => {
  it.each([
    [
      'a cursor in the response',
      orders('next_cursor: { type: string }', [query('cursor'), LIMIT]),
      {
        style: 'cursor',
        parameter: 'cursor',
        next: '$.next_cursor',
        sizeParameter: 'limit',
        size: 50,
      },
    ],
    [
      'the id of the last item',
      orders('has_more: { type: boolean }', [query('starting_after')]),
      {
        style: 'cursor',
        parameter: 'starting_after',
        next: '$.orders->last.id',
        hasMore: '$.has_more',
      },
    ],
    [
      'a number of a page',
      orders('meta: { type: object, properties: { total: { type: integer } } }', [
        query('page', '{ type: integer }'),
      ]),
      { style: 'page', parameter: 'page', total: '$.meta.total' },
    ],
    [
      'an offset',
      orders('more: { type: string }', [query('offset', '{ type: integer }'), LIMIT]),
      { style: 'offset', parameter: 'offset', sizeParameter: 'limit', size: 50, hasMore: '$.more' },
    ],
    [
      'a header Link',
      orders(undefined, [query('page', '{ type: integer }')], 'Link: { schema: { type: string } }'),
      { style: 'link', parameters: ['page'] },
    ],
    [
      'a URL in the response',
      orders('next: { type: string }', [query('page', '{ type: integer }')]),
      { style: 'nextUrl', parameters: ['page'], next: '$.next' },
    ],
  ])('find pages by %s', (_what, text, policy) => {
    expect(pagesOf(text)).toEqual([policy]);
  });

  it.each([
    ['nothing names a page', orders('next_cursor: { type: string }', [query('q')])],
    ['nothing leads to the next page', orders('note: { type: string }', [query('cursor')])],
  ])('find no pages if %s', (_what, text) => {
    expect(pagesOf(text)).toEqual([]);
  });

  it('find keys and batches, each with a reason', () => {
    const text = orders(undefined, [
      '{ name: ids, in: query, schema: { type: array, items: { type: string }, maxItems: 20 } }',
    ]);
    const { proposals, sdl } = importText(text, { accept: () => true });
    expect(proposals.map(({ kind, reason }) => `${kind}: ${reason}`)).toEqual([
      'keys: GET /orders/{orderId} returns one Order by orderId, which it has as id.',
      'batches: GET /orders returns many objects of Order by its parameter ids.',
    ]);
    expect(sdl).toContain('order(id: ID!): Order');
    expect(sdl).toContain('queryParams: "ids: $batch.id"');
    expect(sdl).toContain('batch: { maxSize: 20 }');
  });

  it('find no key in an argument without a field of the object', () => {
    const text = orders(undefined, []).replaceAll('orderId', 'slug');
    expect(importText(text).proposals).toEqual([]);
  });
});
