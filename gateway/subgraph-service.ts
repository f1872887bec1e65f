import type { Callers } from './access/callers.ts';
import { Unauthenticated } from './access/refusal.ts';
import type { ServerConfig } from './server/server-config.ts';
import type { RunningService } from './server/run.ts';
import { type ServiceOptions, startService } from './graphql/service.ts';
import { type LimitSettings, SERVICE_LIMITS } from './admission/limit-settings.ts';
import type { Monitoring } from '../monitoring/monitoring.ts';
import type { Tracing } from '../monitoring/tracing.ts';
import type { BudgetStore } from '../state/shared-state.ts';
import type { RunningSubgraphs } from '../subgraphs/start-subgraphs.ts';
import { createSubgraphGraph } from './engines/single/subgraph-graph.ts';
import type { SubgraphModule } from '../subgraphs/module.ts';

export interface SubgraphServiceOptions {
  readonly config: ServerConfig;
  /** @default those that hold where no setting says otherwise */
  readonly limits?: LimitSettings | undefined;
  /** Counts what clients' addresses ask for. @default in this process alone */
  readonly budgets?: BudgetStore | undefined;
  /** Its `warmUp` is asked before clients are. @default nothing is */
  readonly module?: Pick<SubgraphModule, 'warmUp'> | undefined;
  /** The one subgraph to serve. */
  readonly running: RunningSubgraphs;
  /** Finds out on whose behalf a gateway asks. */
  readonly callers: Callers;
  readonly reload?: ServiceOptions['reload'];
  readonly writeLog: (line: string) => void;
  readonly monitoring: Monitoring;
  readonly tracing?: Tracing | undefined;
}

/** Serves one subgraph as a Federation service of its own. */
export async function startSubgraphService(
  options: SubgraphServiceOptions,
): Promise<RunningService> {
  const {
    config,
    limits = SERVICE_LIMITS,
    budgets,
    module,
    running,
    callers,
    writeLog,
    monitoring,
    tracing,
  } = options;
  const [subgraph] = running.subgraphs;
  if (subgraph === undefined) throw new TypeError('There is no subgraph to serve.');
  return startService({
    config,
    limits,
    budgets,
    graph: createSubgraphGraph(subgraph),
    files: subgraph.files ?? {},
    isFromGateway: async ({ headers }) => {
      try {
        await callers.identify(headers);
        return true;
      } catch (error) {
        if (error instanceof Unauthenticated) return false;
        throw error;
      }
    },
    secrets: running.secrets,
    callers,
    reload: options.reload,
    writeLog,
    monitoring,
    tracing,
    warmUp: module?.warmUp,
    release: running.close,
  });
}
