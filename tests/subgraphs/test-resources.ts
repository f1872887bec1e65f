import { type Environment, parseSettings } from '../../settings/settings.ts';
import { createMemoryState } from '../../state/memory-state.ts';
import { resourceSettings, type SubgraphResources } from '../../subgraphs/subgraph-resources.ts';
import { NO_MONITOR } from '../../upstream/upstream-monitor.ts';

/** The resources of a process without monitoring, with the default settings; no call is cut because the machine is slow. */
export const ownResources = (environment: Environment = {}): SubgraphResources => {
  const problems: string[] = [];
  const settings = parseSettings(
    resourceSettings,
    { VENDOR_TIMEOUT_MS: '0', ...environment },
    problems,
  );
  if (settings === undefined) throw new Error(problems.join('\n'));
  return { ...settings, monitor: NO_MONITOR, state: createMemoryState() };
};

/** Each test says each answer of a vendor: nothing is tried again, and no failure stands in for the next, unless the test says so. */
export const testResources = (environment: Environment): SubgraphResources =>
  ownResources({ UPSTREAM_MAX_TRIES: '1', UPSTREAM_MAX_FAILURES: '0', ...environment });
