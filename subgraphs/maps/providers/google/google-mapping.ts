import { UpstreamError } from '../../../../upstream/upstream-error.ts';
import type {
  LocatedPlace,
  Place,
  PlacePrecision,
  Route,
  TravelTime,
  Waypoint,
} from '../../domain.ts';
import { incomplete, RPC_ERRORS } from './google-refusals.ts';
import type { GeocodingResult, MatrixElement, PlaceWire, RouteWire } from './google-wire.ts';
import { MAPS } from '../../service.ts';

export function toLocatedPlace({
  place_id,
  formatted_address,
  partial_match,
  geometry,
}: GeocodingResult): LocatedPlace {
  return {
    id: place_id,
    name: null,
    formattedAddress: formatted_address,
    precision:
      geometry.location_type === undefined
        ? null
        : (PRECISIONS.get(geometry.location_type) ?? 'UNKNOWN'),
    isPartialMatch: partial_match ?? false,
    location: { latitude: geometry.location.lat, longitude: geometry.location.lng },
  };
}

const PRECISIONS: ReadonlyMap<string, PlacePrecision> = new Map([
  ['ROOFTOP', 'ROOFTOP'],
  ['RANGE_INTERPOLATED', 'INTERPOLATED'],
  ['GEOMETRIC_CENTER', 'CENTER'],
  ['APPROXIMATE', 'APPROXIMATE'],
]);

/** @returns an error if the vendor omitted a requested field that is always present */
export function toPlace(
  { id, displayName, formattedAddress, location }: PlaceWire,
  fields: ReadonlySet<string>,
): Place | Error {
  if (fields.has('formattedAddress') && formattedAddress === undefined)
    return incomplete('a place without its formattedAddress');
  if (fields.has('location') && location === undefined)
    return incomplete('a place without its location');
  return {
    id,
    name: displayName?.text ?? null,
    precision: null,
    isPartialMatch: false,
    ...(formattedAddress !== undefined && { formattedAddress }),
    ...(location !== undefined && { location }),
  };
}

/** @throws UpstreamError if the vendor omitted a requested field that is always present */
export function toRoute(
  { distanceMeters, duration, description, polyline }: RouteWire,
  fields: ReadonlySet<string>,
): Route {
  if (fields.has('duration') && duration === undefined)
    throw incomplete('a route without its duration');
  return {
    distance: distanceMeters,
    ...(duration !== undefined && { duration }),
    // An empty text means none.
    polyline: polyline?.encodedPolyline || null,
    description: description || null,
  };
}

/** @returns null if there is no route */
export function toTravelTime(
  { status, condition, distanceMeters, duration }: MatrixElement,
  fields: ReadonlySet<string>,
): TravelTime | Error | null {
  const code = status?.code ?? 0;
  if (code === RPC_NOT_FOUND || condition === 'ROUTE_NOT_FOUND') return null;
  if (code !== 0)
    return new UpstreamError(
      RPC_ERRORS.find(({ number }) => number === code)?.code ?? 'UPSTREAM_REJECTED',
      MAPS,
    );
  if (condition !== 'ROUTE_EXISTS')
    return incomplete(`an element of a matrix in the condition ${String(condition)}`);
  if (fields.has('duration') && duration === undefined)
    return incomplete('an element of a matrix without its duration');
  return { distance: distanceMeters, ...(duration !== undefined && { duration }) };
}

/** An address or id without a place: https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto */
const RPC_NOT_FOUND = 5;

/** https://developers.google.com/maps/documentation/routes/reference/rest/v2/Waypoint */
export function toWaypointWire(waypoint: Waypoint) {
  return 'location' in waypoint ? { location: { latLng: waypoint.location } } : waypoint;
}
