import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { CodedError } from '../../errors/coded-error.ts';
import type { PreparedOperation } from '../../gateway/operation/prepared-operation.ts';
import { persistedAs } from './persisted-as.ts';
import { type ServedSchema, serveSchema } from './serve-schema.ts';

const typeDefs = `
  type Query { hello: String greet(name: String! = "you"): String need(of: Int!): Int fails: String strict: String! list(first: Int! = 20): [List!] }
  type Mutation { count: Int }
  type List { list(first: Int! = 20): [List!] id: ID }
`;
let counted = 0;
const resolvers = {
  Query: {
    hello: () => 'world',
    greet: (_root: unknown, { name }: { name: string }) => `hello ${name}`,
    need: (_root: unknown, { of }: { of: number }) => of,
    fails: () => {
      throw new CodedError('UPSTREAM_TIMEOUT', 'too late', { service: 'crm' });
    },
    strict: () => {
      throw new Error('secret');
    },
  },
  Mutation: { count: () => (counted += 1) },
};

let server: ServedSchema;
beforeAll(async () => {
  server = await serveSchema({ typeDefs, resolvers });
});
afterAll(() => server.close());
afterEach(() => {
  counted = 0;
});

async function post(body: object | string, headers: Record<string, string> = {}) {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const comparable = Object.fromEntries(
    [...response.headers].filter(([name]) => name !== 'date' && name !== 'x-request-id'),
  );
  return { status: response.status, headers: comparable, body: await response.text() };
}

describe('a repeated request', () => {
  it.each([
    ['plain', { query: '{ hello }' }],
    [
      'with an alias and a name',
      { query: 'query A { world: hello } query B { hello }', operationName: 'B' },
    ],
    [
      'with nothing where something may be',
      { query: '{ hello }', operationName: null, variables: null, extensions: null },
    ],
    [
      'with what its client tells of itself',
      { query: '{ hello }', extensions: { clientLibrary: { name: 'x' } } },
    ],
    [
      'with variables',
      { query: 'query ($n: String!) { greet(name: $n) }', variables: { n: 'Zoé' } },
    ],
    ['with a field that fails', { query: '{ hello fails }' }],
    ['whose answer is nothing but an error', { query: '{ strict }' }],
    [
      'with a variable of another type',
      { query: 'query ($n: Int!) { need(of: $n) }', variables: { n: 'one' } },
    ],
    ['without a variable that it needs', { query: 'query ($n: Int!) { need(of: $n) }' }],
    [
      'that says too little of which operation it wants',
      { query: 'query A { hello } query B { hello }' },
    ],
    [
      'that wants an operation that is not there',
      { query: 'query A { hello }', operationName: 'B' },
    ],
    [
      'whose answer would be too large',
      { query: `{ list(first: 100) ${'{ list(first: 100) '.repeat(3)} { id } ${'}'.repeat(3)} }` },
    ],
    ['that is no GraphQL', { query: '{' }],
    ['that is not valid', { query: '{ unknown }' }],
    ['whose variables are no object', { query: '{ hello }', variables: ['a'] }],
    ['that names its operation by a number', { query: '{ hello }', operationName: 1 }],
    [
      'that is persisted nowhere',
      { query: '{ hello }', extensions: { persistedQuery: { version: 1, sha256Hash: 'ab' } } },
    ],
    [
      'that teaches the server its hash',
      { query: '{ hello }', extensions: persistedAs('{ hello }') },
    ],
    [
      'that teaches the server a wrong hash',
      { query: '{ hello }', extensions: persistedAs('{ hallo }') },
    ],
    [
      'whose hash is to be read in a later way',
      { query: '{ hello }', extensions: { persistedQuery: { version: 2, sha256Hash: 'ab' } } },
    ],
    ['that is a list', '[{"query":"{ hello }"}]'],
  ])('%s, is answered as the first time', async (_what, body) => {
    for (const headers of [
      {},
      { accept: 'application/json' },
      { accept: 'application/graphql-response+json, application/json;q=0.9' },
      { accept: 'text/plain' },
      { 'x-tributary-trace': '1' },
    ]) {
      const first = await post(body, headers);
      for (let again = 0; again < 3; again += 1) expect(await post(body, headers)).toEqual(first);
    }
  });

  it('writes each time it asks to, and as often as it asks', async () => {
    const body = { query: 'mutation { count }' };
    const answers = [await post(body), await post(body), await post(body)];
    expect(answers.map((answer) => answer.body)).toEqual(
      [1, 2, 3].map((count) => `{"data":{"count":${String(count)}}}\n`),
    );
  });

  it('may have other variables', async () => {
    const query = 'query ($n: String! = "you") { greet(name: $n) }';
    const ask = async (variables?: object) => (await post({ query, variables })).body;
    expect([
      await ask(),
      await ask({ n: 'a' }),
      await ask({ n: 'b' }),
      await ask({}),
      await ask({ n: 1 }),
    ]).toEqual([
      '{"data":{"greet":"hello you"}}\n',
      '{"data":{"greet":"hello a"}}\n',
      '{"data":{"greet":"hello b"}}\n',
      '{"data":{"greet":"hello you"}}\n',
      expect.stringContaining('BAD_USER_INPUT'),
    ]);
  });
});

describe('a request, whether or not its document is known', () => {
  it('changes nothing where its client accepts no answer of this server', async () => {
    const body = { query: 'mutation { count }' };
    const refused = [
      await post(body, { accept: 'text/plain' }),
      await post(body),
      await post(body, { accept: 'text/plain' }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([406, 200, 406]);
    expect(counted).toBe(1);
  });

  it('counts an empty operationName as absent', async () => {
    const ask = async () => (await post({ query: '{ empty: hello }', operationName: '' })).body;
    expect([await ask(), await ask()]).toEqual([
      '{"data":{"empty":"world"}}\n',
      '{"data":{"empty":"world"}}\n',
    ]);
  });

  it('is answered in the same way by GET as by POST', async () => {
    const query = '{ hello list(first: 3) { id } }';
    const get = async () => {
      const response = await fetch(`${server.url}/graphql?query=${encodeURIComponent(query)}`, {
        headers: { 'apollo-require-preflight': '1' },
      });
      return [response.status, response.headers.get('content-type'), await response.text()];
    };
    const { status, headers, body } = await post({ query });
    expect([await get(), await get()]).toEqual([
      [status, headers['content-type'], body],
      [status, headers['content-type'], body],
    ]);
  });

  it('is charged once where its variables do not fit', async () => {
    const limited = await serveSchema({
      typeDefs,
      resolvers,
      environment: { CALLER_COST_PER_MINUTE: '6000' },
    });
    try {
      const query = 'query ($n: Int!) { list(first: 100) { id } need(of: $n) }';
      const left = async (n: unknown) => {
        const response = await fetch(`${limited.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query, variables: { n } }),
        });
        await response.text();
        return Number(/"cost";r=(\d+)/.exec(response.headers.get('ratelimit') ?? '')?.[1]);
      };
      const [first, known, invalid] = [await left(1), await left(1), await left('one')];
      // A hundred each, less what came back meanwhile.
      expect(first - known).toBeLessThanOrEqual(100);
      expect(known - invalid).toBeLessThanOrEqual(100);
      expect(known - invalid).toBeGreaterThan(0);
    } finally {
      await limited.close();
    }
  });
});

describe('GraphQL over HTTP, where every request came before', () => {
  const audits = serverAudits({ url: () => `${server.url}/graphql` });

  it('passes the audit twice', async () => {
    const results = async () =>
      Promise.all(audits.map(async ({ id, fn }) => [id, (await fn()).status]));
    expect(await results()).toEqual(await results());
  });
});

describe('a document', () => {
  it('is checked and prepared once, whether its text or its hash is sent', async () => {
    const executed: PreparedOperation[] = [];
    const observed = await serveSchema({
      typeDefs,
      resolvers,
      execute: (operation) => {
        executed.push(operation);
        return Promise.resolve({ data: { hello: 'world' } });
      },
    });
    try {
      const persisted = { extensions: persistedAs('{ persisted: hello }') };
      for (const body of [
        { query: '{ hello }' },
        { query: '{ hello }' },
        { query: '{ hello } ' },
        { query: '{ hello }' },
        { query: '{ persisted: hello }', ...persisted },
        persisted,
        { query: '{ persisted: hello }', ...persisted },
        { query: null, ...persisted },
        { query: '{ hello }', extensions: persistedAs('{ hello }') },
        { extensions: persistedAs('{ hello }') },
      ]) {
        await fetch(`${observed.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
      }
      expect(executed.map((operation) => executed.indexOf(operation))).toEqual([
        0, 0, 2, 0, 4, 4, 4, 4, 0, 0,
      ]);
    } finally {
      await observed.close();
    }
  });
});

describe('an error of an operation', () => {
  it('has the same message when it occurs again', async () => {
    const broken = await serveSchema({
      typeDefs,
      resolvers,
      execute: () => Promise.reject(new CodedError('UPSTREAM_TIMEOUT', 'too late')),
    });
    try {
      const ask = async () => {
        const response = await fetch(`${broken.url}/graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: '{ hello }' }),
        });
        return [response.status, await response.text()];
      };
      const first = await ask();
      expect(first).toEqual([
        500,
        '{"errors":[{"message":"too late","extensions":{"code":"UPSTREAM_TIMEOUT","retryable":true}}]}\n',
      ]);
      expect(await ask()).toEqual(first);
    } finally {
      await broken.close();
    }
  });
});
