import { createMemoryState } from '../state/memory-state.ts';
import type { SharedState } from '../state/shared-state.ts';
import { NO_MONITOR, type UpstreamMonitor } from '../upstream/upstream-monitor.ts';

/** What the subgraphs of a process have in common. */
export interface SubgraphResources {
  readonly monitor: UpstreamMonitor;
  readonly state: SharedState;
}

/** For a process of its own whom nobody watches. */
export const ownResources = (): SubgraphResources => ({ monitor: NO_MONITOR, state: createMemoryState() });
