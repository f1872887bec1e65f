import DataLoader from 'dataloader';
import {
  type PageArguments,
  type PageRequest,
  readPageArguments,
  toConnection,
} from '../paging/connection.ts';
import type { SubgraphRequest } from '../subgraph.ts';
import type {
  GeoPoint,
  Journey,
  JourneyMatrix,
  LocatedPlace,
  Place,
  PlaceConnection,
  Route,
  TravelTime,
} from './domain.ts';
import {
  isNamed,
  type MapsCapabilities,
  type MapsProvider,
  type PlaceSearch,
  type TravelTimes,
} from './provider.ts';

/** The loaders of one client request: fields share calls to the mapping service. */
export interface MapsLoaders {
  readonly placeByAddress: DataLoader<string, Place | null, string>;
  readonly placeByPoint: DataLoader<GeoPoint, LocatedPlace | null, string>;
  timeZoneByAddress(address: string): Promise<string | null>;
  readonly routeByJourney: DataLoader<Journey, Route | null, string>;
  readonly travelTimeByJourney: DataLoader<Journey, TravelTime | null, string>;
  readonly travelTimesByMatrix: DataLoader<JourneyMatrix, TravelTimes, string>;
  places(search: PlaceSearch, page: PageArguments): Promise<PlaceConnection>;
}

export function createMapsLoaders(provider: MapsProvider, request: SubgraphRequest): MapsLoaders {
  const placeByAddress = loaderByContent((addresses: readonly string[]) =>
    provider.geocode(addresses, wantedOfAddress(request), request),
  );
  const timeZoneByPoint = loaderByContent((points: readonly GeoPoint[]) =>
    provider.timeZones(points, request),
  );
  const pageOfPlaces = loaderByContent((reads: readonly PlacesRead[]) =>
    eachOrError(reads, ({ search, page }) =>
      provider.placesByText(search, page, wantedPlaceFields(request), request),
    ),
  );
  return {
    placeByAddress,
    placeByPoint: loaderByContent((points) => provider.reverseGeocode(points, request)),
    timeZoneByAddress: async (address) => {
      const place = await placeByAddress.load(address);
      return place?.location === undefined ? null : timeZoneByPoint.load(place.location);
    },
    routeByJourney: loaderByContent((journeys) =>
      provider.routes(journeys, request.wanted('Route'), request),
    ),
    travelTimeByJourney: loaderByContent((journeys) =>
      travelTimesOfJourneys(provider, journeys, request),
    ),
    travelTimesByMatrix: loaderByContent((matrices) =>
      eachOrError(matrices, (matrix) =>
        provider.travelTimes(matrix, request.wanted('TravelTime'), request),
      ),
    ),
    places: async (search, pageArguments) => {
      const list = `places ${JSON.stringify(search)}`;
      const page = readPageArguments(list, pageArguments);
      return toConnection(list, page, await pageOfPlaces.load({ search, page }));
    },
  };
}

interface PlacesRead {
  readonly search: PlaceSearch;
  readonly page: PageRequest;
}

/** A time zone needs the location. */
const wantedOfAddress = (request: SubgraphRequest): ReadonlySet<string> =>
  request.wanted('PostalAddress').has('timeZone')
    ? new Set([...request.wanted('Place'), 'location'])
    : request.wanted('Place');

const wantedPlaceFields = (request: SubgraphRequest) => ({
  place: request.wanted('Place'),
  end: request.wanted('PageInfo').size > 0 || request.wanted('PlaceEdge').has('cursor'),
});

/** Keys with equal content share one load. */
const loaderByContent = <Key, Value>(read: DataLoader.BatchLoadFn<Key, Value>) =>
  new DataLoader<Key, Value, string>(read, {
    cacheKeyFn: (key) => (typeof key === 'string' ? key : JSON.stringify(key)),
  });

/** Journeys with the same mode and destination share a matrix, up to its maximum size. */
async function travelTimesOfJourneys(
  provider: MapsProvider,
  journeys: readonly Journey[],
  request: SubgraphRequest,
): Promise<readonly (TravelTime | Error | null)[]> {
  const travelTimes = new Map<Journey, TravelTime | Error | null>();
  const read = async (batch: Batch) => {
    const [{ to, mode }] = batch;
    const matrix = { origins: batch.map(({ from }) => from), destinations: [to], mode };
    const [rows] = await eachOrError([matrix], () =>
      provider.travelTimes(matrix, request.wanted('TravelTime'), request),
    );
    batch.forEach((journey, index) =>
      travelTimes.set(journey, rows instanceof Error ? rows : (rows?.[index]?.[0] ?? null)),
    );
  };
  await Promise.all(travelTimeBatches(provider, journeys).map(read));
  return journeys.map((journey) => travelTimes.get(journey) ?? null);
}

/** Journeys of one mode to one destination. */
type Batch = readonly [Journey, ...Journey[]];

function travelTimeBatches({ capabilities }: MapsProvider, journeys: readonly Journey[]): Batch[] {
  const batches: Batch[] = [];
  const open = new Map<string, [Journey, ...Journey[]]>();
  for (const journey of journeys) {
    const destination = JSON.stringify([journey.to, journey.mode]);
    const batch = open.get(destination);
    if (batch !== undefined && batch.length < maxOrigins(capabilities, journey)) {
      batch.push(journey);
    } else {
      const next: [Journey, ...Journey[]] = [journey];
      open.set(destination, next);
      batches.push(next);
    }
  }
  return batches;
}

const maxOrigins = (
  { maxMatrixElements, maxNamedWaypoints }: MapsCapabilities,
  { to, mode }: Journey,
) => Math.min(maxMatrixElements[mode], maxNamedWaypoints - (isNamed(to) ? 1 : 0));

const eachOrError = <In, Out>(
  items: readonly In[],
  read: (item: In) => Promise<Out>,
): Promise<(Out | Error)[]> =>
  // The cast is safe: a provider throws only errors.
  Promise.all(items.map((item) => read(item).catch((error: unknown) => error as Error)));
