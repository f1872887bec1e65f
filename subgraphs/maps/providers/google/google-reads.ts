import { z } from 'zod';
import type { RequestScope } from '../../../../request/request-scope.ts';
import type { UpstreamClient } from '../../../../upstream/upstream-client.ts';
import { UpstreamError } from '../../../../upstream/upstream-error.ts';
import {
  type Page,
  type PageEntry,
  type PageRequest,
  positionRefused,
} from '../../../paging/connection.ts';
import type { ServedFile } from '../../../subgraph.ts';
import type { JourneyMatrix, MapView, Place } from '../../domain.ts';
import type { PlaceFields, PlaceSearch, TravelTimes } from '../../provider.ts';
import { GOOGLE_CAPABILITIES } from './google-capabilities.ts';
import { computeRouteMatrix, searchText, staticMap } from './google-endpoints.ts';
import { toPlace, toTravelTime } from './google-mapping.ts';
import { incomplete } from './google-refusals.ts';

export async function readMatrix(
  client: UpstreamClient,
  matrix: JourneyMatrix,
  fields: ReadonlySet<string>,
  scope: RequestScope,
): Promise<TravelTimes> {
  const elements = await client.send(computeRouteMatrix(matrix, fields), scope);
  // Elements can be in any order.
  const byPair = new Map(
    elements.map((element) => [
      `${String(element.originIndex)} ${String(element.destinationIndex)}`,
      element,
    ]),
  );
  return matrix.origins.map((_origin, row) =>
    matrix.destinations.map((_destination, column) => {
      const element = byPair.get(`${String(row)} ${String(column)}`);
      return element === undefined
        ? incomplete('a matrix without an element for each pair')
        : toTravelTime(element, fields);
    }),
  );
}

/** Reads as many of the vendor's pages as needed. */
export async function readPlaces(
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
    // A page may have another size than the one before it; its token alone determines its start.
    const size = Math.min(GOOGLE_CAPABILITIES.maxPlacesPageSize, end);
    const request = searchText(
      search,
      { token, size, withNext: fields.end || end > size },
      fields.place,
    );
    const { places, nextPageToken } = await client
      .send(request, scope)
      .catch(explainPosition(entries.length === 0 ? after : undefined));
    const next = nextPageToken === undefined ? undefined : { token: nextPageToken, skip: 0 };
    for (const [index, place] of places.slice(0, end).entries()) {
      if (index < skip) continue;
      const goOn = index === places.length - 1 ? next : undefined;
      entries.push({
        item: toPlace(place, fields.place),
        position: writePosition(goOn ?? { token, skip: index + 1 }),
      });
    }
    if (next === undefined || places.length === 0 || entries.length >= first) {
      return { entries, hasNextPage: next !== undefined || places.length > end };
    }
    position = next;
  }
}

/** A position: the number of places to skip on one of the vendor's pages. */
interface Position {
  /** Undefined for the first page. */
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

/** The vendor refuses a token that is not its own, has expired, or is from another search. */
const explainPosition = (after: string | undefined) => (error: unknown) => {
  if (after !== undefined && error instanceof UpstreamError && error.code === 'UPSTREAM_REJECTED')
    throw positionRefused('EXPIRED');
  throw error;
};

export async function readMapImage(
  client: UpstreamClient,
  view: MapView,
  scope: RequestScope,
): Promise<ServedFile> {
  const { contentType, body, freshSeconds } = await client.download(staticMap(view), scope);
  // This host must not serve a type that a browser would run.
  if (!IMAGE_TYPE.test(contentType)) throw incomplete(`${contentType} in place of a picture`);
  // No additional caching: terms of service, 3.2.3 (b), https://cloud.google.com/maps-platform/terms. Each image's own
  // `Cache-Control` may be
  // followed, by intermediate caches as by browsers: https://developers.google.com/maps/documentation/tile/policies.
  return { contentType, body, maxAge: freshSeconds };
}

const IMAGE_TYPE = /^image\/(png|jpeg|gif|webp)$/;
