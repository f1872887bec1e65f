import type { Environment, Problems } from '../configuration/environment.ts';
import { createMemoryState } from '../state/memory-state.ts';
import type { SharedState } from '../state/shared-state.ts';
import { NO_MONITOR, type UpstreamMonitor } from '../upstream/upstream-monitor.ts';
import type { LookAlikes } from './look-alikes.ts';
import { ownResources, readResourceSettings, type SubgraphResources } from './subgraph-resources.ts';
import type { Subgraph } from './subgraph.ts';
import type { VendorPlan } from './vendor-plan.ts';

export type ReadSdl = (subgraph: string) => string;

/** Adds to `problems` whatever is wrong with the settings of the planned subgraphs, look-alikes included. */
export async function checkSubgraphs(plans: readonly VendorPlan[], readSdl: ReadSdl, environment: Environment, problems: Problems) {
  const found: Problems = [];
  const withCredentials = { ...environment, ...Object.fromEntries(missing(plans).map(({ credential }) => [credential, PLACEHOLDER])) };
  readResourceSettings(environment, found);
  const subgraphs = createAll(plans, readSdl, withCredentials, found, ownResources());
  await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
  problems.push(...found.filter((problem) => !missing(plans).some(({ credential }) => problem.startsWith(credential))));
}

/** Stands for a credential that a look-alike will bring along, while the other settings are checked. */
const PLACEHOLDER = 'placeholder';

export interface RunningSubgraphs {
  readonly subgraphs: readonly Subgraph[];
  /** The credentials in use, which no log may hold. */
  readonly secrets: readonly string[];
  readonly close: () => Promise<void>;
}

export interface StartSubgraphsOptions {
  readonly plans: readonly VendorPlan[];
  readonly readSdl: ReadSdl;
  readonly environment: Environment;
  readonly startLookAlikes: (vendors: readonly string[]) => Promise<LookAlikes>;
  /** Hears what happens between this process and the vendors. @default nobody does */
  readonly monitor?: UpstreamMonitor;
  /** What the process's instances know together; whoever opened it closes it. @default what this process knows */
  readonly state?: SharedState;
}

/** Makes the planned subgraphs, whose settings are known to be right, after the look-alikes that they need. */
export async function startSubgraphs(options: StartSubgraphsOptions): Promise<RunningSubgraphs> {
  const { plans, readSdl, environment, startLookAlikes, monitor = NO_MONITOR, state = createMemoryState() } = options;
  const vendors = missing(plans).map(({ vendor }) => vendor);
  const lookAlikes = vendors.length > 0 ? await startLookAlikes(vendors) : undefined;
  const complete = { ...environment, ...lookAlikes?.environment };
  const problems: Problems = [];
  const settings = readResourceSettings(environment, problems);
  const resources = settings && { ...settings, monitor, state };
  const subgraphs = resources === undefined ? [] : createAll(plans, readSdl, complete, problems, resources);
  if (problems.length > 0) throw new Error(`The subgraphs cannot be started: ${problems.join(' ')}`);
  return {
    subgraphs,
    secrets: plans.flatMap(({ credential }) => complete[credential] ?? []),
    close: async () => {
      await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
      lookAlikes?.close();
    },
  };
}

const missing = (plans: readonly VendorPlan[]) => plans.filter(({ isLookAlike }) => isLookAlike);

function createAll(
  plans: readonly VendorPlan[],
  readSdl: ReadSdl,
  environment: Environment,
  problems: Problems,
  resources: SubgraphResources,
): Subgraph[] {
  return plans.flatMap(({ module }) => module.create({ sdl: readSdl(module.name), environment, problems, resources }) ?? []);
}
