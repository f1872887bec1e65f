import type { CallTables } from '../../subgraphs/call-table.ts';
import type { Graph } from '../operation/graph.ts';
import { callTablesOf, type SubgraphModule } from '../../subgraphs/module.ts';
import type { RunningSubgraphs } from '../../subgraphs/start-subgraphs.ts';
import type { FileReader } from '../../subgraphs/subgraph.ts';
import { createFusedGraph } from './fused/fused-graph.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';

/** A graph that is ready to be served, however its operations are run. */
export interface RunningGraph {
  readonly graph: Graph;
  /**
   * The same graph for those who see no more of it than the API schema that `sdl` is. Undefined where nobody knows what audiences the graph has.
   */
  readonly forAudience?: (sdl: string) => Graph;
  readonly files: Readonly<Record<string, FileReader>>;
  /** Credentials that no log may hold. */
  readonly secrets: readonly string[];
  /** What is known of its calls to vendors. @default nothing */
  readonly callTables?: CallTables;
  readonly release: () => Promise<void>;
}

/** Runs the supergraph over subgraphs in this process. */
export function embedSubgraphs(
  supergraph: Supergraph,
  modules: readonly Pick<SubgraphModule, 'name' | 'calls'>[],
  { subgraphs, secrets, close }: RunningSubgraphs,
): RunningGraph {
  const graph = createFusedGraph({ supergraph, subgraphs });
  return {
    graph,
    forAudience: (sdl) => graph.forAudience(sdl),
    files: filesOf(subgraphs),
    secrets,
    callTables: callTablesOf(modules),
    release: close,
  };
}

/** Of subgraphs in this process. */
export const filesOf = (subgraphs: RunningSubgraphs['subgraphs']) =>
  Object.assign({}, ...subgraphs.map(({ files }) => files)) as Record<string, FileReader>;
