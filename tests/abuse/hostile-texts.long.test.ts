import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import { sendAttack } from './send-attack.ts';
import { startTestGateway, type TestGateway } from '../gateway/start-gateway.ts';

/** Texts at which something that reads, encodes or compares texts may throw. */
const TEXTS: readonly (readonly [string, string])[] = [
  ['half a character', '\ud800'],
  ['a NUL', 'a\u0000b'],
  ['a line of its own', 'a\r\nx-a: b'],
  ['letters beyond Latin 1', '\u{1f600}é\u202e'],
  ['half an escape', '%'],
  ['two dots', '..'],
  ['nothing', ''],
  ['spaces', '   '],
  ['what every object has', '__proto__'],
  ['an invalid date', '9999-99-99'],
  ['a date beyond all dates', '+999999-01-01T00:00:00Z'],
  ['many digits', '9'.repeat(400)],
  ['JSON', '{"a":['],
  ['quotes', `"'\\`],
  ['a long text', 'x'.repeat(20_000)],
];

const schema = buildSchema(
  readFileSync(new URL('../../schema/api.graphql', import.meta.url), 'utf8'),
);

/** Values that are right, by the name of a leaf's type. */
const RIGHT: Readonly<Record<string, unknown>> = {
  ID: '1',
  String: 'x',
  Int: 1,
  Float: 1,
  Boolean: true,
  Decimal: '1.00',
  CurrencyCode: 'EUR',
  CountryCode: 'FR',
  Date: '2026-03-01',
  DateTime: '2026-03-01T00:00:00Z',
  TimeZone: 'Europe/Paris',
  Latitude: 1,
  Longitude: 1,
  URL: 'https://example.com/',
};

type Path = readonly string[];

/** A value of a type; at the path, text. */
function valueOf(type: GraphQLInputType, path: Path | undefined, text: string): unknown {
  if (isNonNullType(type)) return valueOf(type.ofType, path, text);
  if (isListType(type)) return [valueOf(type.ofType, path, text)];
  if (isInputObjectType(type)) {
    const [key, ...below] = path ?? [];
    const fields = Object.values(type.getFields()).filter(
      (field) => field.name === key || isNonNullType(field.type),
    );
    return Object.fromEntries(
      fields.map((field) => [
        field.name,
        valueOf(field.type, field.name === key ? below : undefined, text),
      ]),
    );
  }
  if (path !== undefined) return text;
  return isEnumType(type) ? type.getValues()[0]?.name : RIGHT[type.name];
}

/** Where texts are in a value of a type. */
function pathsIn(type: GraphQLInputType, depth = 0): Path[] {
  const named = getNamedType(type);
  if (isInputObjectType(named)) {
    return depth > 4
      ? []
      : Object.values(named.getFields()).flatMap((field) =>
          pathsIn(field.type, depth + 1).map((path) => [field.name, ...path]),
        );
  }
  return isLeafType(named) && typeof RIGHT[named.name] === 'string' ? [[]] : [];
}

interface Asked {
  readonly place: string;
  readonly request: (text: string) => { readonly query: string; readonly variables: object };
}

function asksFor(kind: 'query' | 'mutation', field: GraphQLField<unknown, unknown>): Asked[] {
  const named = getNamedType(field.type);
  const selection = isObjectType(named) ? '{ __typename }' : '';
  return field.args.flatMap((argument) =>
    pathsIn(argument.type).map((path) => ({
      place: [field.name, argument.name, ...path].join('.'),
      request: (text) => {
        const args = field.args.filter(
          (one) => one === argument || (isNonNullType(one.type) && one.defaultValue === undefined),
        );
        const declared = args.map((one) => `$${one.name}: ${one.type.toString()}`).join(', ');
        const passed = args.map((one) => `${one.name}: $${one.name}`).join(', ');
        const values = args.map(
          (one) =>
            [one.name, valueOf(one.type, one === argument ? path : undefined, text)] as const,
        );
        return {
          query: `${kind} (${declared}) { ${field.name}(${passed}) ${selection} }`,
          variables: Object.fromEntries(values),
        };
      },
    })),
  );
}

const ASKED = [
  ...Object.values(schema.getQueryType()?.getFields() ?? {}).flatMap((field) =>
    asksFor('query', field),
  ),
  ...Object.values(schema.getMutationType()?.getFields() ?? {}).flatMap((field) =>
    asksFor('mutation', field),
  ),
];

describe.each(['embedded', 'distributed'] as const)('the %s graph', (mode) => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway({ mode });
  });
  afterAll(() => gateway.close());

  it.each(TEXTS)(
    'takes %s in any argument for the fault of its client, not for its own',
    async (_name, text) => {
      const failed: string[] = [];
      for (const { place, request } of ASKED) {
        const { query, variables } = request(text);
        const { status, errors = [] } = await gateway.query(query, variables);
        const codes = errors.map(({ extensions }) => String(extensions?.['code']));
        if (
          status >= 500 ||
          codes.includes('INTERNAL_SERVER_ERROR') ||
          codes.some((code) => code.startsWith('UPSTREAM'))
        )
          failed.push(
            `${place}: ${String(status)} ${codes.join(' ')} ${JSON.stringify(errors[0]?.message)}`,
          );
      }
      expect(ASKED.length).toBeGreaterThan(100);
      expect(failed).toEqual([]);
      expect(gateway.log.filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
    },
  );

  const LISTS = ['customers', 'companies', 'deals', 'payments', 'invoices', 'places'];

  it.each(LISTS)(
    'takes a cursor of %s with a position of its own for the fault of its client',
    async (list) => {
      const pageOf = (after: string | null) => {
        const more = list === 'places' ? 'text: "Paris", ' : '';
        return gateway.query(
          `query ($after: String) { page: ${list}(${more}first: 1, after: $after) { pageInfo { endCursor } } }`,
          {
            after,
          },
        );
      };
      const { data } = await pageOf(null);
      const cursor = (data as { page: { pageInfo: { endCursor: string } } }).page.pageInfo
        .endCursor;
      const [owner, position] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [
        string,
        string,
      ];
      const positions = [
        ...TEXTS.map(([, text]) => text),
        `${position}x`,
        `-${position}`,
        position.replaceAll(/\d/g, '9'),
        '[]',
        '[[1,2]]',
        '{}',
        '-1',
        '1e9',
      ];
      const failed: unknown[] = [];
      for (const one of positions) {
        const { errors = [] } = await pageOf(
          Buffer.from(JSON.stringify([owner, one])).toString('base64url'),
        );
        const codes = errors.map(({ extensions }) => String(extensions?.['code']));
        if (codes.some((code) => code !== 'BAD_USER_INPUT'))
          failed.push([one, codes, errors[0]?.message]);
      }
      expect(failed).toEqual([]);
    },
  );

  const HEADERS = [
    'accept',
    'accept-encoding',
    'apollographql-client-name',
    'authorization',
    'content-type',
    'cookie',
    'forwarded',
    'if-none-match',
    'origin',
    'priority',
    'range',
    'traceparent',
    'user-agent',
    'x-api-key',
    'x-forwarded-for',
    'x-request-id',
    'x-request-timeout-ms',
    'x-tributary-caller',
    'x-tributary-cost',
    'x-tributary-deadline-ms',
    'x-tributary-trace',
  ];
  const HEADER_TEXTS = [
    '',
    '\u00e9\u00ff',
    '%',
    '"',
    '\\',
    ',',
    ';',
    '=',
    '\t',
    '0',
    '-1',
    '1e999',
    'NaN',
    '{"a":',
    'x'.repeat(9000),
    'a/b;c="',
    'Bearer',
    'Bearer ..',
    'Bearer trib_',
    'u=7;u=8',
    '__proto__',
  ];

  it.each(HEADERS)('takes any text in the header %s for the fault of its client', async (name) => {
    const failed: unknown[] = [];
    for (const text of HEADER_TEXTS) {
      const answer = await sendAttack(
        gateway.url,
        { headers: { [name]: text }, body: '{"query":"{ __typename }"}' },
        {},
      );
      if (answer.status >= 500) failed.push([text, answer.status, answer.text]);
    }
    expect(failed).toEqual([]);
    expect(gateway.log.filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
  });

  const PATHS = [
    '/',
    '/graphql',
    '/graphql/',
    '/schema.graphql',
    '/schema/',
    '/map/',
    '/assets/',
    '/health/',
    '/metrics',
    '/webhooks/',
  ];
  const PATH_TEXTS = [
    '',
    '%',
    '%00',
    '%ff',
    '%ed%a0%80',
    '..%2f..%2fpackage.json',
    '%2e%2e/x',
    '\\',
    ';x',
    '?',
    '?query',
    '?query=%ff',
    '?query={a}&variables=%7B',
    '?extensions=x',
    '?query=a&query=b',
    '?variables=[]&query={__typename}',
    '#',
    '__proto__',
    'constructor',
    'x'.repeat(8000),
    'a.b',
    '.',
    '..',
    '&',
    '?%',
    '?__proto__=x&query={__typename}',
  ];

  it.each(PATHS)('takes any text behind the path %s for the fault of its client', async (path) => {
    const failed: unknown[] = [];
    for (const text of PATH_TEXTS) {
      const request = {
        startLine: `GET ${path}${text} HTTP/1.1`,
        lines: ['host: x', 'connection: close', 'apollo-require-preflight: 1'],
        body: '',
      };
      const answer = await sendAttack(gateway.url, request, {});
      if (!(answer.status < 500)) failed.push([text, answer.status, answer.text]);
    }
    expect(failed).toEqual([]);
    expect(gateway.log.filter((line) => /"level":(50|60)/.test(line))).toEqual([]);
  });
});
