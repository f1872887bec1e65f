import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { serverAudits } from 'graphql-http';
import { type ServedSchema, serveSchema } from './serve-schema.ts';

let server: ServedSchema;
beforeAll(async () => {
  server = await serveSchema({
    typeDefs: 'type Query { hello: String }',
    resolvers: { Query: { hello: () => 'world' } },
  });
});
afterAll(() => server.close());

// GET requests as any other site's page could send them. Servers MAY answer them; this one wants a header first.
const CROSS_SITE_GETS: ReadonlySet<string> = new Set(['5A70', 'D6D5', '6A70']);

describe('GraphQL over HTTP, as graphql-http audits servers', () => {
  const audits = serverAudits({ url: () => `${server.url}/graphql` });

  it('has all the audits', () => {
    expect(audits).toHaveLength(61);
  });

  it.each(audits.map(({ id, name, fn }) => ({ id, name, fn })))('$id $name', async ({ id, fn }) => {
    expect(await fn()).toMatchObject({ status: CROSS_SITE_GETS.has(id) ? 'notice' : 'ok' });
  });
});
