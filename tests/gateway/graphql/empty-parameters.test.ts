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

it.each(['operationName=', 'variables=', 'extensions=', 'operationName=&variables=&extensions='])(
  'a GET with %s is answered as one without',
  async (parameters) => {
    const get = () =>
      fetch(`${server.url}/graphql?query={hello}&${parameters}`, {
        headers: { 'apollo-require-preflight': 'true' },
      });
    for (const response of [await get(), await get()]) {
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({ data: { hello: 'world' } });
    }
  },
);
