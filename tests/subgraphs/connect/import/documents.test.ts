import { describe, expect, it } from '@jest/globals';
import {
  chooseOperations,
  listOperations,
} from '../../../../subgraphs/connect/import/operations.ts';
import { readDocument } from '../../../../subgraphs/connect/import/read-document.ts';
import { authFor } from '../../../../subgraphs/connect/import/source-auth.ts';
import { readFile } from '../start-connectors.ts';
import { apiDocument, apiOf, importText } from './import-text.ts';

const SWAGGER = `swagger: 2.0
info: { title: Old, version: '1' }
host: erp.example.com
basePath: /v1
schemes: [https]
securityDefinitions:
  key: { type: apiKey, in: header, name: X-Api-Key }
security: [{ key: [] }]
paths:
  /orders/{order_id}:
    get:
      operationId: getOrder
      produces: [application/json]
      parameters:
        - { name: order_id, in: path, required: true, type: string }
      responses:
        200: { description: Found., schema: { $ref: '#/definitions/Order' } }
definitions:
  Order:
    type: object
    required: [order_id]
    properties:
      order_id: { type: string }
      total: { type: number }
      currency: { type: string }`;

const THIRTY = apiOf(
  'Thing: { type: object, required: [a], properties: { a: { type: string, nullable: true } } }',
).replace('openapi: 3.1.0', 'openapi: 3.0.3');

const read = (text: string) => readDocument(text, './api.yaml');

describe('OpenAPI documents', () => {
  it('are read as Swagger 2.0, with the version as text or as a number', () => {
    for (const text of [SWAGGER, SWAGGER.replace('2.0', "'2.0'")]) {
      const { sdl, document } = importText(text, { accept: () => true });
      expect(sdl).toContain('baseURL: "https://erp.example.com/v1"');
      expect(sdl).toContain('type Order @key(fields: "orderId")');
      expect(sdl).toContain('order(orderId: ID!): Order');
      expect(readFile(sdl, {}).connectors).toHaveLength(1);
      expect(authFor(document, listOperations(document), 'erp').text).toBe(
        "{ header: { name: X-Api-Key, value: '${ERP_API_KEY}' } }",
      );
    }
  });

  it('are read as OpenAPI 3.0, with the keyword nullable', () => {
    expect(importText(THIRTY).sdl).toMatch(/type Thing \{\n {2}a: String\n\}/);
  });

  it.each([
    ['[1]', './api.yaml must have an object at its top.'],
    ['a: [', /^\.\/api\.yaml is neither JSON nor YAML: /],
    ['{ "openapi": "3.1.0", ', /^\.\/api\.yaml is neither JSON nor YAML: /],
    ['a: *b', /^\.\/api\.yaml (?:is neither|has aliases)/],
    ['info: {}', /but names no version: "openapi" is missing\.$/],
    [
      'openapi: 4.0.0',
      /must be of OpenAPI 3\.1 or 3\.0, or of Swagger 2\.0, but is of "4\.0\.0"\.$/,
    ],
    [
      `{"openapi":"3.1.0","x":${'['.repeat(300)}${']'.repeat(300)}}`,
      /must have values of at most 200 levels\.$/,
    ],
    ['x'.repeat(20_000_001), './api.yaml must have at most 20000000 characters.'],
  ])('are refused with a reason: %.30s', (text, message) => {
    expect(() => read(text)).toThrow(message);
  });

  it.each([
    [
      'https://example.com/order.json#/Order',
      /^The \$ref "https:\/\/example\.com\/order\.json#\/Order" is on the network, which is not read\./,
    ],
    ['//example.com/order.json', /is on the network/],
    [
      './order.yaml#/Order',
      /^The \$ref "\.\/order\.yaml#\/Order" is in another file, which is not read\./,
    ],
  ])('are refused if an operation needs the reference %s', (reference, message) => {
    expect(() => importText(apiOf(`Thing: { $ref: '${reference}' }`))).toThrow(message);
  });

  it.each([
    ['to nothing', "Thing: { $ref: '#/components/schemas/Missing' }"],
    [
      'in a circle',
      "Thing: { $ref: '#/components/schemas/Other' }\nOther: { $ref: '#/components/schemas/Thing' }",
    ],
    ['in a circle of parts', "Thing: { allOf: [{ $ref: '#/components/schemas/Thing' }] }"],
    [
      'in a circle of lists',
      "Thing: { type: array, items: { $ref: '#/components/schemas/Thing' } }",
    ],
    [
      'in a circle of choices',
      "Thing: { oneOf: [{ $ref: '#/components/schemas/Thing' }, { type: array, items: { $ref: '#/components/schemas/Thing' } }] }",
    ],
  ])('can have references %s: the operation is omitted', (_where, schemas) => {
    const { fields, notImported } = importText(apiOf(schemas));
    expect([fields, notImported.length]).toEqual([[], 1]);
  });
});

const OPERATIONS = listOperations(
  read(
    apiDocument(
      [
        '/orders: { get: { operationId: listOrders }, post: { operationId: createOrder } }',
        "'/orders/{id}': { get: { operationId: getOrder }, delete: {} }",
        "'/orders/{id}/items': { get: { operationId: listItems } }",
      ].join('\n'),
    ),
  ),
);

describe('operations', () => {
  it.each([
    ['listOrders', ['GET /orders']],
    ['list*', ['GET /orders', 'GET /orders/{id}/items']],
    ['GET /orders/*', ['GET /orders/{id}']],
    ['get /orders/{id}', ['GET /orders/{id}']],
    ['* /orders/*', ['GET /orders/{id}', 'DELETE /orders/{id}']],
    ['GET /orders/**', ['GET /orders', 'GET /orders/{id}', 'GET /orders/{id}/items']],
    ['/orders', ['GET /orders', 'POST /orders']],
  ])('are chosen by %s', (pattern, expected) => {
    const { chosen, unmatched } = chooseOperations(OPERATIONS, [pattern]);
    expect(chosen.map(({ method, path }) => `${method} ${path}`)).toEqual(expected);
    expect(unmatched).toEqual([]);
  });

  it('are not chosen by a pattern without a match, which is reported', () => {
    expect(chooseOperations(OPERATIONS, ['listOrder', 'PATCH /orders'])).toEqual({
      chosen: [],
      unmatched: ['listOrder', 'PATCH /orders'],
    });
  });
});

describe('credentials of an imported API', () => {
  const auth = (scheme: string) => {
    const document = read(
      `${apiDocument('/a: { get: {} }')}\n  securitySchemes: { one: ${scheme} }`,
    );
    return authFor(document, listOperations(document), 'order-system').text;
  };
  it.each([
    ['{ type: http, scheme: bearer }', "{ bearer: '${ORDER_SYSTEM_TOKEN}' }"],
    [
      '{ type: http, scheme: Basic }',
      "{ basic: { user: '${ORDER_SYSTEM_USER}', password: '${ORDER_SYSTEM_PASSWORD}' } }",
    ],
    [
      '{ type: apiKey, in: query, name: key }',
      "{ query: { name: key, value: '${ORDER_SYSTEM_API_KEY}' } }",
    ],
    [
      '{ type: oauth2, flows: { clientCredentials: { tokenUrl: "https://a.example/token", scopes: {} } } }',
      "{ oauth2: { tokenUrl: 'https://a.example/token', clientId: '${ORDER_SYSTEM_CLIENT_ID}', clientSecret: '${ORDER_SYSTEM_CLIENT_SECRET}' } }",
    ],
    [
      '{ type: oauth2, flows: { authorizationCode: { scopes: {} } } }',
      "{ bearer: '${ORDER_SYSTEM_TOKEN}' }",
    ],
    ['{ type: apiKey, in: cookie, name: session }', undefined],
    ["{ type: apiKey, in: header, name: 'a b' }", undefined],
  ])('of the form %s are read from variables', (scheme, text) => {
    expect(auth(scheme)).toBe(text);
  });
});
