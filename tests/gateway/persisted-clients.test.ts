import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApolloClient, ApolloLink, gql, HttpLink, InMemoryCache } from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { print } from 'graphql';
import { type ServedSchema, serveSchema } from './serve-schema.ts';

const HELLO = gql`
  query Hello {
    hello
  }
`;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

let server: ServedSchema | undefined;
const folder = mkdtempSync(join(tmpdir(), 'persisted-clients-'));
afterEach(() => server?.close());
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Apollo's client for the web, and the bodies that it sends. */
function createClient(url: string, useGETForHashedQueries = false) {
  const sent: { readonly method: string; readonly text: string }[] = [];
  const http = new HttpLink({
    uri: `${url}/graphql`,
    fetch: async (to, init) => {
      const request = new Request(to, init);
      sent.push({ method: request.method, text: `${request.url} ${await request.clone().text()}` });
      return fetch(request);
    },
  });
  const persisted = new PersistedQueryLink({ sha256, useGETForHashedQueries });
  const client = new ApolloClient({
    link: ApolloLink.from([persisted, http]),
    cache: new InMemoryCache(),
  });
  return { client, sent };
}

async function start(environment: Record<string, string>): Promise<string> {
  server = await serveSchema({
    typeDefs: 'type Query { hello: String }',
    resolvers: { Query: { hello: () => 'world' } },
    environment,
  });
  return server.url;
}

function list(text: string): Record<string, string> {
  const file = join(folder, 'manifest.json');
  writeFileSync(file, JSON.stringify({ [sha256(text)]: text }));
  return { PERSISTED_OPERATIONS: file };
}

describe("Apollo's client", () => {
  it.each([false, true])(
    'teaches the server an automatic persisted query and needs its hash alone from then on, by GET: %s',
    async (byGet) => {
      const url = await start({});
      const first = createClient(url, byGet);
      expect((await first.client.query({ query: HELLO })).data).toEqual({ hello: 'world' });
      const second = createClient(url, byGet);
      expect((await second.client.query({ query: HELLO })).data).toEqual({ hello: 'world' });
      expect([first.sent.length, second.sent.map(({ method }) => method)]).toEqual([
        2,
        [byGet ? 'GET' : 'POST'],
      ]);
      expect(second.sent[0]?.text).not.toContain('query Hello');
    },
  );

  it('sends a listed operation by its hash', async () => {
    const { client, sent } = createClient(await start(list(print(HELLO))));
    expect((await client.query({ query: HELLO })).data).toEqual({ hello: 'world' });
    expect(sent.map(({ text }) => text.includes('query Hello'))).toEqual([false]);
  });

  it('gets OPERATION_NOT_LISTED at once and does not retry', async () => {
    const { client, sent } = createClient(await start(list('{ other: hello }')));
    await expect(client.query({ query: HELLO })).rejects.toThrow();
    expect(sent).toHaveLength(1);
  });
});
