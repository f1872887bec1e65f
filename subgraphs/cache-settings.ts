import { z } from 'zod';
import { durations, type Environment, type Problems, readEnvironment } from '../configuration/environment.ts';
import type { Lifetimes } from '../upstream/upstream-policy.ts';

/**
 * Reads how long a subgraph's vendor's answers are kept: `CRM_CACHE=Customer=30s,Company=5m`, and `CRM_CACHE_STALE` likewise.
 * @param types of the graph for which a time can be set.
 * @returns undefined where anything was wrong; every problem has then been added to `problems`.
 */
export function readLifetimes(
  subgraph: 'CRM' | 'PAYMENTS',
  types: readonly string[],
  environment: Environment,
  problems: Problems,
): Lifetimes | undefined {
  const [fresh, stale] = [`${subgraph}_CACHE`, `${subgraph}_CACHE_STALE`] as const;
  const times = z.optional(durations(types, MAX_SECONDS)).default(() => new Map());
  const read = readEnvironment({ [fresh]: times, [stale]: times }, environment, problems);
  return read && { freshSeconds: read[fresh] ?? new Map(), staleSeconds: read[stale] ?? new Map() };
}

/** What a vendor holds changes without this graph's knowing; who wants it older wants a copy, not a cache. */
const MAX_SECONDS = 43_200;
