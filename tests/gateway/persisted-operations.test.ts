import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createMonitoring, type Monitoring } from '../../monitoring/monitoring.ts';
import { type ServedSchema, serveSchema } from './serve-schema.ts';

const typeDefs = `
  type Query { hello: String greet(name: String! = "you"): String }
  type Mutation { count: Int }
`;
let counted = 0;
const resolvers = {
  Query: {
    hello: () => 'world',
    greet: (_root: unknown, { name }: { name: string }) => `hello ${name}`,
  },
  Mutation: { count: () => (counted += 1) },
};

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

const HELLO = 'query Hello {\n  hello\n}';
const GREET = 'query Greet($name: String!) { greet(name: $name) }';
const COUNT = 'mutation Count { count }';
const UNLISTED = '{ unlisted: hello }';

const folder = mkdtempSync(join(tmpdir(), 'persisted-'));
const APOLLO = join(folder, 'apollo.json');
const CODEGEN = join(folder, 'codegen.json');
writeFileSync(
  APOLLO,
  JSON.stringify({
    format: 'apollo-persisted-query-manifest',
    version: 1,
    operations: [
      { id: hashOf(HELLO), name: 'Hello', type: 'query', body: HELLO },
      { id: 'count', name: 'Count', type: 'mutation', body: COUNT },
    ],
  }),
);
writeFileSync(CODEGEN, JSON.stringify({ greet: GREET }));

function serve(mode: 'only' | 'report', monitoring?: Monitoring): Promise<ServedSchema> {
  const environment = {
    PERSISTED_OPERATIONS: `${APOLLO},${CODEGEN}`,
    PERSISTED_OPERATIONS_MODE: mode,
  };
  return serveSchema({ typeDefs, resolvers, environment, ...(monitoring && { monitoring }) });
}

async function post(server: ServedSchema, body: object, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

async function get(server: ServedSchema, parameters: Record<string, string>) {
  const search = new URLSearchParams(parameters).toString();
  const response = await fetch(`${server.url}/graphql?${search}`, {
    headers: { 'apollo-require-preflight': 'yes' },
  });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const persistedQuery = (sha256Hash: unknown) => ({
  extensions: { persistedQuery: { version: 1, sha256Hash } },
});

const coded = (code: string) => ({
  errors: [expect.objectContaining({ extensions: expect.objectContaining({ code }) as unknown })],
});
const hello = { status: 200, body: { data: { hello: 'world' } } };

let only: ServedSchema;
let report: ServedSchema;
let reported: Monitoring;
beforeAll(async () => {
  reported = createMonitoring({ vendors: [] });
  [only, report] = await Promise.all([serve('only'), serve('report', reported)]);
});
afterAll(async () => {
  await Promise.all([only.close(), report.close()]);
  rmSync(folder, { recursive: true });
});

describe.each(['only', 'report'] as const)(
  'an operation on the list, where the mode is %s',
  (mode) => {
    const server = () => (mode === 'only' ? only : report);

    it.each([
      ["Apollo's clients", persistedQuery(hashOf(HELLO))],
      ['urql', { documentId: hashOf(HELLO) }],
      ['GraphQL over HTTP', { documentId: `sha256:${hashOf(HELLO)}` }],
      ["Relay's documentation", { doc_id: hashOf(HELLO) }],
      ['a hand-written client', { id: hashOf(HELLO), query: null, operationName: 'Hello' }],
      ['a client that knows no ids', { query: HELLO }],
      ['a client that prints in another way', { query: 'query Hello{hello}' }],
      ['a client that teaches the server', { query: HELLO, ...persistedQuery(hashOf(HELLO)) }],
    ])('is answered as %s asks for it, each time', async (_who, body) => {
      for (let time = 0; time < 3; time += 1) expect(await post(server(), body)).toEqual(hello);
    });

    it('is answered by GET', async () => {
      expect(await get(server(), { documentId: hashOf(HELLO) })).toMatchObject(hello);
      expect(
        await get(server(), {
          extensions: JSON.stringify(persistedQuery(hashOf(HELLO)).extensions),
        }),
      ).toMatchObject(hello);
      expect(await get(server(), { id: 'greet', variables: '{"name":"Zoé"}' })).toMatchObject({
        body: { data: { greet: 'hello Zoé' } },
      });
    });

    it('gets its variables', async () => {
      const ask = async (name: unknown) =>
        (await post(server(), { documentId: 'greet', variables: { name } })).body;
      expect(await ask('a')).toEqual({ data: { greet: 'hello a' } });
      expect(await ask('b')).toEqual({ data: { greet: 'hello b' } });
      expect(await ask(1)).toEqual(coded('BAD_USER_INPUT'));
    });

    it('is not changed by GET, by any way to name it', async () => {
      const before = counted;
      for (const parameters of [
        { documentId: 'count' },
        { query: COUNT },
        { extensions: JSON.stringify(persistedQuery('count').extensions) },
      ]) {
        const { status, headers, body } = await get(server(), parameters);
        expect([status, headers.get('allow'), body]).toEqual([
          405,
          'POST',
          coded('METHOD_NOT_ALLOWED'),
        ]);
      }
      await fetch(`${server().url}/graphql?documentId=count`, {
        method: 'HEAD',
        headers: { 'apollo-require-preflight': 'yes' },
      });
      expect(counted).toBe(before);
      expect(await post(server(), { documentId: 'count' })).toEqual({
        status: 200,
        body: { data: { count: before + 1 } },
      });
    });

    it('is not answered for another site', async () => {
      const response = await fetch(`${server().url}/graphql?documentId=${hashOf(HELLO)}`);
      expect([response.status, await response.json()]).toEqual([400, coded('BAD_REQUEST')]);
    });

    it('is chosen by no name that it does not have', async () => {
      expect(await post(server(), { documentId: 'greet', operationName: 'Other' })).toEqual({
        status: 400,
        body: coded('OPERATION_RESOLUTION_FAILURE'),
      });
    });
  },
);

describe('an operation that is not on the list, where the mode is only', () => {
  it.each<[string, object]>([
    ['a text', { query: UNLISTED }],
    ['a text with the id of a listed one', { query: UNLISTED, documentId: hashOf(HELLO) }],
    [
      'a text that is to become an automatic persisted query',
      { query: UNLISTED, ...persistedQuery(hashOf(UNLISTED)) },
    ],
    ['an automatic persisted query', persistedQuery(hashOf(UNLISTED))],
    ['a guessed id', { documentId: '1' }],
    ['an id in another case', { documentId: hashOf(HELLO).toUpperCase() }],
    ['the name of a property that all objects have', { id: 'constructor' }],
    ['what every graph has', { query: '{ __typename }' }],
    ['no GraphQL', { query: '{' }],
    ['what is not valid', { query: '{ unknown }' }],
    ['introspection', { query: '{ __schema { types { name } } }' }],
  ])('is refused in the same words: %s', async (_what, body) => {
    const refusal = {
      status: 403,
      body: {
        errors: [
          {
            message:
              'This server accepts only the operations on its safelist, and this is not one of them.',
            extensions: { code: 'OPERATION_NOT_LISTED', retryable: false },
          },
        ],
      },
    };
    for (let time = 0; time < 2; time += 1) expect(await post(only, body)).toEqual(refusal);
  });

  it.each<[string, unknown]>([
    ['a hash that is no text', persistedQuery([hashOf(HELLO)])],
    ['a text that is no text', { query: [UNLISTED] }],
    ['a list', [{ query: UNLISTED }]],
    ['nothing', { variables: {} }],
  ])('is no request at all where it is %s', async (_what, body) => {
    const answer = await post(only, body as object);
    expect(answer.body).toEqual({ errors: [expect.anything()] });
  });

  it('is refused by GET, whatever is there twice', async () => {
    const unlisted = encodeURIComponent(UNLISTED);
    for (const search of [
      `query=${unlisted}`,
      `documentId=1`,
      `documentId=${hashOf(HELLO)}&query=${unlisted}`,
      `query=${encodeURIComponent(HELLO)}&query=${unlisted}`,
      `documentId=${hashOf(HELLO)}&extensions=%7B`,
      `query=${unlisted}&extensions=%7B`,
    ]) {
      const response = await fetch(`${only.url}/graphql?${search}`, {
        headers: { 'apollo-require-preflight': 'yes' },
      });
      expect([400, 403]).toContain(response.status);
      expect(await response.json()).toEqual({ errors: [expect.anything()] });
    }
  });
});

describe('an operation that is not on the list, where the mode is report', () => {
  it('is answered, and can be an automatic persisted query', async () => {
    const body = persistedQuery(hashOf(UNLISTED));
    expect((await post(report, body)).body).toEqual(coded('PERSISTED_QUERY_NOT_FOUND'));
    for (const asked of [{ ...body, query: UNLISTED }, body, body]) {
      expect((await post(report, asked)).body).toEqual({ data: { unlisted: 'world' } });
    }
  });

  it('is counted by client and logged once', async () => {
    const monitoring = createMonitoring({ vendors: [] });
    const server = await serve('report', monitoring);
    const query = 'query Later { later: hello }';
    const web = { 'apollographql-client-name': 'web', 'apollographql-client-version': '1.2.0' };
    for (let time = 0; time < 3; time += 1) await post(server, { query }, web);
    await post(server, { query }, { 'graphql-client-name': 'phone' });
    await post(server, { query: HELLO }, web);
    await post(server, { query: '{ unknown }' }, web);
    await server.close();

    const metrics = await monitoring.exposition();
    expect(
      metrics.split('\n').filter((line) => line.startsWith('tributary_unlisted_operations_total')),
    ).toEqual([
      'tributary_unlisted_operations_total{client="web",version="1.2.0"} 3',
      'tributary_unlisted_operations_total{client="phone",version="unknown"} 1',
    ]);
    const lines = server.log
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ msg }) => msg === 'an unlisted operation was executed');
    expect(lines).toEqual([
      expect.objectContaining({
        client: 'web',
        version: '1.2.0',
        operation: 'Later',
        type: 'query',
        hash: hashOf(query),
      }),
      expect.objectContaining({
        client: 'phone',
        version: 'unknown',
        operation: 'Later',
        hash: hashOf(query),
      }),
    ]);
  });
});

describe('clients that name themselves', () => {
  it('cannot fill the metrics', async () => {
    const monitoring = createMonitoring({ vendors: [] });
    const server = await serve('only', monitoring);
    for (let number = 0; number < 150; number += 1) {
      await post(
        server,
        { query: UNLISTED },
        { 'apollographql-client-name': `${'x'.repeat(number)}${String(number)}` },
      );
    }
    await server.close();
    const metrics = await monitoring.exposition();
    const series = metrics
      .split('\n')
      .filter((line) => line.startsWith('tributary_unlisted_operations_total'));
    expect(series.length).toBeLessThanOrEqual(101);
  });
});
