import type { CallTables } from '../../subgraphs/call-table.ts';
import { type ChangeFields, changeFieldsOf } from '../../subgraphs/change-fields.ts';
import type { Graph } from '../operation/graph.ts';
import { callTablesOf, type SubgraphModule } from '../../subgraphs/module.ts';
import type { DependencyTable } from '../../subgraphs/dependencies.ts';
import type { FileReader, Subgraph } from '../../subgraphs/subgraph.ts';
import { createFusedGraph } from './fused/fused-graph.ts';
import type { Supergraph } from '../supergraph/supergraph.ts';

/** A graph that is ready to serve, for any engine. */
export interface RunningGraph {
  readonly graph: Graph;
  /** The same graph with `sdl` as its API schema. Undefined if the graph has no known audiences. */
  readonly forAudience?: (sdl: string) => Graph;
  readonly files: Readonly<Record<string, FileReader>>;
  /** The vendor calls of its fields. @default none */
  readonly callTables?: CallTables;
  /** Its fields of `Subscription` that have events. @default none */
  readonly changeFields?: ChangeFields;
  /** What the fields of its subgraphs depend on, by the names of the subgraphs. @default on data that changes without events */
  readonly dependencies?: ReadonlyMap<string, DependencyTable>;
  /** Whether callers with the same access get the same response, because no other property of a caller is used. @default false */
  readonly isCallerIndependent?: boolean;
  /** Waits until operations run without a start delay. @default ready at once */
  readonly ready?: () => Promise<void>;
  /** Called when the graph begins to serve. @default no action */
  readonly onServed?: () => void;
  /** Releases the graph's own resources. The process's connections to vendors remain open. */
  readonly release: () => Promise<void>;
}

/** Runs a supergraph of embedded subgraphs. */
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
    // Connectors can send a client's headers and claims.
    isCallerIndependent: subgraphs.every(({ name }) =>
      modules.some((module) => module.name === name),
    ),
    release: () => Promise.resolve(),
  };
}

/** The dependency tables of the subgraphs that have one. */
export const dependenciesOf = (
  subgraphs: readonly Subgraph[],
): ReadonlyMap<string, DependencyTable> =>
  new Map(
    subgraphs.flatMap(({ name, dependencies }) =>
      dependencies === undefined ? [] : [[name, dependencies] as const],
    ),
  );

/** The files of embedded subgraphs. */
export const filesOf = (subgraphs: readonly Subgraph[]) =>
  Object.assign({}, ...subgraphs.map(({ files }) => files)) as Record<string, FileReader>;
