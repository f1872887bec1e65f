import type { FusedSubgraph } from '../../../gateway/engines/fused/subgraph-schema.ts';
import { SCALARS } from '../../../subgraphs/scalars.ts';
import { openFeed } from '../../../subgraphs/feeds/feed.ts';
import { weather } from '../../../subgraphs/feeds/weather/weather-feed.ts';
import { fuse } from '../connect/start-connectors.ts';
import { readSdl } from '../open-subgraph.ts';

// The tests say what they expect to be in it.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Loose = any;

/** Places of another subgraph, by their coordinates: as many in a list as there are points. */
function placesAt(points: readonly (readonly [number, number])[]): FusedSubgraph {
  return {
    name: 'places',
    sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
      scalar Latitude
      scalar Longitude
      type Query { places: [Place!]! }
      type Place @key(fields: "location { latitude longitude }", resolvable: false) { location: GeoPoint! }
      type GeoPoint { latitude: Latitude! longitude: Longitude! }`,
    resolvers: {
      Latitude: SCALARS.Latitude,
      Longitude: SCALARS.Longitude,
      Query: {
        places: () =>
          points.map(([latitude, longitude]) => ({ location: { latitude, longitude } })),
      },
    },
    createContext: () => ({}),
  };
}

/** The weather of places, with the feed over these base URLs. */
export function startWeather(
  baseUrls: { readonly nws: string; readonly metno: string },
  points: readonly (readonly [number, number])[],
) {
  const config = { contact: 'ops@example.com', baseUrls };
  return fuse(openFeed('weather', weather, readSdl, config), [placesAt(points)]);
}
