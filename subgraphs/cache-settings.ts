import { z } from 'zod';
import { allOf, type Settings } from '../settings/settings.ts';
import { durations } from '../settings/values.ts';
import type { VendorChanges } from '../events/catch-up/vendor-events.ts';
import type { ConnectedSubgraph } from './subgraph.ts';
import { type Lifetimes, NO_LIFETIMES } from '../upstream/upstream-policy.ts';

/**
 * How long the responses of a subgraph's vendor are cached: `CRM_CACHE=Customer=30s,Company=5m`, and `CRM_CACHE_STALE` likewise.
 * `CRM_CACHE=live`
 * caches what events cover; the times behind it, as in `live,Owner=1h`, apply to the rest, and while events are not reliable.
 * @param types types of the graph that can have a time
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

/** A vendor's data changes without this graph's knowledge. Older data needs a copy, not a cache. */
const MAX_SECONDS = 43_200;

const nameOf = (subgraph: string) => `${subgraph.toUpperCase()}_CACHE`;

/** A line for each subgraph with a live cache whose vendor sends no events. */
export const describeLiveWithoutEvents = (
  subgraphs: readonly (Pick<ConnectedSubgraph, 'name' | 'isCachedLive'> & {
    readonly events?: Pick<VendorChanges, 'webhooks'>;
  })[],
): readonly string[] =>
  subgraphs
    .filter(({ isCachedLive, events }) => isCachedLive === true && events?.webhooks === undefined)
    .map(
      ({ name }) =>
        `${nameOf(name)}=live caches nothing: no webhooks of the vendor are set up, which would report changes. Set their secret, or remove live.`,
    );
