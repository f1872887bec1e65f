import { createMemoryState } from '../state/memory-state.ts';
import type { SharedState } from '../state/shared-state.ts';
import { NO_MONITOR } from '../upstream/upstream-monitor.ts';
import type { UpstreamResources } from '../upstream/upstream-policy.ts';

/** What the subgraphs of a process have in common. */
export interface SubgraphResources extends UpstreamResources {
  readonly state: SharedState;
}

export const DEFAULT_MAX_TRIES = 3;

/** For a process of its own whom nobody watches. */
export const ownResources = (): SubgraphResources => ({ monitor: NO_MONITOR, state: createMemoryState(), maxTries: DEFAULT_MAX_TRIES });
