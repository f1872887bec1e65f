import type { UpstreamRequest } from '../../../../upstream/upstream-request.ts';
import { parseWire } from '../../../../upstream/wire.ts';
import type {
  GeoPoint,
  Journey,
  JourneyMatrix,
  LocatedPlace,
  MapView,
  Route,
} from '../../domain.ts';
import type { PlaceSearch } from '../../provider.ts';
import { toLocatedPlace, toRoute, toWaypointWire } from './google-mapping.ts';
import {
  geocodingSchema,
  matrixSchema,
  routesSchema,
  searchTextSchema,
  timeZoneSchema,
} from './google-wire.ts';

const latLng = ({ latitude, longitude }: GeoPoint) => `${degrees(latitude)},${degrees(longitude)}`;

/** Centimetre precision suffices, and Google does not parse "1e-7". */
const degrees = (value: number) => /^-?\d+(?:\.\d*[1-9])?/.exec(value.toFixed(7))?.[0] ?? '0';

const readFirstResult = (body: unknown): LocatedPlace | null => {
  const [best, ...others] = parseWire(geocodingSchema, body).results;
  if (best === undefined) return null;
  const place = toLocatedPlace(best);
  // A guess among several, or the centre of a town instead of a house, is not the address:
  // https://developers.google.com/maps/documentation/geocoding/requests-geocoding#results (partial_match)
  const isGuess =
    others.length > 0 || place.precision === 'CENTER' || place.precision === 'APPROXIMATE';
  return place.isPartialMatch && isGuess ? null : place;
};

/** https://developers.google.com/maps/documentation/geocoding/requests-geocoding */
export const geocode = (address: string) =>
  ({
    method: 'GET',
    path: '/maps/api/geocode/json',
    query: { address },
    read: readFirstResult,
  }) satisfies UpstreamRequest<unknown>;

/** https://developers.google.com/maps/documentation/geocoding/requests-reverse-geocoding */
export const reverseGeocode = (point: GeoPoint) =>
  ({
    method: 'GET',
    path: '/maps/api/geocode/json',
    query: { latlng: latLng(point) },
    read: readFirstResult,
  }) satisfies UpstreamRequest<unknown>;

/** https://developers.google.com/maps/documentation/timezone/requests-timezone */
export const timeZone = (point: GeoPoint) =>
  ({
    method: 'GET',
    path: '/maps/api/timezone/json',
    // A zone's name does not depend on the time; the start of the day keeps all requests of a day equal.
    query: {
      location: latLng(point),
      timestamp: Math.floor(Date.now() / DAY_MS) * (DAY_MS / 1000),
    },
    read: (body) => {
      const zone = parseWire(timeZoneSchema, body);
      return zone.status === 'OK' ? zone.timeZoneId : null;
    },
  }) satisfies UpstreamRequest<unknown>;

const DAY_MS = 86_400_000;

/** https://developers.google.com/maps/documentation/maps-static/start */
export function staticMap({ address, width, height, zoom }: MapView) {
  // A bar separates a marker's location from its style, which could contain a URL of any image.
  const place = address.replaceAll('|', ' ');
  return {
    method: 'GET',
    path: '/maps/api/staticmap',
    query: { center: place, zoom, size: `${String(width)}x${String(height)}`, markers: place },
    headers: { accept: 'image/*' },
  } as const;
}

/** https://developers.google.com/maps/documentation/routes/reference/rest/v2/TopLevel/computeRoutes */
export const computeRoute = ({ from, to, mode }: Journey, fields: ReadonlySet<string>) =>
  ({
    method: 'POST',
    path: '/directions/v2:computeRoutes',
    headers: fieldMask(ROUTE_FIELDS, fields, []),
    json: { origin: toWaypointWire(from), destination: toWaypointWire(to), travelMode: mode },
    read: (body): Route | null => {
      const [best] = parseWire(routesSchema, body).routes;
      return best === undefined ? null : toRoute(best, fields);
    },
  }) satisfies UpstreamRequest<unknown>;

const ROUTE_FIELDS = {
  distance: 'routes.distanceMeters',
  duration: 'routes.duration',
  polyline: 'routes.polyline.encodedPolyline',
  description: 'routes.description',
};

/** https://developers.google.com/maps/documentation/routes/reference/rest/v2/TopLevel/computeRouteMatrix */
export const computeRouteMatrix = (
  { origins, destinations, mode }: JourneyMatrix,
  fields: ReadonlySet<string>,
) =>
  ({
    method: 'POST',
    path: '/distanceMatrix/v2:computeRouteMatrix',
    // Without `status` in the mask, every element would appear successful.
    headers: fieldMask(MATRIX_FIELDS, fields, [
      'originIndex',
      'destinationIndex',
      'status',
      'condition',
    ]),
    json: {
      origins: origins.map((origin) => ({ waypoint: toWaypointWire(origin) })),
      destinations: destinations.map((destination) => ({ waypoint: toWaypointWire(destination) })),
      travelMode: mode,
    },
    read: (body) => parseWire(matrixSchema, body),
    batchSize: origins.length * destinations.length,
  }) satisfies UpstreamRequest<unknown>;

const MATRIX_FIELDS = { distance: 'distanceMeters', duration: 'duration' };

export interface PlacesPage {
  /** The vendor's token of the page; undefined for the first. */
  readonly token: string | undefined;
  /** From 1 to 20. */
  readonly size: number;
  /** Whether to request the next page's token. */
  readonly withNext: boolean;
}

/** https://developers.google.com/maps/documentation/places/web-service/text-search */
export const searchText = (
  { text, near }: PlaceSearch,
  { token, size, withNext }: PlacesPage,
  fields: ReadonlySet<string>,
) =>
  ({
    method: 'POST',
    path: '/v1/places:searchText',
    headers: fieldMask(PLACE_FIELDS, fields, ['places.id', ...(withNext ? ['nextPageToken'] : [])]),
    json: {
      textQuery: text,
      pageSize: size,
      ...(near && { locationBias: { circle: { center: near, radius: NEAR_METRES } } }),
      ...(token !== undefined && { pageToken: token }),
    },
    read: (body) => parseWire(searchTextSchema, body),
    batchSize: size,
  }) satisfies UpstreamRequest<unknown>;

/** The vendor accepts 0 to 50,000. */
const NEAR_METRES = 5_000;

const PLACE_FIELDS = {
  name: 'places.displayName',
  formattedAddress: 'places.formattedAddress',
  location: 'places.location',
};

/**
 * The mask determines the fields of the response and its price. It must not be empty: if no field is selected, it contains the first one.
 */
function fieldMask(
  paths: Readonly<Record<string, string>>,
  fields: ReadonlySet<string>,
  always: readonly string[],
) {
  const selected = Object.keys(paths).flatMap((field) => (fields.has(field) ? [paths[field]] : []));
  const mask = [...always, ...selected];
  return {
    'x-goog-fieldmask': (mask.length > 0 ? mask : Object.values(paths).slice(0, 1)).join(','),
  };
}
