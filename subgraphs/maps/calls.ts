import type { CallTable, Read } from '../call-table.ts';
import { MAPS_CAPABILITIES } from './capabilities.ts';
import type { MapsCapabilities } from './provider.ts';

/**
 * The calls to a mapping service: one for each address or route, and a matrix for many routes to one place. Numbers are the maximum over
 * all services.
 */

const ONE: readonly Read[] = [{ per: 'object' }];

/** An address is looked up once for all its fields. */
const PLACE: Read = { per: 'object', name: 'place' };

const least = (figure: (capabilities: MapsCapabilities) => number) =>
  Math.min(...MAPS_CAPABILITIES.map(figure));

/** All routes of a matrix lead to one address. */
const ORIGINS_OF_A_MATRIX = least(({ maxNamedWaypoints }) => maxNamedWaypoints) - 1;
const PAGE_SIZE = least(({ maxPlacesPageSize }) => maxPlacesPageSize);
const MAX_PAGES = Math.max(
  ...MAPS_CAPABILITIES.map(({ maxPlaces }) => Math.ceil(maxPlaces / PAGE_SIZE)),
);

export const MAPS_CALLS: CallTable = {
  'Query.geocode': ONE,
  'Query.reverseGeocode': ONE,
  'Query.route': ONE,
  'Query.travelTimes': ONE,
  // A cursor may point inside one of the service's pages, which is then read again.
  'Query.places': [
    { per: 'page', of: PAGE_SIZE, most: MAX_PAGES },
    { per: 'object', argument: 'after' },
  ],
  'PostalAddress.place': [PLACE],
  'PostalAddress.timeZone': [PLACE, { per: 'object' }],
  'PostalAddress.route': ONE,
  'PostalAddress.travelTime': [{ per: 'batch', of: ORIGINS_OF_A_MATRIX }],
};
