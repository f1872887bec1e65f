import { type DependencyTable, valueObjects } from '../dependencies.ts';

/**
 * The records whose changes affect the fields of this subgraph: there are none with events, and most fields can change at any time.
 * @param cachesPlaces whether ids and locations of addresses are cached
 */
export function mapsDependencies(cachesPlaces: boolean): DependencyTable {
  const place = cachesPlaces ? [] : null;
  return {
    PostalAddress: [],
    'PostalAddress.place': place,
    'PostalAddress.timeZone': null,
    'PostalAddress.route': null,
    'PostalAddress.travelTime': null,
    Place: null,
    'Place.id': place,
    'Place.location': place,
    Query: null,
    Route: null,
    TravelTime: null,
    PlaceConnection: null,
    PlaceEdge: null,
    ...valueObjects('GeoPoint', 'MapImage', 'PageInfo'),
  };
}
