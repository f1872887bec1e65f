// Composes the subgraphs' SDL into the supergraph that every Federation v2 gateway runs, and prints the API that clients see.
// Run by `npm run generate`; CI fails where the committed files differ.
import { readFileSync, writeFileSync } from 'node:fs';
import { composeServices } from '@apollo/composition';
import { Supergraph } from '@apollo/federation-internals';
import { parse, printSchema } from 'graphql';
import { withoutAccessRules } from '../access/fields/without-access-rules.ts';

const SERVICES = { crm: 4001, payments: 4002, maps: 4003 };

const file = (name: string) => new URL(`./${name}.graphql`, import.meta.url);

const { supergraphSdl, errors, hints } = composeServices(
  Object.entries(SERVICES).map(([name, port]) => ({
    name,
    url: `http://localhost:${String(port)}/graphql`,
    typeDefs: parse(readFileSync(file(name), 'utf8')),
  })),
);
const problems = [...(errors ?? []), ...(hints ?? [])];
for (const problem of problems) console.error(problem.toString());
if (supergraphSdl === undefined || problems.length > 0) process.exit(1);

writeFileSync(file('supergraph'), supergraphSdl);
writeFileSync(file('api'), `${printSchema(Supergraph.build(withoutAccessRules(supergraphSdl)).apiSchema().toGraphQLJSSchema())}\n`);
