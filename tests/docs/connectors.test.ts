import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { evaluate, parseMapping } from '../../subgraphs/connect/mapping/mapping.ts';
import { METHODS } from '../../subgraphs/connect/mapping/methods/method-table.ts';
import { PROBLEM_CODES, WARNING_CODES } from '../../subgraphs/connect/problems.ts';
import { readPolicy, sourcePolicySchema } from '../../subgraphs/connect/source-policy.ts';
import { readConnectors } from '../../subgraphs/connect/read-connectors.ts';

const page = readFileSync('docs/connectors.md', 'utf8');

/** Cells of the rows whose first cells are code. */
function rowsOf(heading: string): [string, string, string, string][] {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  return (section.split('\n## ')[0] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) => {
      const [, first = '', second = '', third = '', fourth = ''] = line
        .split('|')
        .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1'));
      return [first, second, third, fourth];
    });
}

it.each(
  rowsOf('Values').flatMap(([mapping, input, result, version]) =>
    (['v0.3', 'v0.4'] as const)
      .filter((each) => version === 'both' || version === each)
      .map((each) => [each, mapping, input, result] as const),
  ),
)('docs/connectors.md, %s: %s of %s gives %s', (version, mapping, input, result) => {
  const { value, problems } = evaluate(parseMapping(mapping, version), JSON.parse(input));
  expect({ value, problems }).toEqual({ value: JSON.parse(result), problems: [] });
});

it.each(rowsOf('Methods'))(
  'docs/connectors.md, ->%s: %s of %s gives %s',
  (method, mapping, input, result) => {
    expect(mapping).toContain(`->${method}`);
    for (const version of ['v0.3', 'v0.4'] as const) {
      const { value, problems } = evaluate(parseMapping(mapping, version), JSON.parse(input));
      expect({ value, problems }).toEqual({ value: JSON.parse(result), problems: [] });
    }
  },
);

it('docs/connectors.md has a row for each method', () => {
  expect(rowsOf('Methods').map(([method]) => method)).toEqual(Object.keys(METHODS).sort());
});

/** What a file says that has this code: after a head that links v0.3 and has the source erp. */
const FILES_BY_CODE: Readonly<Record<string, string>> = {
  INVALID_SDL: 'type Query {',
  UNSUPPORTED_VERSION: 'unlinked',
  NOT_SUPPORTED:
    'type Query { a: String @connect(source: "erp", http: { DELETE: "/a" }, selection: "$.a") }',
  INVALID_ARGUMENT: 'type Query { a: String @connect(source: "erp", http: {}, selection: "$.a") }',
  INVALID_URL:
    'type Query { a: String @connect(source: "erp", http: { GET: "/{a" }, selection: "$.a") }',
  INVALID_MAPPING:
    'type Query { a: String @connect(source: "erp", http: { GET: "/a" }, selection: "$.") }',
  LOCAL_ADDRESS:
    'type Query { a: String @connect(http: { GET: "http://localhost/a" }, selection: "$.a") }',
  UNKNOWN_SOURCE:
    'type Query { a: String @connect(source: "shop", http: { GET: "/a" }, selection: "$.a") }',
  UNKNOWN_VARIABLE:
    'type Query { a: String @connect(source: "erp", http: { GET: "/{$this.b}" }, selection: "$.a") }',
  UNKNOWN_ARGUMENT:
    'type Query { a: String @connect(source: "erp", http: { GET: "/{$args.b}" }, selection: "$.a") }',
  UNKNOWN_FIELD:
    'type Query { a: A @connect(source: "erp", http: { GET: "/a" }, selection: "id name") } type A { id: ID }',
  UNKNOWN_METHOD:
    'type Query { a: String @connect(source: "erp", http: { GET: "/a" }, selection: "$.a->id") }',
  WRONG_ARGUMENTS:
    'type Query { a: String @connect(source: "erp", http: { GET: "/a" }, selection: "$.a->first()") }',
  WRONG_TYPE:
    'type Query { a: Int @connect(source: "erp", http: { GET: "/a" }, selection: "$.a->trim") }',
  DUPLICATE_NAME:
    'type Query { a: String @connect(source: "erp", http: { GET: "/a" }, selection: "$.a") a: String }',
  KEY_NOT_SELECTED: `type Query { a: A @connect(source: "erp", http: { GET: "/a" }, selection: "id") }
    type A @connect(source: "erp", http: { POST: "/a", body: "ids: $batch.id" }, selection: "name") { id: ID! name: String }`,
  FIELD_NOT_PROVIDED: 'type Query { a: String }',
  ARGUMENTS_NOT_USED:
    'type Query { a: A @connect(source: "erp", http: { GET: "/a" }, selection: "id") } type A { id(b: Int): ID }',
  MISSING_REQUIRES: `type Query { a: A @connect(source: "erp", http: { GET: "/a" }, selection: "id") }
    type A @key(fields: "id") { id: ID! b: ID @external c: ID @connect(source: "erp", http: { GET: "/{$this.b}" }, selection: "$.c") }`,
  CIRCULAR_REQUIREMENT: `type Query { a: A @connect(source: "erp", http: { GET: "/a" }, selection: "id") }
    type A { id: ID b: ID @connect(source: "erp", http: { GET: "/{$this.b}" }, selection: "$.b") }`,
  LIST_WITHOUT_PAGES: `type Query {
    paged: [ID!] @connect(source: "erp", http: { GET: "/a" }, selection: "$.ids")
    other: [ID!] @connect(source: "erp", http: { GET: "/a" }, selection: "$.ids")
  }`,
  MAYBE_WRONG_TYPE:
    'type Query { a: [ID] @connect(source: "erp", http: { GET: "/a" }, selection: "$($.a ?? $.b->trim)") }',
  NULL_AS_TEXT:
    'type Query { a: String @connect(source: "erp", http: { GET: "/a" }, selection: "$.a->jsonStringify") }',
  NULLABLE_IN_PATH:
    'type Query { a(id: ID): String @connect(source: "erp", http: { GET: "/{$args.id}" }, selection: "$.a") }',
  FIELD_GIVEN_TWICE: `type Query { a(id: ID!): A @connect(source: "erp", http: { GET: "/{$args.id}" }, entity: true, selection: "id b")
    c(id: ID!): A @connect(source: "erp", http: { GET: "/c/{$args.id}" }, entity: true, selection: "id b") } type A { id: ID! b: ID }`,
  PARTIAL_OBJECT: `type Query {
    a: A @connect(source: "erp", http: { GET: "/a" }, selection: "id b")
    b: A @connect(source: "erp", http: { GET: "/b" }, selection: "id")
  } type A { id: ID b: ID }`,
};

const HEAD = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@external"])
  @link(url: "https://specs.apollo.dev/connect/v0.3", import: ["@source", "@connect"])
  @source(name: "erp", http: { baseURL: "https://erp.example.com" })
`;

const PAGED = new Map([
  [
    'erp',
    readPolicy(
      sourcePolicySchema.parse({ pages: { 'Query.paged': { style: 'page', parameter: 'page' } } }),
    ),
  ],
]);

it.each(Object.entries(FILES_BY_CODE))('a file of connectors can have %s', (code, body) => {
  const sdl =
    code === 'UNSUPPORTED_VERSION' ? body.replace('unlinked', 'type Query { a: ID }') : HEAD + body;
  const { file, problems = [] } = readConnectors({
    name: 'erp',
    path: 'f',
    sdl,
    production: true,
    ...(code === 'LIST_WITHOUT_PAGES' && { policies: PAGED }),
  });
  const codes = [...problems, ...(file?.warnings ?? [])].map((text) => /\[(\w+)\]/.exec(text)?.[1]);
  expect(codes).toContain(code);
});

it('docs/connectors.md explains each code of a check, and no others', () => {
  const codes = [...PROBLEM_CODES, ...WARNING_CODES];
  expect(rowsOf('Checks').map(([code]) => code)).toEqual(codes);
  expect(Object.keys(FILES_BY_CODE)).toEqual(codes);
});
