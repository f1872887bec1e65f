import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { persistedAs } from '../gateway/persisted-as.ts';
import { type ServedSchema, serveSchema } from '../gateway/serve-schema.ts';

const typeDefs = /* GraphQL */ `
  type Query {
    hello(times: Int! = 1): String
    node(id: ID!): Node
  }
  type Mutation {
    rename(name: String!): String
  }
  type Node {
    id: ID!
    next: Node
  }
`;

let server: ServedSchema;
beforeAll(async () => {
  const resolvers = {
    Query: { hello: () => 'world', node: (_root: unknown, node: object) => node },
    Node: { next: (node: object) => node },
  };
  server = await serveSchema({ typeDefs, resolvers });
});
afterAll(() => server.close());

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

async function send({ method = 'POST', path = '/graphql', headers = {}, body }: Sent) {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      'content-type': 'application/json',
      accept: 'application/graphql-response+json',
      ...headers,
    },
    ...(body !== undefined && { body }),
  });
  const text = await response.text();
  expect(text).not.toMatch(/stack|node_modules|\.ts:|\bat \S+ \(/);
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : (JSON.parse(text) as unknown),
  };
}

const graphql = (query: string, more: object = {}) =>
  send({ body: JSON.stringify({ query, ...more }) });

const refusal = (code: string, message: unknown, retryable = false) => ({
  errors: [expect.objectContaining({ message, extensions: { code, retryable } })],
});

describe('a request that is no GraphQL request', () => {
  it('is refused when its body is larger than 256 kB', async () => {
    const { status, body } = await send({
      body: JSON.stringify({ query: `{ hello } # ${'x'.repeat(256 * 1024)}` }),
    });
    expect(status).toBe(413);
    expect(body).toEqual(refusal('PAYLOAD_TOO_LARGE', 'The body must have at most 262144 bytes.'));
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
    'nonsense',
  ])('is refused with the content type %s', async (type) => {
    const { status, body } = await send({ headers: { 'content-type': type }, body: '{ hello }' });
    expect(status).toBe(415);
    expect(body).toEqual(
      refusal('UNSUPPORTED_MEDIA_TYPE', 'The content type must be application/json.'),
    );
  });

  it.each([
    '{"query": ',
    '',
    'null',
    '"text"',
    '[]',
    '{}',
    '{"__proto__": {"query": "{ hello }"}}',
  ])('is refused with the body %s', async (body) => {
    const answer = await send({ body });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual(refusal('BAD_REQUEST', expect.any(String)));
  });

  it.each([
    [{ query: 7 }, 'GraphQL queries must be strings.'],
    [
      { query: '' },
      'GraphQL operations must contain a non-empty `query` or a `persistedQuery` extension.',
    ],
    [
      { query: '{ hello }', variables: 'text' },
      '`variables` in a POST body should be provided as an object, not a recursively JSON-encoded string.',
    ],
    [
      { query: '{ hello }', variables: [] },
      '`variables` in a POST body must be an object if provided.',
    ],
    [
      { query: '{ hello }', operationName: 7 },
      '`operationName` in a POST body must be a string if provided.',
    ],
    [
      { query: '{ hello }', extensions: { persistedQuery: { version: 9 } } },
      'Unsupported persisted query version',
    ],
    [
      { query: '{ hello }', extensions: { persistedQuery: { version: 1, sha256Hash: 'abc' } } },
      'provided sha does not match query',
    ],
  ])('is refused where a parameter is not what it must be: %j', async (parameters, message) => {
    const { status, body } = await send({ body: JSON.stringify(parameters) });
    expect(status).toBe(400);
    expect(body).toEqual(refusal('BAD_REQUEST', message));
  });

  it('is refused as a batch', async () => {
    const { status, body } = await send({ body: JSON.stringify([{ query: '{ hello }' }]) });
    expect(status).toBe(400);
    expect(body).toEqual(refusal('BAD_REQUEST', 'Operation batching disabled.'));
  });

  it('is refused where another site may have sent it', async () => {
    const response = await fetch(`${server.url}/graphql?query={hello}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual(
      refusal('BAD_REQUEST', expect.stringContaining('Cross-Site Request Forgery')),
    );
  });

  it('is refused where the client accepts nothing that this server sends', async () => {
    const { status, body } = await send({
      headers: { accept: 'image/png' },
      body: '{"query":"{ hello }"}',
    });
    expect(status).toBe(406);
    expect(body).toEqual(refusal('BAD_REQUEST', expect.stringContaining('accept')));
  });

  it.each([
    ['its header has no name', 400, 'GET /graphql HTTP/1.1\r\nhost: a b\r\nbad header\r\n\r\n'],
    ['its path has 100 kB', 431, `GET /${'x'.repeat(100_000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`],
    [
      'its headers have 100 kB',
      431,
      `GET / HTTP/1.1\r\nhost: localhost\r\nx: ${'x'.repeat(100_000)}\r\n\r\n`,
    ],
  ])('is refused where %s: %i', async (_name, status, request) => {
    const answer = await sendRaw(request);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${String(status)} `));
    expect(answer).toContain('"code":"BAD_REQUEST"');
  });

  it.each([
    ['GET /health/live HTTP/1.1', 'The HTTP request has no Host header.'],
    [
      'GET /health/live HTTP/1.1\r\nhost: x\r\nhost: y\r\nhost: z',
      'The HTTP request must have one Host header, but has 3.',
    ],
    [
      'GET /health/live HTTP/1.1\r\nhost: [',
      'The host of the HTTP request must be a name or an address, with or without a port.',
    ],
  ])(
    'is refused with the reason where its host is not as it must be: %j',
    async (lines, message) => {
      const answer = await sendRaw(`${lines}\r\nconnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain(JSON.stringify(message));
    },
  );

  it('is refused before its body is there where that is compressed', async () => {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1').setEncoding('utf8');
    const lines = [
      'POST /graphql HTTP/1.1',
      'host: x',
      'content-type: application/json',
      'content-encoding: gzip',
      'content-length: 1000',
    ];
    socket.write([...lines, '', ''].join('\r\n'));
    const [answer] = (await once(socket, 'data')) as [string];
    socket.destroy();
    expect(answer).toMatch(/^HTTP\/1\.1 415 [\s\S]*\r\naccept-encoding: identity\r\n/);
    expect(answer).toContain(
      JSON.stringify('The body must not be compressed, but has the content encoding "gzip".').slice(
        1,
        -1,
      ),
    );
  });
});

describe('a path or method that is not there', () => {
  it.each(['/nothing', '/graphql/more', '/health', '/%ff', '/..%2f..%2fetc/passwd'])(
    'is refused: %s',
    async (path) => {
      const { status, body } = await send({ method: 'GET', path });
      expect([400, 404]).toContain(status);
      expect(body).toEqual(
        refusal(status === 404 ? 'NOT_FOUND' : 'BAD_REQUEST', expect.any(String)),
      );
    },
  );

  it.each([
    ['PUT', '/graphql', 'GET, POST, HEAD'],
    ['DELETE', '/graphql', 'GET, POST, HEAD'],
    ['OPTIONS', '/graphql', 'GET, POST, HEAD'],
    ['POST', '/health/live', 'GET, HEAD'],
    ['PATCH', '/schema.graphql', 'GET, HEAD'],
    ['POST', '/', 'GET, HEAD'],
  ])('is refused with what is allowed: %s %s', async (method, path, allow) => {
    const { status, headers, body } = await send({ method, path });
    expect(status).toBe(405);
    expect(headers.get('allow')).toBe(allow);
    expect(body).toEqual(refusal('METHOD_NOT_ALLOWED', expect.stringContaining(`not ${method}`)));
  });

  it('is refused for a mutation over GET', async () => {
    const query = encodeURIComponent('mutation { rename(name: "x") }');
    const { status, headers, body } = await send({
      method: 'GET',
      path: `/graphql?query=${query}`,
    });
    expect(status).toBe(405);
    expect(headers.get('allow')).toBe('POST');
    expect(body).toEqual(
      refusal(
        'METHOD_NOT_ALLOWED',
        'GET requests only support query operations, not mutation operations',
      ),
    );
  });
});

describe('an operation that cannot be run', () => {
  it('is refused where it is malformed', async () => {
    const { status, body } = await graphql('{ hello');
    expect(status).toBe(400);
    expect(body).toEqual(
      refusal('GRAPHQL_PARSE_FAILED', 'Syntax Error: Expected Name, found <EOF>.'),
    );
  });

  it.each(['[', '{a:', '{next'])('is refused where it nests %s without end', async (bracket) => {
    const { status, body } = await graphql(`{ hello(times: ${bracket.repeat(50_000)}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      errors: [
        {
          extensions: {
            code: expect.stringMatching(/^(OPERATION_TOO_COMPLEX|GRAPHQL_PARSE_FAILED)$/),
          },
        },
      ],
    });
  });

  it('is refused where it has too many parts', async () => {
    const { status, body } = await graphql(`{ ${'hello '.repeat(4000)} }`);
    expect(status).toBe(400);
    expect(body).toEqual(
      refusal('OPERATION_TOO_COMPLEX', 'The document must have at most 4000 tokens.'),
    );
  });

  it('is refused where it selects too deep', async () => {
    const { status, body } = await graphql(
      `{ node(id: 1) ${'{ next '.repeat(50)} { id } ${'}'.repeat(50)} }`,
    );
    expect(status).toBe(400);
    expect(body).toEqual(
      refusal(
        'OPERATION_TOO_COMPLEX',
        'The document must have at most 50 nested levels of selections and fragments.',
      ),
    );
  });

  it('is refused where a field does not exist', async () => {
    const { status, body } = await graphql('{ helo }');
    expect(status).toBe(400);
    expect(body).toEqual(
      refusal(
        'GRAPHQL_VALIDATION_FAILED',
        'Cannot query field "helo" on type "Query". Did you mean "hello"?',
      ),
    );
  });

  it('is refused as a subscription, which the graph does not have', async () => {
    const { status, body } = await graphql('subscription { hello }');
    expect(status).toBe(400);
    expect(body).toEqual(
      refusal('GRAPHQL_VALIDATION_FAILED', 'This graph has no subscription operations.'),
    );
  });

  it.each([
    [
      { operationName: 'C' },
      'operationName must name one of the document\'s operations (A, B), but is "C".',
    ],
    [
      { operationName: null },
      "operationName must name one of the document's operations (A, B), but is none.",
    ],
    [{}, "operationName must name one of the document's operations (A, B), but is none."],
  ])(
    'is refused where it is not clear which of several is meant: %j',
    async (parameters, message) => {
      for (const accept of ['application/json', 'application/graphql-response+json', '*/*']) {
        const query = 'query A { hello } query B { hello }';
        const { status, body } = await send({
          headers: { accept },
          body: JSON.stringify({ query, ...parameters }),
        });
        expect(status).toBe(400);
        expect(body).toEqual(refusal('OPERATION_RESOLUTION_FAILURE', message));
      }
    },
  );

  it.each([
    [
      'query ($id: ID!) { node(id: $id) { id } }',
      {},
      'Variable "$id" of required type "ID!" was not provided.',
    ],
    [
      'query ($id: ID!) { node(id: $id) { id } }',
      { id: null },
      'Variable "$id" of non-null type "ID!" must not be null.',
    ],
    [
      'query ($times: Int!) { hello(times: $times) }',
      { times: 'x' },
      'Variable "$times" got invalid value "x"; Int cannot represent non-integer value: "x"',
    ],
  ])('is refused where a variable has a wrong value: %s %j', async (query, variables, message) => {
    const { status, body } = await graphql(query, { variables });
    expect(status).toBe(400);
    expect(body).toEqual(refusal('BAD_USER_INPUT', message));
  });

  it('is refused where null comes through a variable with a default into a condition', async () => {
    const { body } = await graphql('query ($yes: Boolean = true) { hello @include(if: $yes) }', {
      variables: { yes: null },
    });
    expect(body).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT', retryable: false } }],
    });
  });

  it('fails at the field alone where null comes through a variable with a default', async () => {
    const { status, body } = await graphql('query ($times: Int = 2) { hello(times: $times) }', {
      variables: { times: null },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      data: { hello: null },
      errors: [
        {
          path: ['hello'],
          message: expect.stringContaining('must not be null'),
          extensions: { code: 'BAD_USER_INPUT', retryable: false },
        },
      ],
    });
  });

  it('is not found by its hash until a client has sent the document', async () => {
    const query = '{ hello }';
    const extensions = persistedAs(query);
    const unknown = await send({ body: JSON.stringify({ extensions }) });
    expect(unknown.status).toBe(200);
    expect(unknown.body).toEqual(
      refusal('PERSISTED_QUERY_NOT_FOUND', 'PersistedQueryNotFound', true),
    );
    expect((await send({ body: JSON.stringify({ query, extensions }) })).body).toEqual({
      data: { hello: 'world' },
    });
    const parameters = encodeURIComponent(JSON.stringify(extensions));
    const known = await send({
      method: 'GET',
      path: `/graphql?extensions=${parameters}`,
      headers: { 'apollo-require-preflight': 'yes' },
    });
    expect(known.body).toEqual({ data: { hello: 'world' } });
  });
});

/** Sends bytes that no HTTP client would, and reads all that comes back. */
function sendRaw(request: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    connect(Number(new URL(server.url).port), '127.0.0.1')
      .setEncoding('utf8')
      .on('data', (text: string) => (answer += text))
      .on('end', () => {
        resolve(answer);
      })
      .on('error', reject)
      .write(request);
  });
}
