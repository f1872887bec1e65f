import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { buildSchema, type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { startGraph } from './start-graph.ts';

const print = (schema: GraphQLSchema) => printSchema(lexicographicSortSchema(schema));

it('serves exactly the committed schema/api.graphql, descriptions included', async () => {
  const graph = await startGraph({
    HUBSPOT_ACCESS_TOKEN: 'a',
    STRIPE_SECRET_KEY: 'sk_test_1',
    GOOGLE_MAPS_API_KEY: 'a',
  });
  expect(print(graph.compiled.schema)).toBe(
    print(buildSchema(readFileSync('schema/api.graphql', 'utf8'))),
  );
  await graph.close();
});
