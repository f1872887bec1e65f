import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Credential } from '../../upstream/credential.ts';
import type { KeyValueStore } from '../../state/shared-state.ts';
import type { Place } from './domain.ts';
import type { MapsProvider } from './provider.ts';

export interface CachedPlacesOptions {
  readonly places: KeyValueStore;
  readonly vendor: string;
  /** The credential that the places belong to. */
  readonly credential: Pick<Credential, 'account'>;
  /** Called for each address with the result of its cache lookup. */
  readonly onLookup: (found: 'hit' | 'miss') => void;
}

/**
 * A provider that caches the id and location of an address, for as long as the mapping service allows. No other fields are cached;
 * requests for them always call the service.
 */
export function cachePlaces(
  provider: MapsProvider,
  { places, vendor, credential, onLookup }: CachedPlacesOptions,
): MapsProvider {
  const { idSeconds, locationSeconds } = provider.capabilities.caching;
  const keyOf = (address: string) =>
    `${vendor}:${credential.account}:exact-place:${hash('sha256', address.toLowerCase(), 'base64url')}`;
  const find = async (address: string, fields: ReadonlySet<string>): Promise<Place | undefined> => {
    const text = await places.get(keyOf(address));
    if (text === null) return undefined;
    const { id, location, locatedAt } = cachedSchema.parse(JSON.parse(text));
    if (!fields.has('location')) return { id, isPartialMatch: false };
    return Date.now() < locatedAt + locationSeconds * 1000
      ? { id, location, isPartialMatch: false }
      : undefined;
  };
  const store = (address: string, { id, location }: Place) =>
    places.set(keyOf(address), JSON.stringify({ id, location, locatedAt: Date.now() }), idSeconds);

  return {
    ...provider,
    geocode: async (addresses, fields, scope) => {
      const isCacheable = [...fields].every((field) => CACHED_FIELDS.has(field));
      const known = isCacheable
        ? await Promise.all(addresses.map((address) => find(address, fields)))
        : [];
      const unknown = addresses.filter((_address, index) => known[index] === undefined);
      const requested = unknown.length === 0 ? [] : await provider.geocode(unknown, fields, scope);
      const found = new Map(unknown.map((address, index) => [address, requested[index] ?? null]));
      for (const [address, place] of found)
        if (place !== null && !(place instanceof Error) && !place.isPartialMatch)
          await store(address, place);
      if (isCacheable) for (const place of known) onLookup(place === undefined ? 'miss' : 'hit');
      return addresses.map((address, index) => known[index] ?? found.get(address) ?? null);
    },
  };
}

/** Partial matches are not cached: the service may find the whole address the next time. */
const CACHED_FIELDS = new Set(['id', 'location', 'isPartialMatch']);

const cachedSchema = z.object({
  id: z.string(),
  location: z.object({ latitude: z.number(), longitude: z.number() }),
  /** Time at which the location was read; milliseconds since 1970. */
  locatedAt: z.number(),
});
