import type { Callers } from '../access/callers.ts';
import type { SignCaller } from '../access/services/signed-caller.ts';
import { Safelist } from '../access/safelist/safelist.ts';
import { type RunningService, startService } from '../http/service.ts';
import type { Monitoring } from '../monitoring/monitoring.ts';
import type { Tracing } from '../monitoring/tracing.ts';
import type { GatewayConfig } from './config.ts';
import type { RunningGraph } from './execution.ts';
import { servePlayground } from './playground-routes.ts';
import { serveSchema } from './schema-route.ts';

export interface GatewayOptions {
  readonly config: GatewayConfig;
  readonly graph: RunningGraph;
  readonly callers: Callers;
  /** @default services are not told who asks */
  readonly signCaller?: SignCaller | undefined;
  /** Where the built playground lies. */
  readonly playground: URL;
  readonly writeLog: (line: string) => void;
  readonly monitoring: Monitoring;
  readonly tracing?: Tracing | undefined;
}

/** Serves the graph with all that belongs to it. */
export function startGateway({ config, graph, playground, ...watching }: GatewayOptions): Promise<RunningService> {
  const { execution, production, costLimits } = config;
  return startService({
    config,
    safelist: config.safelist && new Safelist(config.safelist.mode, config.safelist.operations),
    corsOrigins: config.corsOrigins,
    limits: config.limits,
    ...graph,
    // In production, services do not tell their gateway of their calls.
    costs: { limits: costLimits, tables: graph.callTables, hearsOfCalls: execution.mode === 'embedded' || !production },
    ...watching,
    warmUp: WARM_UP,
    addRoutes: (app, currentSchema) => {
      if (config.introspection) serveSchema(app, currentSchema);
      if (config.playground) servePlayground(app, playground);
    },
  });
}

/** A supergraph of somebody else's refuses it, which warms as much as can be. */
const WARM_UP = {
  query: `{
    customers(first: 1) {
      edges { node { id name company { name } payments(first: 1) { nodes { amount { amount } status } } address { formatted place { id } } } }
    }
  }`,
};
