import type { Environment } from '../../settings/settings.ts';
import { createFusedGraph } from '../../gateway/engines/fused/fused-graph.ts';
import { Supergraph } from '../../gateway/supergraph/supergraph.ts';
import { SUBGRAPHS } from '../../bin/subgraphs.ts';
import { openSubgraph, readSdl } from '../subgraphs/open-subgraph.ts';
import { createReferenceGraph } from './reference-gateway.ts';
import { runnerFor } from './run-operation.ts';

/** Our graph without a server around it: compiled, on graphql-js, and on Apollo's gateway over the same subgraphs. */
export async function startGraph(environment: Environment) {
  const subgraphs = SUBGRAPHS.map((module) => openSubgraph(module, environment));
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
