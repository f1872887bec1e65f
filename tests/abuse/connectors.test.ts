import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readConnectors } from '../../subgraphs/connect/read-connectors.ts';
import { DEFAULT_POLICY } from '../../subgraphs/connect/source-policy.ts';
import {
  type Api,
  type ApiRequest,
  type ApiResponse,
  startApi,
} from '../subgraphs/connect/start-api.ts';
import { fuse, HEAD, readFile } from '../subgraphs/connect/start-connectors.ts';

const SECRET = 'planted-credential-of-the-source';

/** Every place of a request that a client's value can reach. */
const SDL = `
  scalar JSON
  type Item { id: ID name: String raw: JSON }
  input ItemInput { name: String tags: [String!] }
  type Query {
    byPath(value: String): Item @connect(source: "erp", http: { GET: "/items/{$args.value}/parts" }, selection: "id name")
    bySegment(value: String): Item @connect(source: "erp", http: { GET: "/items", path: "$([$args.value])" }, selection: "id name")
    byQuery(value: String): Item @connect(source: "erp", http: { GET: "/items?fixed={$args.value}" }, selection: "id name")
    byParameter(value: String): Item @connect(source: "erp", http: { GET: "/items", queryParams: "q: $args.value" }, selection: "id name")
    byParameters(value: JSON): Item @connect(source: "erp", http: { GET: "/items", queryParams: "$args.value" }, selection: "id name")
    byHeader(value: String): Item @connect(source: "erp", http: { GET: "/items", headers: [{ name: "x-tag", value: "{$args.value}" }] }, selection: "id name")
    byAny(value: JSON): Item @connect(source: "erp", http: { GET: "/items/{$args.value}" }, selection: "id name")
    raw: Item @connect(source: "erp", http: { GET: "/raw" }, selection: "id name raw")
  }
  type Mutation {
    asJson(value: String): Item @connect(source: "erp", http: { POST: "/items", body: "name: $args.value fixed: $(1)" }, selection: "id name")
    asForm(value: String): Item @connect(source: "erp", http: { POST: "/items", headers: [{ name: "content-type", value: "application/x-www-form-urlencoded" }], body: "name: $args.value fixed: $(1)" }, selection: "id name")
  }
`;

let api: Api;
/** A host that no call may reach. */
let other: Api;
let graph: ReturnType<typeof fuse>;
let answer: (request: ApiRequest) => ApiResponse;

beforeAll(async () => {
  other = await startApi(() => ({ body: { id: 1, name: 'of another host' } }));
  api = await startApi((request) => answer(request));
  graph = fuse(
    readFile(`${HEAD} @source(name: "erp", http: { baseURL: "${api.url}/v1" })\n${SDL}`, {
      erp: {
        auth: { kind: 'header', name: 'authorization', value: `Bearer ${SECRET}` },
        timeoutMs: 10_000,
        retries: 0,
      },
    }),
  );
});
beforeEach(() => {
  answer = () => ({ body: { id: 1, name: 'Lamp' } });
});
afterAll(async () => {
  await graph.close();
  await api[Symbol.asyncDispose]();
  expect(other.requests).toEqual([]);
  await other[Symbol.asyncDispose]();
});

/** Runs a field with a value. @returns what the API was asked, and the codes of the errors */
async function attack(field: string, value: unknown, type = 'String', operation = 'query') {
  const before = api.requests.length;
  const result = await graph.run(
    `${operation} ($value: ${type}) { ${field}(value: $value) { id } }`,
    {
      value,
    },
  );
  const text = JSON.stringify(result);
  expect(text).not.toContain(SECRET);
  expect(text).not.toContain(new URL(api.url).host);
  return {
    asked: api.requests.slice(before),
    codes: (result.errors ?? []).map(({ extensions }) => extensions?.['code']),
  };
}

/** Texts that change their meaning unless they are encoded. */
const TEXTS: readonly (readonly [name: string, text: string])[] = [
  ['a slash', 'a/b'],
  ['two slashes and a host', '//evil.example/x'],
  ['a URL', 'http://evil.example/x'],
  ['a user and a host', '@evil.example'],
  ['a port', ':80/x'],
  ['dots at the beginning', '../../admin'],
  ['dots at the end', 'x/..'],
  ['encoded dots', '%2e%2e/%2e%2e'],
  ['dots encoded twice', '%252e%252e%252f'],
  ['backslashes', '..\\..\\admin'],
  ['a question mark', 'x?admin=true'],
  ['a hash', 'x#y'],
  ['an ampersand and an equals sign', 'x&admin=true'],
  ['a semicolon', 'x;admin=true'],
  ['a plus sign', 'a+b'],
  ['line ends and a header', 'x\r\nX-Admin: true'],
  ['line ends and a request', 'x HTTP/1.1\r\nHost: evil\r\n\r\nGET /admin'],
  ['a line feed', 'x\ny'],
  ['NUL', 'x\u0000y'],
  ['line separators of Unicode', 'x\u2028y\u2029z'],
  ['fullwidth dots and slashes', '．．／admin'],
  ['letters that become a line end in Latin 1', 'x\u010d\u010aX-Admin: true'],
  ['a lone surrogate', 'x\ud800y'],
  ['marks that turn the direction', '\u202egnp.exe'],
  ['a template', '{$args.other}{$env.PATH}'],
  ['a method of the mapping language', '$->echo($env)'],
  ['quotes and braces', '"},"admin":true,{"a":"'],
  ['a tab and blanks', '\t x '],
];

const urlOf = ({ path }: ApiRequest) => new URL(path, 'http://erp.invalid');

describe('a value of a client stays a value', () => {
  it.each(TEXTS)('in a path: %s', async (_name, text) => {
    for (const [field, before, after] of [
      ['byPath', '/v1/items/', '/parts'],
      ['bySegment', '/v1/items/', ''],
    ] as const) {
      const { asked, codes } = await attack(field, text);
      expect(codes).toEqual([]);
      const [request] = asked;
      const segment = request?.path.slice(before.length, request.path.length - after.length) ?? '';
      expect(request?.path).toBe(`${before}${segment}${after}`);
      expect(segment).not.toMatch(/[/?#\\]|[^!-~]/);
      expect(decodeURIComponent(segment)).toBe(text.toWellFormed());
      expect(request?.headers).not.toHaveProperty('x-admin');
      expect(request?.method).toBe('GET');
    }
  });

  it.each(['.', '..'])('in a path: "%s" is refused without a call', async (text) => {
    for (const field of ['byPath', 'bySegment'])
      expect(await attack(field, text)).toEqual({ asked: [], codes: ['BAD_USER_INPUT'] });
  });

  it.each(['', null])('in a path: %j makes no call', async (value) => {
    for (const field of ['byPath', 'bySegment'])
      expect(await attack(field, value)).toEqual({ asked: [], codes: [] });
  });

  it.each(TEXTS)('in a query: %s', async (_name, text) => {
    for (const [field, name] of [
      ['byQuery', 'fixed'],
      ['byParameter', 'q'],
    ] as const) {
      const { asked, codes } = await attack(field, text);
      expect(codes).toEqual([]);
      const [request] = asked;
      const found = request && [...urlOf(request).searchParams];
      expect(found).toEqual([[name, text.toWellFormed()]]);
      expect(request?.path).toMatch(/^\/v1\/items\?[!-~]+$/);
    }
  });

  it.each(TEXTS)('as the name of a parameter: %s', async (_name, text) => {
    const { asked, codes } = await attack('byParameters', { [text]: '1' }, 'JSON');
    expect(codes).toEqual([]);
    expect(asked.map((request) => [...urlOf(request).searchParams])).toEqual([
      [[text.toWellFormed(), '1']],
    ]);
  });

  it.each(TEXTS)('in a header, or is refused without a call: %s', async (_name, text) => {
    const { asked, codes } = await attack('byHeader', text);
    if (codes.length > 0)
      expect({ asked, codes }).toEqual({ asked: [], codes: ['BAD_USER_INPUT'] });
    else expect(asked.map(({ headers }) => headers['x-tag'])).toEqual([text.trim()]);
    for (const { headers } of asked) expect(headers).not.toHaveProperty('x-admin');
  });

  it.each(TEXTS)('in a body of JSON and of a form: %s', async (_name, text) => {
    const ofJson = await attack('asJson', text, 'String', 'mutation');
    const ofForm = await attack('asForm', text, 'String', 'mutation');
    expect([ofJson.codes, ofForm.codes]).toEqual([[], []]);
    expect(ofJson.asked.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { name: text, fixed: 1 },
    ]);
    expect(ofForm.asked.map(({ body }) => [...new URLSearchParams(body)])).toEqual([
      [
        ['name', text.toWellFormed()],
        ['fixed', '1'],
      ],
    ]);
  });

  it.each([[{ a: 1 }], [['a', 'b']], [[]]])(
    'in a path: %j, which is no text, is refused without a call',
    async (value) => {
      expect(await attack('byAny', value, 'JSON')).toEqual({
        asked: [],
        codes: ['BAD_USER_INPUT'],
      });
    },
  );

  it.each(['byPath', 'byQuery', 'byParameter', 'byHeader'])(
    'in %s: a text of 100,000 characters is refused without a call',
    async (field) => {
      expect(await attack(field, 'x'.repeat(100_000))).toEqual({
        asked: [],
        codes: ['BAD_USER_INPUT'],
      });
    },
  );
});

describe('a hostile source', () => {
  const nested = (depth: number, open: string, close: string) =>
    open.repeat(depth) + '1' + close.repeat(depth);
  const bodyOf = (raw: string) => `{"id":1,"name":"Lamp","raw":${raw}}`;
  const many = 'x'.repeat(9_000_000);

  it.each([
    ['a body of 9 MB', bodyOf(`"${many}"`), 'UPSTREAM_UNAVAILABLE'],
    ['lists 100,000 deep', bodyOf(nested(100_000, '[', ']')), 'UPSTREAM_CONTRACT'],
    ['objects 100,000 deep', bodyOf(nested(100_000, '{"a":', '}')), 'UPSTREAM_CONTRACT'],
    ['brackets without an end', bodyOf('['.repeat(1_000_000)), 'UPSTREAM_CONTRACT'],
    [
      'a quote without an end, and escapes',
      `"1234567890123456${'\\"'.repeat(500_000)}`,
      'UPSTREAM_CONTRACT',
    ],
    ['a number of a million digits for an ID', `{"id":${'9'.repeat(1_000_000)}}`, undefined],
    [
      'bytes that are no UTF-8',
      Buffer.from([0x7b, 0xff, 0xfe, 0x7d]).toString('latin1'),
      'UPSTREAM_CONTRACT',
    ],
    ['a page of HTML with the secret', `<html>${SECRET}</html>`, 'UPSTREAM_CONTRACT'],
  ])('that responds %s ends the field, and nothing else', async (_name, body, code) => {
    answer = ({ path }) => (path.endsWith('/raw') ? { body } : { body: { id: 2 } });
    const result = await graph.run('{ raw { id } byPath(value: "2") { id } }');
    expect(result.errors?.map(({ extensions }) => extensions?.['code'])).toEqual(
      code === undefined ? undefined : [code],
    );
    expect(result.data?.['byPath']).toEqual({ id: '2' });
    expect(JSON.stringify(result.errors ?? [])).not.toContain(SECRET);
  });

  it('that sends properties which every JavaScript object has changes no object', async () => {
    answer = () => ({
      body: '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}},"id":1,"raw":{"__proto__":{"admin":true}}}',
    });
    const { errors } = await graph.run('{ raw { id name raw } }');
    expect(errors).toBeUndefined();
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false);
  });

  it.each([301, 302, 303, 307, 308])(
    'that redirects to another host with %s is not followed, with or without the credential',
    async (status) => {
      answer = () => ({ status, headers: { location: `${other.url}/stolen` } });
      const { asked, codes } = await attack('byPath', 'x');
      expect([asked.length, codes]).toEqual([1, ['UPSTREAM_CONTRACT']]);
      expect(other.requests).toEqual([]);
    },
  );

  it('that compresses a body without Accept-Encoding is UPSTREAM_CONTRACT', async () => {
    answer = () => ({
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync(Buffer.alloc(1_000_000)).toString('latin1'),
    });
    expect((await attack('byPath', 'x')).codes).toEqual(['UPSTREAM_CONTRACT']);
  });

  it('that names the credential or its own URL in an error is not quoted', async () => {
    answer = () => ({ status: 400, body: { error: { message: `${SECRET} at ${api.url}` } } });
    expect((await attack('byPath', 'x')).codes).toEqual(['UPSTREAM_REJECTED']);
  });
});

describe('a base URL on this machine or in its network', () => {
  const check = (baseUrl: string, allowLocalAddress = false) =>
    readConnectors({
      name: 'erp',
      path: 'erp.graphql',
      production: true,
      policies: new Map([['erp', { ...DEFAULT_POLICY, allowLocalAddress }]]),
      sdl: `${HEAD} @source(name: "erp", http: { baseURL: "${baseUrl}" })
        type Query { a: String @connect(source: "erp", http: { GET: "/a" }, selection: "$.a") }`,
    }).problems ?? [];

  it.each([
    'http://127.0.0.1',
    'http://127.1:8080/x',
    'http://2130706433',
    'http://0x7f000001',
    'http://0177.0.0.1',
    'http://127.0.0.1.',
    'http://0.0.0.0',
    'http://localhost',
    'http://LOCALHOST.',
    'http://api.localhost',
    'http://[::1]',
    'http://[::]',
    'http://[::ffff:127.0.0.1]',
    'http://[0:0:0:0:0:ffff:7f00:1]',
    'http://[::ffff:169.254.169.254]',
    'http://[fe80::1]',
    'http://[fd00:ec2::254]',
    'http://169.254.169.254/latest/meta-data',
    'http://169.254.170.2',
    'http://2852039166',
    'http://metadata.google.internal',
    'http://metadata',
    'https://１２７.０.０.１',
  ])('is refused in production: %s', (baseUrl) => {
    expect(check(baseUrl)).toEqual([expect.stringContaining('LOCAL_ADDRESS')]);
    expect(check(baseUrl, true)).toEqual([]);
  });

  it.each([
    'https://erp.example.com',
    'http://10.0.0.7',
    'https://localhost.example.com',
    'http://[2001:db8::1]',
  ])('is none of these: %s', (baseUrl) => {
    expect(check(baseUrl)).toEqual([]);
  });
});
