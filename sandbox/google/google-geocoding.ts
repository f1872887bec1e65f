import type { SandboxVendorResponse, SandboxVendorRequest } from '../sandbox-vendor.ts';
import { jsonAnswer, keyProblem } from './google-responses.ts';
import type { Atlas } from './google-atlas.ts';
import { inLanguage } from './google-language.ts';
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
  const [address, latlng, placeId, components] = [
    query.get('address'),
    query.get('latlng'),
    query.get('place_id'),
    query.get('components'),
  ];
  const language = query.get('language');
  if (placeId) return byPlaceId(atlas, placeId, language);
  if (latlng) return byPoint(atlas, latlng, query);
  if (address || components) return byAddress(atlas, address ?? '', components ?? '', language);
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

function byPlaceId(atlas: Atlas, id: string, language: string | null) {
  const place = atlas.placeById(id);
  return place
    ? found([toResult(place, language)])
    : invalidRequest("Invalid request. Invalid 'place_id' parameter.");
}

/** https://developers.google.com/maps/documentation/geocoding/requests-reverse-geocoding: filters of what was found, not of the search. */
function byPoint(atlas: Atlas, latlng: string, query: URLSearchParams) {
  const point = readPoint(latlng);
  if (!point) return invalidRequest("Invalid request. Invalid 'latlng' parameter.");
  const [types, locationTypes] = [query.get('result_type'), query.get('location_type')].map(
    (text) => (text ? text.split('|') : null),
  );
  const places = atlas
    .around(point)
    .filter(
      (place) =>
        (types?.some((type) => place.types.includes(type)) ?? true) &&
        (locationTypes?.includes(place.locationType) ?? true),
    );
  return found(places.map((place) => toResult(place, query.get('language'))));
}

/** https://developers.google.com/maps/documentation/geocoding/requests-geocoding#component-filtering */
function byAddress(atlas: Atlas, address: string, components: string, language: string | null) {
  const filters = readComponents(components);
  if (filters === undefined)
    return invalidRequest("Invalid request. Invalid 'components' parameter.");
  // What is not enforced helps to find the place.
  const text = [address, ...filters.map(({ value }) => value)].filter((part) => part !== '');
  const match = atlas.find(text.join(', '));
  if (!match) return unknownCity();
  if (!filters.every((filter) => isWithin(match.place, filter))) return found([]);
  const result = toResult(match.place, language);
  return found([match.isPartial ? { ...result, partial_match: true } : result]);
}

/** Google has no such header: with it the sandbox says that the reason is its own. */
function unknownCity(): SandboxVendorResponse {
  const { headers, ...nothing } = found([]);
  return { ...nothing, headers: { ...headers, 'x-sandbox-note': UNKNOWN_CITY } };
}

const UNKNOWN_CITY =
  'The sandbox knows the cities of its own data only, and any street in them: 5 Main Street, Paris.';

interface ComponentFilter {
  readonly type: string;
  readonly value: string;
}

const COMPONENTS = ['administrative_area', 'country', 'locality', 'postal_code', 'route'];

/** Reads `country:FR|postal_code:75007`. */
function readComponents(text: string): ComponentFilter[] | undefined {
  const filters = text
    .split('|')
    .filter((part) => part !== '')
    .map((part) => {
      const [type = '', ...value] = part.split(':');
      return { type, value: value.join(':') };
    });
  return filters.every(({ type, value }) => COMPONENTS.includes(type) && value !== '')
    ? filters
    : undefined;
}

/** Only these two are enforced. */
function isWithin({ components, address }: GooglePlace, { type, value }: ComponentFilter): boolean {
  const wanted = value.toLowerCase();
  if (type === 'country')
    return [address.country, address.countryCode].some((name) => name.toLowerCase() === wanted);
  if (type !== 'postal_code') return true;
  return components.some(
    ({ types, long_name }) => types.includes(type) && long_name.toLowerCase() === wanted,
  );
}

const found = (results: readonly object[]) =>
  jsonAnswer(200, { results, status: results.length === 0 ? 'ZERO_RESULTS' : 'OK' });

const invalidRequest = (message: string) =>
  jsonAnswer(400, { error_message: message, results: [], status: 'INVALID_REQUEST' });

export function toResult(place: GooglePlace, language: string | null) {
  const { components, formattedAddress, location, locationType, id, types } = inLanguage(
    place,
    language,
  );
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
