import { Unauthenticated } from './access/refusal.ts';
import type { SignedCallers } from './access/services/signed-caller.ts';
import type { ServerConfig } from './server/server-config.ts';
import type { RunningService } from './server/run.ts';
import { type ServiceOptions, startService } from './graphql/service.ts';
import type { GraphSource } from './graphql/served-graph.ts';
import { revisionOf } from './graph-revision.ts';
import { type LimitSettings, SERVICE_LIMITS } from './admission/limit-settings.ts';
import type { Monitoring } from '../monitoring/monitoring.ts';
import type { Tracing } from '../monitoring/tracing.ts';
import type { BudgetStore } from '../state/shared-state.ts';
import { createSubgraphGraph } from './engines/single/subgraph-graph.ts';
import type { SubgraphModule } from '../subgraphs/module.ts';
import type { Subgraph } from '../subgraphs/subgraph.ts';
import { serveWebhooks, type WebhookOptions } from './webhook-routes.ts';

export interface SubgraphServiceOptions {
  readonly config: ServerConfig;
  /** @default the default limits */
  readonly limits?: LimitSettings | undefined;
  /** Counts the requests of client addresses. @default in this process */
  readonly budgets?: BudgetStore | undefined;
  /** Its `warmUp` runs before client requests. @default none */
  readonly module?: Pick<SubgraphModule, 'warmUp'> | undefined;
  /** The first graph: the one subgraph. */
  readonly first: GraphSource;
  /** Identifies the caller that the gateway has signed. */
  readonly callers: SignedCallers;
  /** @default vendor events are not received */
  readonly webhooks?: WebhookOptions | undefined;
  /** Reads the changes that vendors tell of: responses then say up to where they show them. @default there are none */
  readonly tail?: ServiceOptions['tail'];
  readonly reload?: ServiceOptions['reload'];
  /** Credentials, which are removed from the log. */
  readonly secrets: readonly string[];
  readonly writeLog: (line: string) => void;
  readonly monitoring: Monitoring;
  readonly tracing?: Tracing | undefined;
  /** Releases resources that live longer than a graph, after the last request. @default no action */
  readonly end?: (() => Promise<void>) | undefined;
}

/** Serves one subgraph as a Federation service. */
export async function startSubgraphService({
  limits = SERVICE_LIMITS,
  module,
  callers,
  webhooks,
  ...options
}: SubgraphServiceOptions): Promise<RunningService> {
  return startService({
    limits,
    isFromGateway: async ({ headers }) => {
      try {
        await callers.identify(headers);
        return true;
      } catch (error) {
        if (error instanceof Unauthenticated) return false;
        throw error;
      }
    },
    callers,
    hasSigned: callers.hasSigned,
    warmUp: module?.warmUp,
    addRoutes: (app, context) => {
      if (webhooks !== undefined) serveWebhooks(app, webhooks, { ...context, ...options });
    },
    ...options,
  });
}

/** Prepares a subgraph for its service. */
export const toServiceSource = (
  subgraph: Subgraph,
  source: Partial<Pick<GraphSource, 'revision' | 'release'>> = {},
): GraphSource => ({
  graph: createSubgraphGraph(subgraph),
  revision: revisionOf(subgraph.sdl),
  files: subgraph.files ?? {},
  dependencies: subgraph.dependencies && new Map([[subgraph.name, subgraph.dependencies]]),
  release: () => Promise.resolve(),
  ...source,
});
