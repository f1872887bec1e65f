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
 * The interface of a mapping service. Results of lists are in the order of the request: null for an unknown value,
 * an error for a failed one. `fields` contains the selected fields of the graph's type.
 * All other failures are thrown as a `CodedError`.
 */
export interface MapsProvider {
  readonly capabilities: MapsCapabilities;
  /**
   * Places with all selected fields.
   * @param addresses distinct addresses on one line, without needless spaces
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
  /** @throws BadUserInput for a position that the service does not accept */
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
   * A row per origin, with a cell per destination.
   * @param matrix within the capabilities' limits
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
  /** `maxAge` is how long the service allows caches, including ours, to store the image; 0 if it does not. */
  mapImage(view: MapView, scope: RequestScope): Promise<ServedFile>;
  /** Closes the connections to the vendor. */
  close(): Promise<void>;
}

export interface MapsCapabilities {
  /** Maximum number of origin-destination pairs in a matrix. */
  readonly maxMatrixElements: Readonly<Record<TravelMode, number>>;
  /** Maximum number of origins and destinations of a matrix, taken together, that are given by address or place id. */
  readonly maxNamedWaypoints: number;
  /** Maximum number of places in one response. */
  readonly maxPlacesPageSize: number;
  /** Maximum number of places of a search on all pages. */
  readonly maxPlaces: number;
  /** Seconds for which the service's terms allow caching of place ids and of locations. */
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
  /** Whether the end of the page is selected: a cursor, or whether more follow. */
  readonly end: boolean;
}

export type TravelTimes = (TravelTime | Error | null)[][];

/** Whether the service has to look up the location first. */
export const isNamed = (waypoint: Waypoint) => !('location' in waypoint);
