import type { Connection } from '../paging/connection.ts';

/** A postal address of another subgraph, identified by its one-line text. */
export interface AddressReference {
  readonly formatted: string;
}

/** A place on earth. Fields other than the id may be absent if not selected. */
export interface Place {
  /** The vendor's id of the place. */
  readonly id: string;
  readonly name?: string | null;
  readonly formattedAddress?: string;
  readonly precision?: PlacePrecision | null;
  /** Whether only a part of the address was found. */
  readonly isPartialMatch: boolean;
  readonly location?: GeoPoint;
}

/** A geocoder's place, which always has a location. */
export interface LocatedPlace extends Place {
  readonly location: GeoPoint;
}

export type PlacePrecision = 'ROOFTOP' | 'INTERPOLATED' | 'CENTER' | 'APPROXIMATE' | 'UNKNOWN';

/** Degrees, WGS 84. */
export interface GeoPoint {
  readonly latitude: number;
  readonly longitude: number;
}

export type PlaceConnection = Connection<Place>;

/** The start or end of a journey. */
export type Waypoint =
  { readonly address: string } | { readonly location: GeoPoint } | { readonly placeId: string };

export type TravelMode = 'DRIVE' | 'WALK' | 'BICYCLE' | 'TRANSIT';

export interface Journey {
  readonly from: Waypoint;
  readonly to: Waypoint;
  readonly mode: TravelMode;
}

/** Journeys from each origin to each destination. */
export interface JourneyMatrix {
  readonly origins: readonly Waypoint[];
  readonly destinations: readonly Waypoint[];
  readonly mode: TravelMode;
}

/** Fields that are not selected may be absent. */
export interface Route {
  /** Metres. */
  readonly distance?: number;
  /** Seconds. */
  readonly duration?: number;
  /** An encoded polyline of precision 5. */
  readonly polyline?: string | null;
  readonly description?: string | null;
}

/** Fields that are not selected may be absent. */
export interface TravelTime {
  /** Seconds. */
  readonly duration?: number;
  /** Metres. */
  readonly distance?: number;
}

/** A cell of a matrix; an error fails only its own cell. */
export type TravelTimeCell = TravelTime | Error;

/** The parameters of a map image, centred on the address. */
export interface MapView {
  readonly address: string;
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height: number;
  /** From 0 (the world) to 21 (a building). */
  readonly zoom: number;
}
