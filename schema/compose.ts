// Composes the subgraphs' SDL into the supergraph for Federation v2 gateways, and prints the API schema and the schema
// of each audience.
// Run by `npm run generate`; CI fails if the committed files differ.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { composeServices } from '@apollo/composition';
import { Supergraph as ApolloSupergraph } from '@apollo/federation-internals';
import { parse, printSchema } from 'graphql';
import { withoutAccessRules } from '../gateway/supergraph/access-rules.ts';
import { Supergraph } from '../gateway/supergraph/supergraph.ts';
import { SUBGRAPHS } from '../bin/subgraphs.ts';
import { buildAudienceSchema } from '../gateway/audiences/audience-schema.ts';
import { readAudiences } from '../gateway/audiences/audiences.ts';

const file = (name: string) => new URL(`./${name}.graphql`, import.meta.url);

const { supergraphSdl, errors, hints } = composeServices(
  SUBGRAPHS.map(({ name, port }) => ({
    name,
    url: `http://localhost:${String(port)}/graphql`,
    typeDefs: parse(readFileSync(file(name), 'utf8')),
  })),
);
const problems = [...(errors ?? []), ...(hints ?? [])];
for (const problem of problems) console.error(problem.toString());
if (supergraphSdl === undefined || problems.length > 0) process.exit(1);

writeFileSync(file('supergraph'), supergraphSdl);
// The library rejects a supergraph with access directives.
const open = withoutAccessRules(new Supergraph(supergraphSdl));
writeFileSync(
  file('api'),
  `${printSchema(ApolloSupergraph.build(open.document).apiSchema().toGraphQLJSSchema())}\n`,
);

const audiences = readAudiences(readFileSync(new URL('./audiences.yml', import.meta.url), 'utf8'));
rmSync(new URL('./audiences/', import.meta.url), { recursive: true, force: true });
mkdirSync(new URL('./audiences/', import.meta.url));
for (const [name, tags] of audiences) {
  try {
    writeFileSync(file(`audiences/${name}`), buildAudienceSchema(open, tags));
  } catch (error) {
    throw new Error(`The audience ${name} of audiences.yml cannot be composed.`, { cause: error });
  }
}
