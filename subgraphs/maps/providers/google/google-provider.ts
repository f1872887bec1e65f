import type { UpstreamResources } from '../../../../upstream/upstream-policy.ts';
import type { MapsProvider } from '../../provider.ts';
import { GOOGLE_CAPABILITIES } from './google-capabilities.ts';
import { createGoogleClients } from './google-client.ts';
import type { GoogleConfig } from './google-config.ts';
import { computeRoute, geocode, reverseGeocode, timeZone } from './google-endpoints.ts';
import { readMapImage, readMatrix, readPlaces } from './google-reads.ts';

export function createGoogleProvider(
  config: GoogleConfig,
  resources: UpstreamResources,
): MapsProvider {
  const { geocoding, images, routes, places } = createGoogleClients(config, resources);
  return {
    capabilities: GOOGLE_CAPABILITIES,
    // Addresses and points have no batch call: one call for each.
    geocode: (addresses, _fields, scope) =>
      each(addresses, (address) => geocoding.send(geocode(address), scope)),
    reverseGeocode: (points, scope) =>
      each(points, (point) => geocoding.send(reverseGeocode(point), scope)),
    timeZones: (points, scope) => each(points, (point) => geocoding.send(timeZone(point), scope)),
    mapImage: (view, scope) => readMapImage(images, view, scope),
    routes: (journeys, fields, scope) =>
      each(journeys, (journey) => routes.find(computeRoute(journey, fields), scope)),
    travelTimes: (matrix, fields, scope) => readMatrix(routes, matrix, fields, scope),
    placesByText: (search, page, fields, scope) => readPlaces(places, search, page, fields, scope),
    close: async () => {
      await Promise.all([geocoding, images, routes, places].map((client) => client.close()));
    },
  };
}

const each = <In, Out>(
  items: readonly In[],
  read: (item: In) => Promise<Out>,
): Promise<(Out | Error)[]> =>
  // The cast is safe: the client throws only errors.
  Promise.all(items.map((item) => read(item).catch((error: unknown) => error as Error)));
