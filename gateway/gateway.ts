import type { Callers } from './access/callers.ts';
import type { SignCaller } from './access/services/signed-caller.ts';
import { Safelist } from './access/safelist/safelist.ts';
import type { RunningService } from './server/run.ts';
import { type ServiceOptions, startService } from './graphql/service.ts';
import type { GraphSource } from './graphql/served-graph.ts';
import type { WarmUpOperation } from '../subgraphs/subgraph.ts';
import type { Monitoring } from '../monitoring/monitoring.ts';
import type { Tracing } from '../monitoring/tracing.ts';
import type { BudgetStore } from '../state/shared-state.ts';
import type { GatewayConfig } from './config.ts';
import type { RunningGraph } from './engines/running-graph.ts';
import { servePlayground } from './playground-routes.ts';
import { serveSchema } from './schema-route.ts';
import { serveWebhooks, type WebhookOptions } from './webhook-routes.ts';

export interface GatewayOptions {
  readonly config: GatewayConfig;
  /** The graph to begin with; all else outlives it. */
  readonly first: GraphSource;
  readonly callers: Callers;
  /** Counts what callers spend. @default in this process alone */
  readonly budgets?: BudgetStore | undefined;
  /** @default services are not told who asks */
  readonly signCaller?: SignCaller | undefined;
  /** The first parts of the paths of files that a graph may have. @default those that the first graph has */
  readonly filePrefixes?: readonly string[];
  /** Where the built playground lies. */
  readonly playground: URL;
  /** Is asked before clients are. A graph that does not have its fields refuses it, which warms as much as can be. */
  readonly warmUp?: WarmUpOperation | undefined;
  /** @default as the configuration says */
  readonly safelist?: Safelist | undefined;
  readonly reload?: ServiceOptions['reload'];
  readonly tail?: ServiceOptions['tail'];
  /** @default events of vendors are not received */
  readonly webhooks?: WebhookOptions | undefined;
  readonly conditional?: ServiceOptions['conditional'];
  /** Credentials, which are kept out of the log. */
  readonly secrets: readonly string[];
  readonly writeLog: (line: string) => void;
  readonly monitoring: Monitoring;
  readonly tracing?: Tracing | undefined;
  /** Ends what outlives each graph, once the last request is answered. @default nothing does */
  readonly end?: (() => Promise<void>) | undefined;
}

/** Serves graphs with all that belongs to them: one at a time, and another after each reload. */
export function startGateway({
  config,
  playground,
  safelist = createSafelist(config),
  webhooks,
  ...options
}: GatewayOptions): Promise<RunningService> {
  return startService({
    config,
    safelist,
    corsOrigins: config.corsOrigins,
    limits: config.limits,
    ...options,
    addRoutes: (app, context) => {
      const { graphs, countByAddress } = context;
      if (config.introspection) serveSchema(app, { graphs, countByAddress });
      if (config.playground) servePlayground(app, playground, countByAddress);
      if (webhooks !== undefined) serveWebhooks(app, webhooks, { ...context, ...options, config });
    },
  });
}

export interface GraphSourceOptions {
  readonly config: Pick<GatewayConfig, 'execution' | 'production' | 'costLimits'>;
  readonly running: RunningGraph;
  /** What each audience sees, as SDL, by the audience's name; of no use to a graph that cannot be narrowed. @default there are none */
  readonly audiences?: ReadonlyMap<string, string>;
  readonly revision: string;
}

/** What a gateway serves of a graph that runs. */
export function toGraphSource({
  config: { execution, production, costLimits },
  running: { forAudience, callTables, ...running },
  audiences = new Map(),
  revision,
}: GraphSourceOptions): GraphSource {
  return {
    ...running,
    revision,
    // In production, services do not tell their gateway of their calls.
    costs: {
      limits: costLimits,
      tables: callTables,
      knowsVendorCalls: execution.mode === 'embedded' || execution.mode === 'mixed' || !production,
    },
    audiences: new Map(
      forAudience === undefined
        ? []
        : [...audiences].map(([name, sdl]) => [name, { sdl, open: () => forAudience(sdl) }]),
    ),
  };
}

export const createSafelist = ({ safelist }: GatewayConfig): Safelist | undefined =>
  safelist && new Safelist(safelist.mode, safelist.operations);
