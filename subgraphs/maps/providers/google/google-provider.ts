import { z } from 'zod';
import { createUpstreamClient, type UpstreamClient } from '../../../../upstream/upstream-client.ts';
import type { RequestScope } from '../../../../upstream/call-trace.ts';
import { UpstreamError } from '../../../../upstream/upstream-error.ts';
import { accountOf, type UpstreamPolicy, type UpstreamResources } from '../../../../upstream/upstream-policy.ts';
import type { OutgoingRequest } from '../../../../upstream/upstream-request.ts';
import { type Page, type PageEntry, type PageRequest, positionRefused } from '../../../connection.ts';
import type { ServedFile } from '../../../subgraph.ts';
import type { JourneyMatrix, MapView, Place } from '../../domain.ts';
import type { MapsProvider, PlaceFields, PlaceSearch, TravelTimes } from '../../provider.ts';
import { GOOGLE_CAPABILITIES } from './google-capabilities.ts';
import type { GoogleConfig } from './google-config.ts';
import { computeRoute, computeRouteMatrix, geocode, reverseGeocode, searchText, staticMap, timeZone } from './google-endpoints.ts';
import { explainRpcAnswer, explainStatusAnswer, incomplete, toPlace, toTravelTime } from './google-mapping.ts';

export function createGoogleProvider(config: GoogleConfig, resources: UpstreamResources): MapsProvider {
  const { geocoding, pictures, routes, places } = createClients(config, resources);
  return {
    capabilities: GOOGLE_CAPABILITIES,
    // There is no batch of addresses or points: a call for each.
    geocode: (addresses, _fields, scope) => each(addresses, (address) => geocoding.send(geocode(address), scope)),
    reverseGeocode: (points, scope) => each(points, (point) => geocoding.send(reverseGeocode(point), scope)),
    timeZones: (points, scope) => each(points, (point) => geocoding.send(timeZone(point), scope)),
    mapImage: (view, scope) => readMapImage(pictures, view, scope),
    routes: (journeys, fields, scope) => each(journeys, (journey) => routes.find(computeRoute(journey, fields), scope)),
    travelTimes: (matrix, fields, scope) => readMatrix(routes, matrix, fields, scope),
    placesByText: (search, page, fields, scope) => readPlaces(places, search, page, fields, scope),
    close: async () => {
      await Promise.all([geocoding, pictures, routes, places].map((client) => client.close()));
    },
  };
}

/** Each call takes some tenths of a second. */
const MAX_CONCURRENCY = 20;

function createClients({ apiKey, rateLimit, geocodingBaseUrl, routesBaseUrl, placesBaseUrl }: GoogleConfig, resources: UpstreamResources) {
  const policyOf = (api: string): UpstreamPolicy => ({
    maxConcurrency: MAX_CONCURRENCY,
    ...(rateLimit !== null && { limits: { account: accountOf(apiKey), rates: { [api]: rateLimit }, limitOf: () => api } }),
  });
  const common = { service: 'maps', vendor: 'google', resources } as const;
  const newer = {
    ...common,
    authorize: ({ headers }: OutgoingRequest) => void (headers['x-goog-api-key'] = apiKey),
    explain: explainRpcAnswer,
  };
  const older = {
    ...common,
    baseUrl: geocodingBaseUrl,
    // These APIs know no header for the key.
    authorize: ({ query }: OutgoingRequest) => void (query['key'] = apiKey),
    explain: explainStatusAnswer,
  };
  return {
    geocoding: createUpstreamClient({ ...older, api: 'geocoding', policy: policyOf('geocoding') }),
    // Of its own: anybody with a link asks for pictures, which must not use up what the graph's operations need.
    pictures: createUpstreamClient({ ...older, api: 'staticmap', policy: policyOf('staticmap') }),
    routes: createUpstreamClient({ ...newer, api: 'routes', policy: policyOf('routes'), baseUrl: routesBaseUrl }),
    places: createUpstreamClient({ ...newer, api: 'places', policy: policyOf('places'), baseUrl: placesBaseUrl }),
  };
}

const each = <In, Out>(items: readonly In[], ask: (item: In) => Promise<Out>): Promise<(Out | Error)[]> =>
  // The client throws nothing but errors.
  Promise.all(items.map((item) => ask(item).catch((error: unknown) => error as Error)));

async function readMatrix(
  client: UpstreamClient,
  matrix: JourneyMatrix,
  fields: ReadonlySet<string>,
  scope: RequestScope,
): Promise<TravelTimes> {
  const elements = await client.send(computeRouteMatrix(matrix, fields), scope);
  // They come in any order.
  const byPair = new Map(elements.map((element) => [`${String(element.originIndex)} ${String(element.destinationIndex)}`, element]));
  return matrix.origins.map((_origin, row) =>
    matrix.destinations.map((_destination, column) => {
      const element = byPair.get(`${String(row)} ${String(column)}`);
      return element === undefined ? incomplete('a matrix without an element for each pair') : toTravelTime(element, fields);
    }),
  );
}

/** Reads as many of the vendor's pages as it takes. */
async function readPlaces(
  client: UpstreamClient,
  search: PlaceSearch,
  { first, after }: PageRequest,
  fields: PlaceFields,
  scope: RequestScope,
): Promise<Page<Place>> {
  const entries: PageEntry<Place>[] = [];
  let position = after === undefined ? START : readPosition(after);
  for (;;) {
    const { token, skip } = position;
    const end = skip + first - entries.length;
    // A page may have another size than the one before it; its token alone says where it begins.
    const size = Math.min(GOOGLE_CAPABILITIES.maxPlacesPageSize, end);
    const request = searchText(search, { token, size, withNext: fields.end || end > size }, fields.place);
    const { places, nextPageToken } = await client.send(request, scope).catch(explainPosition(entries.length === 0 ? after : undefined));
    const next = nextPageToken === undefined ? undefined : { token: nextPageToken, skip: 0 };
    for (const [index, place] of places.slice(0, end).entries()) {
      if (index < skip) continue;
      const goOn = index === places.length - 1 ? next : undefined;
      entries.push({ item: toPlace(place, fields.place), position: writePosition(goOn ?? { token, skip: index + 1 }) });
    }
    if (next === undefined || places.length === 0 || entries.length >= first) {
      return { entries, hasNextPage: next !== undefined || places.length > end };
    }
    position = next;
  }
}

/** Where to go on reading: so many places after the beginning of one of the vendor's pages. */
interface Position {
  /** Absent for the first page. */
  readonly token: string | undefined;
  readonly skip: number;
}

const START: Position = { token: undefined, skip: 0 };

const positionSchema = z.object({
  token: z.string().min(1).max(4096).optional(),
  skip: z.int().min(0).max(GOOGLE_CAPABILITIES.maxPlacesPageSize),
});

const writePosition = (position: Position) => JSON.stringify(position);

function readPosition(text: string): Position {
  try {
    const { token, skip } = positionSchema.parse(JSON.parse(text));
    return { token, skip };
  } catch {
    throw positionRefused('EXPIRED');
  }
}

/** The vendor refuses a token that is not its own, too old, or given for another search. */
const explainPosition = (after: string | undefined) => (error: unknown) => {
  if (after !== undefined && error instanceof UpstreamError && error.code === 'UPSTREAM_REJECTED') throw positionRefused('EXPIRED');
  throw error;
};

async function readMapImage(client: UpstreamClient, view: MapView, scope: RequestScope): Promise<ServedFile> {
  const { contentType, body, freshSeconds } = await client.download(staticMap(view), scope);
  // What is served from this host must not be anything that a browser would run.
  if (!IMAGE_TYPE.test(contentType)) throw incomplete(`${contentType} in place of a picture`);
  // No caching of our own making: terms of service, 3.2.3 (b), https://cloud.google.com/maps-platform/terms. Each picture's own
  // `Cache-Control` may be followed, by caches on the way as by browsers: https://developers.google.com/maps/documentation/tile/policies.
  return { contentType, body, maxAge: freshSeconds };
}

const IMAGE_TYPE = /^image\/(png|jpeg|gif|webp)$/;
