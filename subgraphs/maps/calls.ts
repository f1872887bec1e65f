import type { CallTable, Read } from '../../limits/call-table.ts';

/** The calls to a mapping service: one for each address or way, and a matrix for many ways to one place. */

const ONE: readonly Read[] = [{ per: 'object' }];

/** An address is looked up once, whatever is wanted of it. */
const PLACE: Read = { per: 'object', name: 'place' };

/** Every service of ours takes as many addresses in a matrix, with the one that all ways lead to: its `maxNamedWaypoints`. */
export const NAMED_WAYPOINTS = 50;

/** The service's `maxPlacesPageSize` and `maxPlaces`. */
export const PLACES_PAGE_SIZE = 20;
export const MAX_PLACES = 60;

export const MAPS_CALLS: CallTable = {
  'Query.geocode': ONE,
  'Query.reverseGeocode': ONE,
  'Query.route': ONE,
  'Query.travelTimes': ONE,
  // A position may be inside one of the service's pages, which is then read again.
  'Query.places': [
    { per: 'page', of: PLACES_PAGE_SIZE, most: MAX_PLACES / PLACES_PAGE_SIZE },
    { per: 'object', given: 'after' },
  ],
  'PostalAddress.place': [PLACE],
  'PostalAddress.timeZone': [PLACE, { per: 'object' }],
  'PostalAddress.route': ONE,
  'PostalAddress.travelTime': [{ per: 'batch', of: NAMED_WAYPOINTS - 1 }],
};
