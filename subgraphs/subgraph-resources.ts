import { type Environment, integer, type Problems, readEnvironment } from '../configuration/environment.ts';
import { createMemoryState } from '../state/memory-state.ts';
import type { SharedState } from '../state/shared-state.ts';
import { NO_MONITOR } from '../upstream/upstream-monitor.ts';
import type { UpstreamResources } from '../upstream/upstream-policy.ts';

/** What the subgraphs of a process have in common. */
export interface SubgraphResources extends UpstreamResources {
  readonly state: SharedState;
}

const DEFAULT_MAX_TRIES = 3;
const DEFAULT_MAX_FAILURES = 10;

/** For a process of its own whom nobody watches. */
export const ownResources = (): SubgraphResources => ({
  monitor: NO_MONITOR,
  state: createMemoryState(),
  maxTries: DEFAULT_MAX_TRIES,
  maxFailures: DEFAULT_MAX_FAILURES,
});

export type ResourceSettings = Pick<UpstreamResources, 'maxTries' | 'maxFailures'>;

/** @returns undefined where anything was wrong; every problem has then been added to `problems`. */
export function readResourceSettings(environment: Environment, problems: Problems): ResourceSettings | undefined {
  const read = readEnvironment(VARIABLES, environment, problems);
  if (read === undefined) return undefined;
  const { UPSTREAM_MAX_TRIES: maxTries, UPSTREAM_MAX_FAILURES: maxFailures } = read;
  return { maxTries, maxFailures: maxFailures === 0 ? Infinity : maxFailures };
}

const VARIABLES = {
  UPSTREAM_MAX_TRIES: integer({ min: 1, max: 10 }).default(DEFAULT_MAX_TRIES),
  /** 0: a vendor is called whatever it does. */
  UPSTREAM_MAX_FAILURES: integer({ min: 0, max: 1000 }).default(DEFAULT_MAX_FAILURES),
};
