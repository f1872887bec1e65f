import { defineSubgraph } from '../module.ts';
import { MAPS_CALLS } from './calls.ts';
import { mapsDependencies } from './dependencies.ts';
import { createMapsContext } from './context.ts';
import { cachePlaces } from './cached-places.ts';
import { MapImages } from './map-images.ts';
import { createMapToken } from './map-token.ts';
import { mapsResolvers } from './resolvers.ts';
import { MAPS } from './service.ts';
import { mapsSettings } from './settings.ts';
import { MAPS_VENDORS } from './vendors.ts';

/** Places, routes and map images. */
export const maps = defineSubgraph({
  service: MAPS,
  port: 4003,
  ownType: 'TravelTime',
  defaultVendor: 'google',
  vendors: MAPS_VENDORS,
  settings: mapsSettings,
  cachedTypes: [],
  calls: MAPS_CALLS,
  // Places have no events.
  changes: {},
  dependencies: ({ cachesPlaces }) => mapsDependencies(cachesPlaces),
  warmUp: {
    query: `query ($of: [_Any!]!) {
      _entities(representations: $of) { ... on PostalAddress { place { location { latitude longitude } } } }
    }`,
    variables: { of: [{ __typename: 'PostalAddress', formatted: '1 Main St' }] },
  },
  files: ['map'],
  create: (created, { sdl, settings, vendor, credential, resources: { state, monitor } }) => {
    const { linkSecret = credential.text, linkSeconds, callsPerMinute, cachesPlaces } = settings;
    // Instances that were started with the same vendor credential can read each other's links. Links stay valid when it is
    // renewed.
    const mapToken = createMapToken({ secret: linkSecret, linkSeconds });
    const onLookup = (found: 'hit' | 'miss') => {
      monitor.cacheLookup(vendor, found);
    };
    const provider = cachesPlaces
      ? cachePlaces(created, { places: state.responses, vendor, credential, onLookup })
      : created;
    const images = new MapImages(provider, {
      callsPerMinute,
      budgets: state.budgets,
      vendor,
      credential,
      onLookup,
    });
    return {
      // It has no extensible types.
      serve: () => ({
        name: MAPS.name,
        sdl,
        resolvers: mapsResolvers,
        createContext: (request) => createMapsContext(provider, mapToken, request),
        files: {
          map: async (token, scope) => {
            const view = mapToken.read(token);
            return view && images.read(view, scope);
          },
        },
      }),
      close: () => provider.close(),
    };
  },
});
