import { readFileSync } from 'node:fs';
import type { Environment, Problems } from '../../configuration/environment.ts';
import { createFusedGraph } from '../../gateway/fused/fused-graph.ts';
import { Supergraph } from '../../gateway/supergraph/supergraph.ts';
import type { Subgraph } from '../../subgraphs/subgraph.ts';
import { SUBGRAPHS } from '../../subgraphs/subgraphs.ts';
import { testResources } from '../subgraphs/test-resources.ts';
import { createReferenceGraph } from './reference-gateway.ts';
import { runnerFor } from './run-operation.ts';

/** Our graph without a server around it: compiled, on graphql-js, and on Apollo's gateway over the same subgraphs. */
export async function startGraph(environment: Environment) {
  const problems: Problems = [];
  // Runs are compared with each other, so a failure must not stand in for the next.
  const resources = testResources(environment);
  const subgraphs: Subgraph[] = [];
  for (const module of SUBGRAPHS) {
    const subgraph = module.create({ sdl: readSdl(module.name), environment, problems, resources });
    if (subgraph !== undefined) subgraphs.push(subgraph);
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const supergraph = new Supergraph(readSdl('supergraph'));
  return {
    compiled: runnerFor(createFusedGraph({ supergraph, subgraphs })),
    graphqlJs: runnerFor(createFusedGraph({ supergraph, subgraphs, compiles: false })),
    apollo: runnerFor(await createReferenceGraph(supergraph, subgraphs)),
    close: async () => {
      await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
    },
  };
}

const readSdl = (name: string) => readFileSync(`schema/${name}.graphql`, 'utf8');
