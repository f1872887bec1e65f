import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type Attack, type AttackRow, graphql, times, toAttack } from './attack.ts';

const MUTATION = 'mutation { createDeal(input: { title: "x" }) { deal { id } } }';
const TYPENAME = '{ __typename }';
const JSON_BODY = JSON.stringify({ query: TYPENAME });
const JSON_MUTATION = JSON.stringify({ query: MUTATION });

const persisted = (sha256Hash: unknown, version: unknown = 1) => ({
  persistedQuery: { version, sha256Hash },
});
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const search = (query: string) => `/graphql?query=${encodeURIComponent(query)}`;

const BATCHES: readonly AttackRow[] = [
  ['a batch of a thousand', { body: `[${times(1000, () => JSON_BODY, ',')}]` }, 400, 'BAD_REQUEST'],
  [
    'a batch of guesses',
    {
      body: `[${times(100, (n) => JSON.stringify({ query: `{ customerByEmail(email: "${String(n)}@example.com") { id } }` }), ',')}]`,
    },
    400,
    'BAD_REQUEST',
  ],
  ['an empty batch', { body: '[]' }, 400, 'BAD_REQUEST'],
  ['a batch within a batch', { body: `[[${JSON_BODY}]]` }, 400, 'BAD_REQUEST'],
  ['a batch of texts in one query', graphql([TYPENAME, TYPENAME]), 400, 'BAD_REQUEST'],
  [
    'a batch of ids',
    { body: JSON.stringify([{ extensions: persisted(hashOf(TYPENAME)) }]) },
    400,
    'BAD_REQUEST',
  ],
];

const CROSS_SITE: readonly AttackRow[] = [
  [
    'a mutation in a form',
    {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: `query=${encodeURIComponent(MUTATION)}`,
    },
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  [
    'a mutation as plain text',
    { headers: { 'content-type': 'text/plain' }, body: JSON_MUTATION },
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  [
    'a mutation in a form with files',
    {
      headers: { 'content-type': 'multipart/form-data; boundary=x' },
      body: `--x\r\ncontent-disposition: form-data; name="operations"\r\n\r\n${JSON_MUTATION}\r\n--x--`,
    },
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  [
    'a mutation by GET',
    { method: 'GET', path: search(MUTATION), headers: { 'apollo-require-preflight': '1' } },
    405,
    'METHOD_NOT_ALLOWED',
  ],
  [
    'a mutation by a method that is said to be another',
    {
      method: 'GET',
      path: search(MUTATION),
      headers: { 'x-http-method-override': 'POST', 'apollo-require-preflight': '1' },
    },
    405,
    'METHOD_NOT_ALLOWED',
  ],
  [
    'a query by GET without anything that needs a preflight',
    { method: 'GET', path: search(TYPENAME), headers: { 'content-type': 'text/plain' } },
    400,
    'BAD_REQUEST',
  ],
  [
    'a query twice in a path',
    {
      method: 'GET',
      path: `${search(TYPENAME)}&query=${encodeURIComponent('{ __schema { queryType { name } } }')}`,
      headers: { 'apollo-require-preflight': '1' },
    },
    400,
    'BAD_REQUEST',
  ],
];

const PERSISTED: readonly AttackRow[] = [
  [
    'a guessed id',
    { body: JSON.stringify({ extensions: persisted(hashOf('guess')) }) },
    200,
    'PERSISTED_QUERY_NOT_FOUND',
  ],
  [
    'an id that is no hash',
    { body: JSON.stringify({ extensions: persisted('1') }) },
    200,
    'PERSISTED_QUERY_NOT_FOUND',
  ],
  [
    'an id that every object has',
    { body: JSON.stringify({ extensions: persisted('__proto__') }) },
    200,
    'PERSISTED_QUERY_NOT_FOUND',
  ],
  [
    'an id of 200 kB',
    { body: JSON.stringify({ extensions: persisted('a'.repeat(200_000)) }) },
    200,
    'PERSISTED_QUERY_NOT_FOUND',
  ],
  [
    'an id of a list of 200 kB',
    { body: JSON.stringify({ documentId: 'sha256:'.repeat(28_000) }) },
    400,
    'BAD_REQUEST',
  ],
  [
    'an id that is a list',
    { body: JSON.stringify({ extensions: persisted(['x']) }) },
    200,
    'PERSISTED_QUERY_NOT_FOUND',
  ],
  [
    'a hash for a text of another',
    graphql(TYPENAME, { extensions: persisted(hashOf('{ a }')) }),
    400,
    'BAD_REQUEST',
  ],
  [
    'a protocol that does not exist',
    { body: JSON.stringify({ extensions: persisted(hashOf(TYPENAME), 2) }) },
    400,
    'BAD_REQUEST',
  ],
  [
    'an id of a list that this server does not have',
    { body: JSON.stringify({ documentId: hashOf(TYPENAME) }) },
    400,
    'BAD_REQUEST',
  ],
  [
    'a hash for a text that is refused',
    graphql('{ unknown }', { extensions: persisted(hashOf('{ unknown }')) }),
    400,
    'GRAPHQL_VALIDATION_FAILED',
  ],
  [
    'the id of a text that was refused',
    { body: JSON.stringify({ extensions: persisted(hashOf('{ unknown }')) }) },
    200,
    'PERSISTED_QUERY_NOT_FOUND',
  ],
];

const POST = 'POST /graphql HTTP/1.1';
const head = (...lines: readonly string[]) => [
  'host: x',
  'connection: close',
  'content-type: application/json',
  ...lines,
];
const BOMB = gzipSync(' '.repeat(10 * 1024 * 1024)).toString('latin1');
const length = `content-length: ${String(JSON_BODY.length)}`;

/** A request with these lines in place of its Host header. */
const hosts = (...lines: readonly string[]) => ({
  startLine: POST,
  lines: [...lines, ...head(length).slice(1)],
  body: JSON_BODY,
});
const wholeUrl = (url: string, ...lines: readonly string[]) => ({
  ...hosts('host: x', ...lines),
  startLine: `POST ${url} HTTP/1.1`,
});

const HOSTS: readonly AttackRow[] = [
  ['no host', hosts(), 400, 'BAD_REQUEST'],
  ['an empty host', hosts('host:'), 400, 'BAD_REQUEST'],
  ['two hosts', hosts('host: x', 'host: y'), 400, 'BAD_REQUEST'],
  ['the same host twice', hosts('host: x', 'HOST: x'), 400, 'BAD_REQUEST'],
  [
    'two hosts in HTTP/1.0',
    { ...hosts('host: x', 'host: y'), startLine: 'POST /graphql HTTP/1.0' },
    400,
    'BAD_REQUEST',
  ],
  ['no host in HTTP/1.0', { ...hosts(), startLine: 'POST /graphql HTTP/1.0' }, 200, null],
  ['a host that would be part of a path', hosts('host: x/../metrics?'), 400, 'BAD_REQUEST'],
  ['a host with a user', hosts('host: admin@x'), 400, 'BAD_REQUEST'],
  ['a host with a space', hosts('host: x y'), 400, 'BAD_REQUEST'],
  ['a host in a list', hosts('host: x, y'), 400, 'BAD_REQUEST'],
  ['a host that is a URL', hosts('host: http://x'), 400, 'BAD_REQUEST'],
  ['a host with half an escape', hosts('host: x%2'), 400, 'BAD_REQUEST'],
  ['a host with letters beyond ASCII', hosts('host: x\u00e9'), 400, 'BAD_REQUEST'],
  ['a host of brackets', hosts('host: ['), 400, 'BAD_REQUEST'],
  ['a host with a wrong address', hosts('host: [::1::2]'), 400, 'BAD_REQUEST'],
  ['a host with an address and a zone', hosts('host: [fe80::1%25eth0]'), 400, 'BAD_REQUEST'],
  ['a host with a port that is no number', hosts('host: x:http'), 400, 'BAD_REQUEST'],
  ['a host with two ports', hosts('host: x:80:80'), 400, 'BAD_REQUEST'],
  ['a host of 8 kB', hosts(`host: ${'x'.repeat(8000)}`), 200, null],
  ['a host with an address and a port', hosts('host: [::1]:4000'), 200, null],
  ['a host with an empty port', hosts('host: x_1.test:'), 200, null],
  ['a path with a whole URL', wholeUrl('http://metrics.test/graphql'), 200, null],
  [
    'a path with a whole URL of another scheme',
    wholeUrl('HTTPS://metrics.test:1/graphql'),
    200,
    null,
  ],
  [
    'a path with a whole URL without a path',
    wholeUrl('http://metrics.test?/graphql'),
    404,
    'NOT_FOUND',
  ],
  [
    'a path with a whole URL, beside two hosts',
    wholeUrl('http://metrics.test/graphql', 'host: y'),
    400,
    'BAD_REQUEST',
  ],
  [
    'a path with a whole URL, beside no host',
    { ...hosts(), startLine: 'POST http://x/graphql HTTP/1.1' },
    400,
    'BAD_REQUEST',
  ],
  [
    'a path with a whole URL with a user',
    wholeUrl('http://admin:x@metrics.test/graphql'),
    400,
    'BAD_REQUEST',
  ],
  ['a path with a whole URL without a host', wholeUrl('http:///graphql'), 400, 'BAD_REQUEST'],
  ['a path with a URL of files', wholeUrl('file://x/graphql'), 404, 'NOT_FOUND'],
  ['a path with two slashes', wholeUrl('//x/graphql'), 404, 'NOT_FOUND'],
];

const encoded = (...lines: readonly string[]) => ({
  startLine: POST,
  lines: head(length, ...lines),
  body: JSON_BODY,
});

const ENCODINGS: readonly AttackRow[] = [
  [
    'ten megabytes in ten kilobytes, compressed',
    {
      startLine: POST,
      lines: head('content-encoding: gzip', `content-length: ${String(BOMB.length)}`),
      body: BOMB,
    },
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  ...[
    'br',
    'deflate',
    'zstd',
    'X-GZIP',
    'identity, gzip',
    'gzip, identity',
    'gzip\r\ncontent-encoding: identity',
    'x',
    'toString',
  ].map((coding): AttackRow => [
    `a body that is said to be encoded: ${JSON.stringify(coding)}`,
    encoded(`content-encoding: ${coding}`),
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ]),
  [
    'a body that is compressed on its way',
    {
      startLine: POST,
      lines: head('transfer-encoding: gzip, chunked'),
      body: `${JSON_BODY.length.toString(16)}\r\n${JSON_BODY}\r\n0\r\n\r\n`,
    },
    415,
    'UNSUPPORTED_MEDIA_TYPE',
  ],
  ['a body that is said to be as it is', encoded('content-encoding: Identity'), 200, null],
  ['a body that is said to be encoded by nothing', encoded('content-encoding:'), 200, null],
  [
    'a body in pieces',
    {
      startLine: POST,
      lines: head('transfer-encoding: Chunked'),
      body: `${JSON_BODY.length.toString(16)}\r\n${JSON_BODY}\r\n0\r\n\r\n`,
    },
    200,
    null,
  ],
];

const HEADERS: readonly AttackRow[] = [
  [
    'a request id that would begin another header',
    { startLine: POST, lines: head(length, 'x-request-id: a\nset-cookie: b=c'), body: JSON_BODY },
    400,
    'BAD_REQUEST',
  ],
  [
    'a request id that goes on in the next line',
    { startLine: POST, lines: head(length, 'x-request-id: a\r\n b: c'), body: JSON_BODY },
    400,
    'BAD_REQUEST',
  ],
  [
    'a request id with a script',
    { headers: { 'x-request-id': '<script>alert(1)</script>' }, body: JSON_BODY },
    200,
    null,
  ],
  [
    'a request id without end',
    { headers: { 'x-request-id': 'a'.repeat(8000) }, body: JSON_BODY },
    200,
    null,
  ],
  [
    'a header with a NUL',
    { startLine: POST, lines: head(length, 'x-a: b\u0000c'), body: JSON_BODY },
    400,
    'BAD_REQUEST',
  ],
  [
    'a header of 100 kB',
    { startLine: POST, lines: head(length, `x-a: ${'b'.repeat(100_000)}`), body: JSON_BODY },
    431,
    'BAD_REQUEST',
  ],
  [
    'two lengths',
    { startLine: POST, lines: head(length, 'content-length: 1'), body: JSON_BODY },
    400,
    'BAD_REQUEST',
  ],
  [
    'a length and pieces, one of which would be another request',
    {
      startLine: POST,
      lines: head(length, 'transfer-encoding: chunked'),
      body: `0\r\n\r\nGET /metrics HTTP/1.1\r\nhost: x\r\n\r\n`,
    },
    400,
    'BAD_REQUEST',
  ],
  [
    'a length below zero',
    { startLine: POST, lines: head('content-length: -1'), body: JSON_BODY },
    400,
    'BAD_REQUEST',
  ],
  [
    'a length that is no number',
    { startLine: POST, lines: head('content-length: 1e3'), body: JSON_BODY },
    400,
    'BAD_REQUEST',
  ],
  [
    'a path with a line of its own',
    { startLine: 'GET /graphql\r\nx-a: b HTTP/1.1', lines: head(), body: '' },
    400,
    'BAD_REQUEST',
  ],
  [
    'a forged address',
    {
      headers: {
        'x-forwarded-for': '127.0.0.1',
        'x-real-ip': '127.0.0.1',
        forwarded: 'for=127.0.0.1',
      },
      body: JSON_BODY,
    },
    200,
    null,
  ],
  [
    'a forged caller',
    {
      headers: { 'x-tributary-caller': 'eyJhbGciOiJub25lIn0.eyJzY29wZXMiOiJhbGwifQ.' },
      body: JSON_BODY,
    },
    200,
    null,
  ],
  [
    'a client whose name is a metric',
    {
      headers: {
        'apollographql-client-name': 'a"} 1 fake{x="',
        'apollographql-client-version': 'b'.repeat(5000),
      },
      body: JSON_BODY,
    },
    200,
    null,
  ],
  [
    'a trace that is none',
    {
      headers: {
        traceparent: '00-zz-zz-01',
        tracestate: 'a'.repeat(5000),
        baggage: 'b'.repeat(5000),
      },
      body: JSON_BODY,
    },
    200,
    null,
  ],
  ...(['GET', 'POST'] as const).flatMap((method): AttackRow[] => {
    const asked = method === 'GET' ? { method, path: search(TYPENAME) } : { body: JSON_BODY };
    const withHeaders = (headers: Record<string, string>) => ({
      ...asked,
      headers: { 'apollo-require-preflight': '1', ...headers },
    });
    return [
      [
        `a content type with 14,000 blanks, by ${method}`,
        withHeaders({ 'content-type': `application/json;${' '.repeat(14_000)}a` }),
        400,
        'BAD_REQUEST',
      ],
      [
        `a content type with blanks in its name, by ${method}`,
        withHeaders({ 'content-type': `application/${' '.repeat(14_000)}a` }),
        400,
        'BAD_REQUEST',
      ],
      [
        `a priority with 14,000 blanks, by ${method}`,
        withHeaders({ priority: `,${' '.repeat(14_000)}u=7x` }),
        200,
        null,
      ],
      [
        `a list of 7,000 priorities, by ${method}`,
        withHeaders({ priority: ', '.repeat(7000) }),
        200,
        null,
      ],
      [
        `a bearer with 14,000 blanks, by ${method}`,
        withHeaders({ authorization: `Bearer${' '.repeat(14_000)}x` }),
        401,
        'UNAUTHENTICATED',
      ],
      [
        `a token of 14,000 characters, by ${method}`,
        withHeaders({ authorization: `Bearer ${'a.'.repeat(7000)}` }),
        401,
        'UNAUTHENTICATED',
      ],
      [
        `a key of 14,000 characters, by ${method}`,
        withHeaders({ authorization: `Bearer trib_${'a'.repeat(14_000)}` }),
        401,
        'UNAUTHENTICATED',
      ],
    ];
  }),
  [
    'a deadline that never comes',
    { headers: { 'x-request-timeout-ms': '1e99' }, body: JSON_BODY },
    400,
    'BAD_REQUEST',
  ],
  [
    'a type that the answer is to have',
    { headers: { accept: 'text/html' }, body: JSON_BODY },
    406,
    'BAD_REQUEST',
  ],
  [
    'a thousand types',
    { headers: { accept: times(1000, (n) => `a/b;q=0.${String(n)}`, ',') }, body: JSON_BODY },
    406,
    'BAD_REQUEST',
  ],
  [
    'a charset in which harmless letters are others',
    {
      headers: { 'content-type': 'application/json; charset=utf-7' },
      body: JSON.stringify({ query: '+AHsAXwBfAHQAeQBwAGUAbgBhAG0AZQB9-' }),
    },
    400,
    'GRAPHQL_PARSE_FAILED',
  ],
  [
    'a protocol to change to',
    {
      startLine: POST,
      lines: [
        'host: x',
        'content-type: application/json',
        'upgrade: h2c',
        'connection: upgrade, close',
        length,
      ],
      body: JSON_BODY,
    },
    200,
    null,
  ],
];

/** What can be done around any HTTP request. */
export const MESSAGE_ATTACKS: readonly Attack[] = [...HOSTS, ...ENCODINGS].map(toAttack);

/** What can be done around GraphQL. */
export const HTTP_ATTACKS: readonly Attack[] = [
  ...[...BATCHES, ...CROSS_SITE, ...PERSISTED, ...HEADERS].map(toAttack),
  ...MESSAGE_ATTACKS,
];
