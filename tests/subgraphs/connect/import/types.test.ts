import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { readFile } from '../start-connectors.ts';
import { apiOf, importText } from './import-text.ts';

/** The fields of a type, a line each. */
function fieldsOf(sdl: string, type = 'Thing'): readonly string[] {
  const [, body = ''] =
    new RegExp(`\\n(?:type|input|enum) ${type}\\b[^{]*\\{\\n([^}]*)\\}`).exec(sdl) ?? [];
  return body
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** The mapping that gives a field. */
const mappingOf = (sdl: string, field: string) =>
  sdl
    .split('\n')
    .find((line) => line.trim().startsWith(`${field}: `) && line.startsWith('      '))
    ?.trim();

/** @param properties are YAML, a line each */
const thing = (...properties: readonly string[]) =>
  importText(
    apiOf(
      [
        'Thing:',
        '  type: object',
        '  required: [a]',
        '  properties:',
        ...properties.map((line) => `    ${line}`),
      ].join('\n'),
    ),
  ).sdl;

describe('types of an imported API', () => {
  it.each([
    ['{ type: string }', 'a: String!'],
    ['{ type: [string, "null"] }', 'a: String'],
    ['{ type: string, format: date }', 'a: Date!'],
    ['{ type: string, format: date-time }', 'a: DateTime!'],
    ['{ type: integer }', 'a: Int!'],
    ['{ type: integer, format: int64 }', 'a: Decimal!'],
    ['{ type: number }', 'a: Float!'],
    ['{ type: boolean }', 'a: Boolean!'],
    ['{ type: string, format: uuid }', 'a: ID!'],
    ['{ type: array, items: { type: string } }', 'a: [String!]!'],
    ['{ type: array, items: { type: [string, "null"] } }', 'a: [String]!'],
    ['{ anyOf: [{ type: string }, { type: "null" }] }', 'a: String'],
    ['{ oneOf: [{ type: string }, { type: integer }] }', 'a: String!'],
    ['{ oneOf: [{ type: integer }, { type: number }] }', 'a: Float!'],
    ['{ type: string, enum: [only] }', 'a: String!'],
    ['{ type: string, enum: [in-transit, done] }', 'a: ThingA!'],
  ])('%s is the field %s', (schema, field) => {
    expect(fieldsOf(thing(`a: ${schema}`))).toEqual([field]);
  });

  it('have nullable fields for optional properties', () => {
    expect(fieldsOf(thing('b: { type: string }'))).toEqual(['b: String']);
  });

  it('have IDs for properties with such names, with all digits of integers', () => {
    const sdl = thing('id: { type: integer, format: int64 }', 'owner_id: { type: string }');
    expect(fieldsOf(sdl)).toEqual(['id: ID', 'ownerId: ID']);
  });

  it('have names by the rules of the graph, and those of the API in the selection', () => {
    const sdl = thing(
      'created_at: { type: string }',
      'HTTPStatus: { type: string }',
      '"+1": { type: integer }',
      '"-1": { type: integer }',
      '"user name": { type: string }',
      '__typename: { type: string }',
      '2fa: { type: boolean }',
    );
    expect(fieldsOf(sdl)).toEqual([
      'createdAt: String',
      'httpStatus: String',
      'plus1: Int',
      'minus1: Int',
      'userName: String',
      'typename: String',
      'value2fa: Boolean',
    ]);
    expect(mappingOf(sdl, 'createdAt')).toBe('createdAt: created_at?');
    expect(mappingOf(sdl, 'plus1')).toBe('plus1: $."+1"?');
  });

  it('rename properties that would get the same name', () => {
    expect(fieldsOf(thing('order_no: { type: string }', 'orderNo: { type: string }'))).toEqual([
      'orderNo: String',
      'orderNo2: String',
    ]);
  });

  it('add UNKNOWN to an enum, for values that the document does not have', () => {
    const sdl = thing('a: { type: string, enum: [in-transit, Done, unknown, "null"] }');
    expect(fieldsOf(sdl, 'ThingA')).toEqual(['IN_TRANSIT', 'DONE', 'UNKNOWN', 'NULL']);
    expect(mappingOf(sdl, 'a')).toBe(
      'a: a?->match(["in-transit", "IN_TRANSIT"], ["Done", "DONE"], ["unknown", "UNKNOWN"], ["null", "NULL"], [@, "UNKNOWN"])',
    );
  });

  it('recognise an object of an amount and a currency as Money', () => {
    const sdl = thing(
      'price: { type: object, properties: { value: { type: number }, currency_code: { type: string } } }',
    );
    expect(fieldsOf(sdl)).toEqual(['price: Money']);
    expect(sdl).toContain('price? { amount: value?->toString currency: currency_code }');
  });

  it('recognise an amount with a currency in the same object as Money', () => {
    const sdl = thing('total: { type: string, format: decimal }', 'currency: { type: string }');
    expect(fieldsOf(sdl)).toEqual(['total: Money', 'currency: String']);
  });

  it.each([
    [
      'integers, which can be of the smallest unit',
      'total: { type: integer }',
      'currency: { type: string }',
    ],
    [
      'currencies in lower case',
      'total: { type: number }',
      'currency: { type: string, example: eur }',
    ],
  ])('do not recognise %s as Money', (_what, ...properties) => {
    expect(thing(...properties)).not.toContain('Money');
  });

  it('merge the parts of allOf', () => {
    const { sdl } = importText(
      apiOf(`Base:
  type: object
  required: [id]
  properties: { id: { type: string } }
Thing:
  allOf:
    - $ref: '#/components/schemas/Base'
    - type: object
      properties: { note: { type: string } }`),
    );
    expect(fieldsOf(sdl)).toEqual(['id: ID!', 'note: String']);
  });

  it('omit properties without a type, with a reason', () => {
    const sdl = thing(
      'a: { type: string }',
      'meta: { type: object, additionalProperties: { type: string } }',
      'any: {}',
      'one: { oneOf: [{ type: object, properties: { x: { type: string } } }, { type: object, properties: { y: { type: string } } }] }',
      'secret: { type: string, writeOnly: true }',
    );
    expect(fieldsOf(sdl)).toEqual([
      'a: String!',
      '# left out: meta: it is a free-form object',
      '# left out: any: it can be anything',
      '# left out: one: it is one of several objects',
    ]);
  });

  it('have descriptions on one line, without HTML, and deprecations', () => {
    const sdl = thing(
      'a: { type: string, deprecated: true, description: "<p>The \\"name\\".</p>\\n\\nMore." }',
    );
    expect(sdl).toContain(
      String.raw`  "The \"name\"."` +
        '\n  a: String! @deprecated(reason: "The API will remove it.")',
    );
  });

  it('end selections of recursive types, and read the rest by a key', () => {
    const text = `Thing:
  type: object
  required: [id, parent]
  properties:
    id: { type: string }
    name: { type: string }
    parent: { $ref: '#/components/schemas/Thing' }`;
    const document = apiOf(text)
      .replace('/thing:', '/things/{id}:')
      .replace(
        'responses:',
        'parameters: [{ name: id, in: path, required: true, schema: { type: string } }]\n      responses:',
      );
    const without = importText(document).sdl;
    expect(fieldsOf(without)).toEqual([
      'id: ID!',
      'name: String',
      '# left out: parent: it is too deep, or its type is around it',
    ]);
    const { sdl } = importText(document, { accept: ({ kind }) => kind === 'keys' });
    expect(fieldsOf(sdl)).toEqual(['id: ID!', 'name: String', 'parent: Thing']);
    expect(readFile(sdl, {}).connectors.map(({ entity }) => entity?.fields)).toEqual([['id']]);
  });

  it('rename types and root fields that the graph already has', () => {
    const { sdl } = importText(
      apiOf('Customer: { type: object, properties: { id: { type: string } } }', 'Customer').replace(
        'getThing',
        'getCustomer',
      ),
      { taken: [readFileSync('schema/crm.graphql', 'utf8')] },
    );
    expect(sdl).toContain('#   Customer is ErpCustomer: the graph has the name already.');
    expect(sdl).toMatch(/\n {2}erpCustomer: ErpCustomer\n/);
  });

  it('have names of types with the prefix', () => {
    expect(
      importText(
        apiOf(
          'Thing: { type: object, properties: { id: { type: string }, a: { type: object, properties: { b: { type: string } } } } }',
        ),
        { prefix: 'Erp' },
      ).sdl,
    ).toMatch(/type ErpThing \{[^]*type ErpThingA \{/);
  });
});
