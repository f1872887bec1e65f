import { type DependencyTable, valueObjects } from '../dependencies.ts';

/**
 * Which records' changes the fields of this subgraph depend on: none has any, and most can change at any time.
 * @param keepsPlaces whether which place an address is, and where, is cached
 */
export function mapsDependencies(keepsPlaces: boolean): DependencyTable {
  const place = keepsPlaces ? [] : null;
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
