import type { GatewayInterface } from '@apollo/server-gateway-interface';
import type { RunningSubgraphs } from '../subgraphs/start-subgraphs.ts';
import type { FileReader } from '../subgraphs/subgraph.ts';
import { createFusedGateway } from './fused/fused-gateway.ts';

/** A graph that is ready to be served, however its operations are run. */
export interface RunningGraph {
  readonly graph: GatewayInterface;
  readonly files: Readonly<Record<string, FileReader>>;
  /** Credentials that no log may hold. */
  readonly secrets: readonly string[];
  readonly release: () => Promise<void>;
}

/** Runs the supergraph over subgraphs in this process. */
export function embedSubgraphs(supergraphSdl: string, { subgraphs, secrets, close }: RunningSubgraphs): RunningGraph {
  return {
    graph: createFusedGateway({ supergraphSdl, subgraphs }),
    files: Object.assign({}, ...subgraphs.map(({ files }) => files)) as Record<string, FileReader>,
    secrets,
    release: close,
  };
}
