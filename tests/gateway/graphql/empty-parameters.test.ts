import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type ServedSchema, serveSchema } from '../serve-schema.ts';

let server: ServedSchema;
beforeAll(async () => {
  server = await serveSchema({
    typeDefs: 'type Query { hello: String }',
    resolvers: { Query: { hello: () => 'world' } },
  });
});
afterAll(() => server.close());

it.each([
  'operationName=',
  'variables=',
  'extensions=',
  'operationName=&variables=&extensions=',
  'variables=null',
  'extensions=null',
  'variables=%20null%0A&extensions=null',
])('a GET with %s is answered as one without', async (parameters) => {
  const get = () =>
    fetch(`${server.url}/graphql?query={hello}&${parameters}`, {
      headers: { 'apollo-require-preflight': 'true' },
    });
  for (const response of [await get(), await get()]) {
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ data: { hello: 'world' } });
  }
});

it.each([
  { variables: null },
  { extensions: null },
  { operationName: null },
  { variables: null, extensions: null, operationName: null, id: null, documentId: null },
])('a POST with %j is answered as one without', async (parameters) => {
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{hello}', ...parameters }),
  });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ data: { hello: 'world' } });
});

it.each(['variables=[]', 'variables=0', 'extensions=""', 'variables=nul'])(
  'a GET with %s is refused',
  async (parameters) => {
    const response = await fetch(`${server.url}/graphql?query={hello}&${parameters}`, {
      headers: { 'apollo-require-preflight': 'true' },
    });
    expect(response.status).toBe(400);
  },
);
