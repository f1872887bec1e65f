import type { SandboxVendorResponse, SandboxVendorRequest } from '../sandbox-vendor.ts';
import { jsonAnswer, keyProblem } from './google-answers.ts';
import type { Atlas } from './google-atlas.ts';
import type { GooglePlace, Point } from './google-place.ts';

/** `GET /maps/api/geocode/json`: by address, point or place id. */
export function geocode(atlas: Atlas, request: SandboxVendorRequest): SandboxVendorResponse {
  const key = keyProblem(request);
  if (key !== undefined)
    return jsonAnswer(200, {
      error_message: KEY_MESSAGES[key],
      results: [],
      status: 'REQUEST_DENIED',
    });
  const { query } = request;
  const [address, latlng, placeId] = [
    query.get('address'),
    query.get('latlng'),
    query.get('place_id'),
  ];
  if (placeId) return byPlaceId(atlas, placeId);
  if (latlng) return byPoint(atlas, latlng);
  if (address) return byAddress(atlas, address);
  return invalidRequest(
    "Invalid request. Missing the 'address', 'components', 'latlng' or 'place_id' parameter.",
  );
}

/** Reads `48.8584,2.2945`. */
export function readPoint(text: string): Point | undefined {
  const [latitude, longitude, ...rest] = text.split(',').map(Number);
  if (latitude === undefined || longitude === undefined || rest.length > 0) return undefined;
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180
    ? { latitude, longitude }
    : undefined;
}

export const KEY_MESSAGES = {
  missing:
    'You must use an API key to authenticate each request to Google Maps Platform APIs. For additional information, please refer to http://g.co/dev/maps-no-account',
  invalid: 'The provided API key is invalid. ',
  blocked: 'This API key is not authorized to use this service or API.',
};

function byPlaceId(atlas: Atlas, id: string) {
  const place = atlas.placeById(id);
  return place
    ? found([toResult(place)])
    : invalidRequest("Invalid request. Invalid 'place_id' parameter.");
}

function byPoint(atlas: Atlas, latlng: string) {
  const point = readPoint(latlng);
  return point
    ? found(atlas.around(point).map(toResult))
    : invalidRequest("Invalid request. Invalid 'latlng' parameter.");
}

function byAddress(atlas: Atlas, address: string) {
  const match = atlas.find(address);
  if (!match) return found([]);
  return found([
    match.isPartial ? { ...toResult(match.place), partial_match: true } : toResult(match.place),
  ]);
}

const found = (results: readonly object[]) =>
  jsonAnswer(200, { results, status: results.length === 0 ? 'ZERO_RESULTS' : 'OK' });

const invalidRequest = (message: string) =>
  jsonAnswer(400, { error_message: message, results: [], status: 'INVALID_REQUEST' });

function toResult({
  components,
  formattedAddress,
  location,
  locationType,
  id,
  types,
}: GooglePlace) {
  const isArea = locationType === 'APPROXIMATE';
  return {
    address_components: components,
    formatted_address: formattedAddress,
    geometry: {
      ...(isArea ? { bounds: box(location, 0.14) } : {}),
      location: { lat: location.latitude, lng: location.longitude },
      location_type: locationType,
      viewport: box(location, isArea ? 0.14 : 0.0013489802915),
    },
    place_id: id,
    types,
  };
}

const box = ({ latitude, longitude }: Point, margin: number) => ({
  northeast: { lat: latitude + margin, lng: longitude + margin },
  southwest: { lat: latitude - margin, lng: longitude - margin },
});
