import type { RequestScope } from '../../request/request-scope.ts';
import type { Page, PageRequest } from '../paging/connection.ts';
import type { ServedFile } from '../subgraph.ts';
import type {
  GeoPoint,
  Journey,
  JourneyMatrix,
  LocatedPlace,
  MapView,
  Place,
  Route,
  TravelMode,
  TravelTime,
  Waypoint,
} from './domain.ts';

/**
 * What a mapping service has to do for this subgraph. Answers to lists are in the order of what was asked: null for what
 * the service does not know, an error in the place of what failed. `fields` names the fields of the graph's type that are
 * wanted. Everything else that goes wrong is thrown as a `CodedError`.
 */
export interface MapsProvider {
  readonly capabilities: MapsCapabilities;
  /**
   * Places that have all that is wanted of them.
   * @param addresses distinct addresses on one line, without needless spaces.
   */
  geocode(
    addresses: readonly string[],
    fields: ReadonlySet<string>,
    scope: RequestScope,
  ): Promise<readonly (Place | Error | null)[]>;
  reverseGeocode(
    points: readonly GeoPoint[],
    scope: RequestScope,
  ): Promise<readonly (LocatedPlace | Error | null)[]>;
  /** @throws BadUserInput for a position that the service does not take. */
  placesByText(
    search: PlaceSearch,
    page: PageRequest,
    fields: PlaceFields,
    scope: RequestScope,
  ): Promise<Page<Place>>;
  routes(
    journeys: readonly Journey[],
    fields: ReadonlySet<string>,
    scope: RequestScope,
  ): Promise<readonly (Route | Error | null)[]>;
  /**
   * A row per origin, in it a cell per destination.
   * @param matrix within the capabilities' limits.
   */
  travelTimes(
    matrix: JourneyMatrix,
    fields: ReadonlySet<string>,
    scope: RequestScope,
  ): Promise<TravelTimes>;
  /** IANA names of time zones. */
  timeZones(
    points: readonly GeoPoint[],
    scope: RequestScope,
  ): Promise<readonly (string | Error | null)[]>;
  /** `maxAge` is how long the service lets caches keep the picture, ours included; 0 where it does not. */
  mapImage(view: MapView, scope: RequestScope): Promise<ServedFile>;
  /** Ends the connections to the vendor. */
  close(): Promise<void>;
}

export interface MapsCapabilities {
  /** The most pairs of origin and destination that one matrix may have. */
  readonly maxMatrixElements: Readonly<Record<TravelMode, number>>;
  /** The most origins and destinations of one matrix, taken together, that may be given by address or place id. */
  readonly maxNamedWaypoints: number;
  /** The most places that one call for places returns. */
  readonly maxPlacesPageSize: number;
  /** The most places that a search returns in all its pages. */
  readonly maxPlaces: number;
  /** For how long the service's terms allow to keep ids of places and locations, in seconds. */
  readonly caching: { readonly idSeconds: number; readonly locationSeconds: number };
}

export interface PlaceSearch {
  readonly text: string;
  /** Places near this point come first. */
  readonly near: GeoPoint | null;
}

export interface PlaceFields {
  /** Fields of `Place`. */
  readonly place: ReadonlySet<string>;
  /** Whether anybody reads where the page ends: a cursor, or whether more follow. */
  readonly end: boolean;
}

export type TravelTimes = (TravelTime | Error | null)[][];

/** Whether a service first has to find out where a place is. */
export const isNamed = (waypoint: Waypoint) => !('location' in waypoint);
