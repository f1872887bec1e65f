import nock from 'nock';
import { GEOCODING, PLACES, ROUTES } from './start-maps.ts';

/** A geocoder's result, shaped as the vendor was recorded to answer. */
export const geocodingResult = (
  over: {
    readonly id?: string;
    readonly type?: string;
    readonly lat?: number;
    readonly lng?: number;
    readonly isPartial?: boolean;
  } = {},
) => ({
  ...(over.isPartial === true && { partial_match: true }),
  address_components: [
    { long_name: 'Sydney', short_name: 'Sydney', types: ['locality', 'political'] },
  ],
  formatted_address: 'Sydney NSW, Australia',
  geometry: {
    location: { lat: over.lat ?? -33.8688197, lng: over.lng ?? 151.2092955 },
    location_type: over.type ?? 'APPROXIMATE',
    viewport: { northeast: { lat: -33.5, lng: 151.3 }, southwest: { lat: -34.1, lng: 150.5 } },
  },
  place_id: over.id ?? 'ChIJP3Sa8ziYEmsRUKgyFmh9AQM',
  types: ['locality', 'political'],
});

export const found = (over: Parameters<typeof geocodingResult>[0] = {}) => ({
  results: [geocodingResult(over)],
  status: 'OK',
});

export const nothing = { results: [], status: 'ZERO_RESULTS' };

/** Answers one geocoding of an address. */
export const geocodes = (address: string, body: unknown = found(), status = 200) =>
  nock(GEOCODING).get('/maps/api/geocode/json').query({ address, key: /.+/ }).reply(status, body);

export interface Sent {
  readonly mask: string;
  readonly key: string;
  readonly body: Record<string, unknown>;
}

/** Answers one POST to Routes or Places, and keeps what was sent. */
function answers(
  origin: string,
  path: string,
  reply: (sent: Sent) => unknown,
  status: number,
): Sent[] {
  const sent: Sent[] = [];
  nock(origin)
    .post(path)
    .reply(async (request: Request) => {
      const header = (name: string) => request.headers.get(name) ?? '';
      // Google takes JSON objects only.
      const one = {
        mask: header('x-goog-fieldmask'),
        key: header('x-goog-api-key'),
        body: (await request.json()) as Sent['body'],
      };
      sent.push(one);
      return [status, reply(one)];
    });
  return sent;
}

export const answersRoute = (body: unknown, status = 200) =>
  answers(ROUTES, '/directions/v2:computeRoutes', () => body, status);

export const answersMatrix = (reply: (sent: Sent) => unknown, status = 200) =>
  answers(ROUTES, '/distanceMatrix/v2:computeRouteMatrix', reply, status);

export const answersPlaces = (body: unknown, status = 200) =>
  answers(PLACES, '/v1/places:searchText', () => body, status);

/** An element for each pair, in an order that is not the one of the question. */
export function elementsFor({ body }: Sent) {
  const [origins, destinations] = [body['origins'] as unknown[], body['destinations'] as unknown[]];
  const elements = origins.flatMap((_origin, originIndex) =>
    destinations.map((_destination, destinationIndex) => ({
      originIndex,
      destinationIndex,
      status: {},
      condition: 'ROUTE_EXISTS',
      distanceMeters: 1000 * (originIndex + 1) + destinationIndex,
      duration: `${String(60 * (originIndex + 1))}s`,
    })),
  );
  return elements.reverse();
}
