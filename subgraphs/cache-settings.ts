import { z } from 'zod';
import type { Settings } from '../settings/settings.ts';
import { durations } from '../settings/values.ts';
import { type Lifetimes, NO_LIFETIMES } from '../upstream/upstream-policy.ts';

/**
 * How long the answers of a subgraph's vendor are cached: `CRM_CACHE=Customer=30s,Company=5m`, and `CRM_CACHE_STALE` likewise.
 * @param types of the graph for which a time can be set.
 */
export function lifetimeSettings(subgraph: string, types: readonly string[]): Settings<Lifetimes> {
  if (types.length === 0) return z.unknown().transform(() => NO_LIFETIMES);
  const [fresh, stale] = [
    `${subgraph.toUpperCase()}_CACHE`,
    `${subgraph.toUpperCase()}_CACHE_STALE`,
  ];
  const times = durations(types, MAX_SECONDS).optional();
  return z.object({ [fresh]: times, [stale]: times }).transform((read) => ({
    freshSeconds: read[fresh] ?? NO_LIFETIMES.freshSeconds,
    staleSeconds: read[stale] ?? NO_LIFETIMES.staleSeconds,
  }));
}

/** What a vendor holds changes without this graph's knowing; who wants it older wants a copy, not a cache. */
const MAX_SECONDS = 43_200;
