import { z } from 'zod';
import { allOf, type Settings } from '../settings/settings.ts';
import { durations } from '../settings/values.ts';
import type { VendorChanges } from '../events/catch-up/vendor-events.ts';
import type { ConnectedSubgraph } from './subgraph.ts';
import { type Lifetimes, NO_LIFETIMES } from '../upstream/upstream-policy.ts';

/**
 * How long the answers of a subgraph's vendor are cached: `CRM_CACHE=Customer=30s,Company=5m`, and `CRM_CACHE_STALE` likewise. `CRM_CACHE=live`
 * caches what events tell of; times behind it, as in `live,Owner=1h`, are for the rest, and for as long as events cannot be relied on.
 * @param types of the graph for which a time can be set.
 */
export function lifetimeSettings(subgraph: string, types: readonly string[]): Settings<Lifetimes> {
  if (types.length === 0) return z.unknown().transform(() => NO_LIFETIMES);
  const [fresh, stale] = [nameOf(subgraph), `${nameOf(subgraph)}_STALE`];
  return allOf({
    fresh: z.object({ [fresh]: liveOrTimes(types).optional() }),
    stale: z.object({ [stale]: durations(types, MAX_SECONDS).optional() }),
  }).transform((read) => ({
    ...(read.fresh[fresh] ?? { freshSeconds: NO_LIFETIMES.freshSeconds }),
    staleSeconds: read.stale[stale] ?? NO_LIFETIMES.staleSeconds,
  }));
}

/** `live`, times, or both: `live,Owner=1h`. */
const liveOrTimes = (types: readonly string[]) =>
  z.string().transform((text, context): Omit<Lifetimes, 'staleSeconds'> => {
    const [live, others] = /^\s*live\s*(?:,(.*))?$/s.exec(text) ?? [];
    const isLive = live !== undefined && { isLive: true };
    if (live !== undefined && others === undefined)
      return { freshSeconds: NO_LIFETIMES.freshSeconds, ...isLive };
    const read = durations(types, MAX_SECONDS, 'live, ').safeParse(others ?? text);
    for (const { message } of read.error?.issues ?? []) context.addIssue(message);
    return read.data === undefined ? z.NEVER : { freshSeconds: read.data, ...isLive };
  });

/** What a vendor holds changes without this graph's knowing; who wants it older wants a copy, not a cache. */
const MAX_SECONDS = 43_200;

const nameOf = (subgraph: string) => `${subgraph.toUpperCase()}_CACHE`;

/** A line for each subgraph that is to cache until events tell of a change, and whose vendor sends none. */
export const describeLiveWithoutEvents = (
  subgraphs: readonly (Pick<ConnectedSubgraph, 'name' | 'isCachedLive'> & {
    readonly events?: Pick<VendorChanges, 'webhooks'>;
  })[],
): readonly string[] =>
  subgraphs
    .filter(({ isCachedLive, events }) => isCachedLive === true && events?.webhooks === undefined)
    .map(
      ({ name }) =>
        `${nameOf(name)}=live caches nothing: no webhooks of the vendor are set up, which would tell of changes.`,
    );
