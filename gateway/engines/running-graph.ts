import type { CallTables } from '../../subgraphs/call-table.ts';
import { type ChangeFields, changeFieldsOf } from '../../subgraphs/change-fields.ts';
import type { Graph } from '../operation/graph.ts';
import { callTablesOf, type SubgraphModule } from '../../subgraphs/module.ts';
import type { DependencyTable } from '../../subgraphs/dependencies.ts';
import type { FileReader, Subgraph } from '../../subgraphs/subgraph.ts';
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
  /** What is known of its calls to vendors. @default nothing */
  readonly callTables?: CallTables;
  /** Its fields of `Subscription` that there are events for. @default none */
  readonly changeFields?: ChangeFields;
  /** What the fields of its subgraphs depend on, by the names of the subgraphs. @default on what changes without an event */
  readonly dependencies?: ReadonlyMap<string, DependencyTable>;
  /** Whether callers that may see the same get the same response: nothing else of a caller goes into it. @default false */
  readonly isCallerIndependent?: boolean;
  /** Waits until operations run without delay. @default they do at once */
  readonly ready?: () => Promise<void>;
  /** Called at the moment in which it is served. @default nothing is to be done */
  readonly onServed?: () => void;
  /** Ends what the graph alone holds. The process's connections to vendors outlive it. */
  readonly release: () => Promise<void>;
}

/** Runs the supergraph over subgraphs in this process. */
export function embedSubgraphs(
  supergraph: Supergraph,
  modules: readonly SubgraphModule[],
  subgraphs: readonly Subgraph[],
): RunningGraph {
  const graph = createFusedGraph({ supergraph, subgraphs });
  return {
    graph,
    forAudience: (sdl) => graph.forAudience(sdl),
    files: filesOf(subgraphs),
    callTables: callTablesOf(modules, subgraphs),
    changeFields: changeFieldsOf(modules),
    dependencies: dependenciesOf(subgraphs),
    // The requests of connectors can hold a client's headers and claims.
    isCallerIndependent: subgraphs.every(({ name }) =>
      modules.some((module) => module.name === name),
    ),
    release: () => Promise.resolve(),
  };
}

/** Of those subgraphs of which it is known. */
export const dependenciesOf = (
  subgraphs: readonly Subgraph[],
): ReadonlyMap<string, DependencyTable> =>
  new Map(
    subgraphs.flatMap(({ name, dependencies }) =>
      dependencies === undefined ? [] : [[name, dependencies] as const],
    ),
  );

/** Of subgraphs in this process. */
export const filesOf = (subgraphs: readonly Subgraph[]) =>
  Object.assign({}, ...subgraphs.map(({ files }) => files)) as Record<string, FileReader>;
