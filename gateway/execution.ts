import type { GatewayInterface } from '@apollo/server-gateway-interface';
import type { CallTables } from '../limits/call-table.ts';
import { CALL_TABLES } from '../subgraphs/call-tables.ts';
import type { RunningSubgraphs } from '../subgraphs/start-subgraphs.ts';
import type { FileReader } from '../subgraphs/subgraph.ts';
import { createFusedGateway } from './fused/fused-gateway.ts';

/** A graph that is ready to be served, however its operations are run. */
export interface RunningGraph {
  readonly graph: GatewayInterface;
  readonly files: Readonly<Record<string, FileReader>>;
  /** Credentials that no log may hold. */
  readonly secrets: readonly string[];
  /** What is known of its calls to vendors. @default nothing */
  readonly callTables?: CallTables;
  readonly release: () => Promise<void>;
}

/** Runs the supergraph over subgraphs in this process. */
export function embedSubgraphs(supergraphSdl: string, { subgraphs, secrets, close }: RunningSubgraphs): RunningGraph {
  return {
    graph: createFusedGateway({ supergraphSdl, subgraphs }),
    files: Object.assign({}, ...subgraphs.map(({ files }) => files)) as Record<string, FileReader>,
    secrets,
    callTables: CALL_TABLES,
    release: close,
  };
}
