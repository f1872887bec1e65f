import { type DocumentNode, parse } from 'graphql';
import type { Graph } from '../../operation/graph.ts';
import type { Supergraph } from '../../supergraph/supergraph.ts';
import { buildFusedSchema } from './fused-schema.ts';
import { Fusion } from './fusion.ts';
import { createOperationRunner } from './operation-runner.ts';
import { embedSubgraph, type FusedSubgraph } from './subgraph-schema.ts';
import { readFusedSupergraph } from './fused-supergraph.ts';

export interface FusedGraphOptions {
  /** A Federation v2 supergraph of the subgraphs. */
  readonly supergraph: Supergraph;
  /** One for each subgraph of the supergraph. */
  readonly subgraphs: readonly FusedSubgraph[];
  /**
   * Whether operations are compiled. Otherwise graphql-js runs them, which is slower and the reference for correctness.
   * @default true
   */
  readonly compiles?: boolean;
}

export interface FusedGraph extends Graph {
  /** The same graph with `sdl` as its API schema. */
  forAudience(sdl: string): Graph;
}

/**
 * Runs a supergraph with embedded subgraphs as one executable schema. Each field's resolver runs as soon as the keys and `@requires` fields
 * that it needs are there, without waiting for the rest of its object.
 * @throws Error if the supergraph needs a feature that embedded execution does not support, or a missing subgraph
 */
export function createFusedGraph({
  supergraph: source,
  subgraphs,
  compiles = true,
}: FusedGraphOptions): FusedGraph {
  const supergraph = readFusedSupergraph(source.document);
  const missing = supergraph.subgraphs.filter(
    (name) => !subgraphs.some((subgraph) => subgraph.name === name),
  );
  if (missing.length > 0)
    throw new Error(`The supergraph needs the subgraphs ${missing.join(', ')}, which are missing.`);
  const embedded = subgraphs.map(embedSubgraph);
  const fusion = new Fusion(
    supergraph,
    new Map(embedded.map((subgraph) => [subgraph.name, subgraph])),
  );
  const serve = (typeDefs?: DocumentNode): Graph => {
    const schema = buildFusedSchema(supergraph, embedded, fusion, typeDefs);
    const execute = createOperationRunner({ supergraph, schema, fusion, subgraphs, compiles });
    return { schema, supergraph: source, execute, close: () => Promise.resolve() };
  };
  return { ...serve(), forAudience: (sdl) => serve(parse(sdl, { noLocation: true })) };
}
