import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Credential } from '../../upstream/credential.ts';
import type { KeyValueStore } from '../../state/shared-state.ts';
import type { Place } from './domain.ts';
import type { MapsProvider } from './provider.ts';

export interface CachedPlacesOptions {
  readonly places: KeyValueStore;
  readonly vendor: string;
  /** Whose places these are. */
  readonly credential: Pick<Credential, 'account'>;
  /** Hears of each address that was asked for whether its place was known. */
  readonly onLookup: (found: 'hit' | 'miss') => void;
}

/**
 * A provider that remembers which place an address is, and where that is, for as long as the mapping service allows. Nothing else of its
 * answers is kept, and who wants anything else gets a new answer.
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
      const asked = unknown.length === 0 ? [] : await provider.geocode(unknown, fields, scope);
      const found = new Map(unknown.map((address, index) => [address, asked[index] ?? null]));
      for (const [address, place] of found)
        if (place !== null && !(place instanceof Error) && !place.isPartialMatch)
          await store(address, place);
      if (isCacheable) for (const place of known) onLookup(place === undefined ? 'miss' : 'hit');
      return addresses.map((address, index) => known[index] ?? found.get(address) ?? null);
    },
  };
}

/** What was found by a part of the address only is not kept: the service may know the whole of it the next time. */
const CACHED_FIELDS = new Set(['id', 'location', 'isPartialMatch']);

const cachedSchema = z.object({
  id: z.string(),
  location: z.object({ latitude: z.number(), longitude: z.number() }),
  /** When the location was read; milliseconds since 1970. */
  locatedAt: z.number(),
});
