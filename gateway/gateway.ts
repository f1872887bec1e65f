import type { Callers } from './access/callers.ts';
import type { SignCaller } from './access/services/signed-caller.ts';
import { Safelist } from './access/safelist/safelist.ts';
import type { RunningService } from './server/run.ts';
import { type ServiceOptions, startService } from './graphql/service.ts';
import type { WarmUpOperation } from '../subgraphs/subgraph.ts';
import type { Monitoring } from '../monitoring/monitoring.ts';
import type { Tracing } from '../monitoring/tracing.ts';
import type { BudgetStore } from '../state/shared-state.ts';
import type { GatewayConfig } from './config.ts';
import type { RunningGraph } from './engines/running-graph.ts';
import { servePlayground } from './playground-routes.ts';
import { serveSchema } from './schema-route.ts';

export interface GatewayOptions {
  readonly config: GatewayConfig;
  readonly graph: RunningGraph;
  readonly callers: Callers;
  /** Counts what callers spend. @default in this process alone */
  readonly budgets?: BudgetStore | undefined;
  /** @default services are not told who asks */
  readonly signCaller?: SignCaller | undefined;
  /** What each audience sees, as SDL, by the audience's name; of no use to a graph that cannot be narrowed. @default there are none */
  readonly audiences?: ReadonlyMap<string, string>;
  /** Where the built playground lies. */
  readonly playground: URL;
  /** Is asked before clients are. A graph that does not have its fields refuses it, which warms as much as can be. */
  readonly warmUp?: WarmUpOperation | undefined;
  /** @default as the configuration says */
  readonly safelist?: Safelist | undefined;
  readonly reload?: ServiceOptions['reload'];
  readonly writeLog: (line: string) => void;
  readonly monitoring: Monitoring;
  readonly tracing?: Tracing | undefined;
}

/** Serves the graph with all that belongs to it. */
export function startGateway({
  config,
  graph,
  audiences: given,
  playground,
  warmUp,
  safelist = createSafelist(config),
  ...watching
}: GatewayOptions): Promise<RunningService> {
  const { execution, production, costLimits } = config;
  const { forAudience, ...running } = graph;
  const audiences =
    forAudience === undefined
      ? []
      : [...(given ?? [])].map(([name, sdl]) => ({ name, sdl, open: () => forAudience(sdl) }));
  return startService({
    config,
    safelist,
    corsOrigins: config.corsOrigins,
    limits: config.limits,
    ...running,
    // In production, services do not tell their gateway of their calls.
    costs: {
      limits: costLimits,
      tables: graph.callTables,
      knowsVendorCalls: execution.mode === 'embedded' || execution.mode === 'mixed' || !production,
    },
    ...watching,
    audiences: new Map(audiences.map(({ name, open }) => [name, open])),
    warmUp,
    addRoutes: (app, { schema, countByAddress }) => {
      const sdls = new Map(audiences.map(({ name, sdl }) => [name, sdl]));
      if (config.introspection) serveSchema(app, { schema, audiences: sdls, countByAddress });
      if (config.playground) servePlayground(app, playground, countByAddress);
    },
  });
}

export const createSafelist = ({ safelist }: GatewayConfig): Safelist | undefined =>
  safelist && new Safelist(safelist.mode, safelist.operations);
