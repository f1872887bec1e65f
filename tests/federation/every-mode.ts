import { parse } from 'graphql';
import type { FusedSubgraph } from '../../gateway/engines/fused/subgraph-schema.ts';
import { createFusedGraph } from '../../gateway/engines/fused/fused-graph.ts';
import { createMixedGraph } from '../../gateway/engines/mixed-graph.ts';
import { ServiceConnections } from '../../gateway/engines/planned/service-connections.ts';
import type { StandInService } from '../gateway/engines/planned/stand-in-service.ts';
import { composeSupergraph } from './compose-supergraph.ts';
import { LINK, type PlannedSubgraph, startPlannedGraph, startService } from './planned-graph.ts';
import { createReferenceGraph } from './reference-gateway.ts';
import { type Run, runnerFor } from './run-operation.ts';

export interface EveryModeOptions {
  /** The subgraphs that are services where others are embedded. */
  readonly services: readonly string[];
  /** Whether all subgraphs can be embedded. @default true */
  readonly embeds?: boolean;
}

/** One graph in each mode. */
export interface EveryMode {
  /** By the name of the mode. */
  readonly modes: Readonly<Record<string, Run>>;
  /** Apollo's gateway over subgraphs on graphql-js. */
  readonly apollo: Run;
  close(): Promise<void>;
}

/** Starts the same subgraphs embedded, as services, and mixed. Their SDL is without the `@link`. */
export async function startEveryMode(
  subgraphs: Readonly<Record<string, PlannedSubgraph>>,
  { services, embeds = true }: EveryModeOptions,
): Promise<EveryMode> {
  const all = Object.entries(subgraphs).map(([name, { sdl, resolvers = {} }]): FusedSubgraph => ({
    name,
    sdl: LINK + sdl,
    // Both types are of the same map of functions.
    resolvers: resolvers,
    createContext: () => ({}),
  }));
  const supergraph = composeSupergraph(all);
  const planned = await startPlannedGraph(subgraphs);
  const mixed = await startMixed(subgraphs, all, services);
  const embedded = (compiles: boolean) =>
    runnerFor(createFusedGraph({ supergraph, subgraphs: all, compiles })).run;
  return {
    modes: {
      ...(embeds && { embedded: embedded(true), 'embedded, on graphql-js': embedded(false) }),
      distributed: planned.run,
      mixed: mixed.run,
    },
    apollo: runnerFor(await createReferenceGraph(supergraph, all)).run,
    close: async () => {
      await planned.close();
      await mixed.close();
    },
  };
}

async function startMixed(
  subgraphs: Readonly<Record<string, PlannedSubgraph>>,
  all: readonly FusedSubgraph[],
  services: readonly string[],
): Promise<{ readonly run: Run; close(): Promise<void> }> {
  const started = new Map<string, StandInService>();
  for (const [name, subgraph] of Object.entries(subgraphs)) {
    if (services.includes(name))
      started.set(name, await startService(parse(LINK + subgraph.sdl), subgraph));
  }
  const here = all.filter(({ name }) => !started.has(name));
  const { graph, release } = await createMixedGraph({
    supergraph: composeSupergraph(
      all.map(({ name, sdl }) => ({ name, sdl, url: started.get(name)?.url ?? '' })),
    ),
    embedded: composeSupergraph(here),
    modules: [],
    subgraphs: here,
    serviceConnections: new ServiceConnections({ requestTimeoutMs: 10_000, traces: true }),
  });
  return {
    run: runnerFor(graph).run,
    close: async () => {
      await graph.close();
      await release();
      for (const service of started.values()) await service.close();
    },
  };
}
