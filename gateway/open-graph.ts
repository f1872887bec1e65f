import type { SubgraphModule } from '../subgraphs/module.ts';
import { createConnectSubgraph } from '../subgraphs/connect/connect-subgraph.ts';
import type { SourceConnections } from '../subgraphs/connect/source-connections.ts';
import type { ConnectedSubgraph } from '../subgraphs/subgraph.ts';
import type { ServiceConnections } from './engines/planned/service-connections.ts';
import { embedSubgraphs, type RunningGraph } from './engines/running-graph.ts';
import { connectorsHere, type GraphDefinition, modulesHere } from './graph-definition.ts';

/**
 * The resources of a process that all its graphs share: connections with their rate limits, circuit breakers and caches, and the outcomes of
 * mutations. A graph's own resources are derived from its definition.
 */
export interface ProcessResources {
  /** All built-in subgraphs, embedded or not. */
  readonly modules: readonly SubgraphModule[];
  /** The embedded ones. */
  readonly subgraphs: readonly ConnectedSubgraph[];
  /** Connections to REST APIs. */
  readonly sources: SourceConnections;
  readonly serviceConnections: ServiceConnections;
  /** The built program of the planner's worker thread. */
  readonly planner: URL;
}

/** @throws Error if the graph cannot run */
export async function openGraph(
  definition: GraphDefinition,
  resources: ProcessResources,
): Promise<RunningGraph> {
  const { execution } = definition;
  const connected = connectorsHere(execution).map((file) =>
    createConnectSubgraph(file, resources.sources),
  );
  const close = () => Promise.all(connected.map((subgraph) => subgraph.close()));
  try {
    const running = await runGraph(definition, resources, connected);
    return {
      ...running,
      onServed: () => {
        for (const subgraph of connected) subgraph.renew();
      },
      release: async () => {
        await running.release();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function runGraph(
  { execution, supergraph, embedded, extensions }: GraphDefinition,
  resources: ProcessResources,
  connected: readonly ConnectedSubgraph[],
): Promise<RunningGraph> {
  const { modules, serviceConnections, planner } = resources;
  const here = modulesHere(execution, modules);
  const names = new Set(here.map(({ name }) => name));
  const subgraphs = [
    ...resources.subgraphs.filter(({ name }) => names.has(name)),
    ...connected,
  ].map((subgraph) => subgraph.serve(extensions.get(subgraph.name)));
  if (
    execution.mode === 'embedded' ||
    (execution.mode === 'mixed' && execution.graph.services.length === 0)
  )
    return embedSubgraphs(supergraph, here, subgraphs);
  const options = { supergraph, modules, serviceConnections, planner };
  // Loaded on demand: Apollo's gateway takes longer to load than everything else together.
  if (execution.mode === 'mixed') {
    const { createMixedGraph } = await import('./engines/mixed-graph.ts');
    const { services } = execution.graph;
    return createMixedGraph({ ...options, embedded, subgraphs, services });
  }
  const { createDistributedGraph } = await import('./engines/planned/distributed-graph.ts');
  return createDistributedGraph(
    execution.mode === 'distributed' ? { ...options, urls: execution.urls } : options,
  );
}
