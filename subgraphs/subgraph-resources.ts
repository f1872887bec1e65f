import { z } from 'zod';
import { type Environment, integer, type Problems, readEnvironment } from '../configuration/environment.ts';
import { createMemoryState } from '../state/memory-state.ts';
import type { SharedState } from '../state/shared-state.ts';
import { NO_MONITOR, type UpstreamMonitor } from '../upstream/upstream-monitor.ts';
import type { UpstreamResources } from '../upstream/upstream-policy.ts';

/** What the subgraphs of a process have in common. */
export interface SubgraphResources extends UpstreamResources {
  readonly state: SharedState;
}

const DEFAULT_MAX_TRIES = 3;

/** For a process of its own whom nobody watches. */
export const ownResources = (): SubgraphResources => ({ monitor: NO_MONITOR, state: createMemoryState(), maxTries: DEFAULT_MAX_TRIES });

export interface ResourceSettings {
  /** Where what instances know together is kept; undefined where there is one instance. It may hold a password. */
  readonly redisUrl: string | undefined;
  readonly maxTries: number;
}

/** @returns undefined where anything was wrong; every problem has then been added to `problems`. */
export function readResourceSettings(environment: Environment, problems: Problems): ResourceSettings | undefined {
  const read = readEnvironment(VARIABLES, environment, problems);
  return read && { redisUrl: read.REDIS_URL, maxTries: read.UPSTREAM_MAX_TRIES };
}

const VARIABLES = {
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis or rediss URL.' }).optional(),
  UPSTREAM_MAX_TRIES: integer({ min: 1, max: 10 }).default(DEFAULT_MAX_TRIES),
};

export async function openResources({ redisUrl, maxTries }: ResourceSettings, monitor: UpstreamMonitor): Promise<SubgraphResources> {
  if (redisUrl === undefined) return { ...ownResources(), monitor, maxTries };
  // Here alone: most start without it.
  const { openRedisState } = await import('../state/redis-state.ts');
  const onChange = (isShared: boolean) => {
    monitor.sharedStateChanged(isShared);
  };
  return { monitor, maxTries, state: await openRedisState({ url: redisUrl, onChange }) };
}
