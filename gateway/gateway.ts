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
  /** The first graph. Everything else lives longer than a graph. */
  readonly first: GraphSource;
  readonly callers: Callers;
  /** Counts the usage of callers. @default in this process */
  readonly budgets?: BudgetStore | undefined;
  /** @default services do not receive the caller */
  readonly signCaller?: SignCaller | undefined;
  /** The first path segments of files that graphs can have. @default those of the first graph */
  readonly filePrefixes?: readonly string[];
  /** The folder of the built playground. */
  readonly playground: URL;
  /** Runs before client requests. A graph without its fields refuses it, which still warms up most of the code. */
  readonly warmUp?: WarmUpOperation | undefined;
  /** @default the configured safelist */
  readonly safelist?: Safelist | undefined;
  readonly reload?: ServiceOptions['reload'];
  readonly tail?: ServiceOptions['tail'];
  /** @default vendor events are not received */
  readonly webhooks?: WebhookOptions | undefined;
  readonly conditional?: ServiceOptions['conditional'];
  /** Credentials, which are removed from the log. */
  readonly secrets: readonly string[];
  readonly writeLog: (line: string) => void;
  readonly monitoring: Monitoring;
  readonly tracing?: Tracing | undefined;
  /** Releases resources that live longer than a graph, after the last request. @default no action */
  readonly end?: (() => Promise<void>) | undefined;
}

/** Serves one graph at a time, and another after each reload. */
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
  /** The schema of each audience, by name. Ignored for a graph that cannot be narrowed. @default none */
  readonly audiences?: ReadonlyMap<string, string>;
  readonly revision: string;
}

/** Prepares a running graph for serving. */
export function toGraphSource({
  config: { execution, production, costLimits },
  running: { forAudience, callTables, ...running },
  audiences = new Map(),
  revision,
}: GraphSourceOptions): GraphSource {
  return {
    ...running,
    revision,
    // In production, services do not report their vendor calls to the gateway.
    costs: {
      limits: costLimits,
      tables: callTables,
      tracksVendorCalls: execution.mode === 'embedded' || execution.mode === 'mixed' || !production,
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
