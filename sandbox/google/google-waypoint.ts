import { z } from 'zod';
import type { Atlas } from './google-atlas.ts';
import type { Point } from './google-place.ts';
import { landOf, TRAVEL_MODES, type TravelMode } from './google-travel.ts';

/** https://developers.google.com/maps/documentation/routes/reference/rest/v2/Waypoint: named in exactly one way. */
export const WAYPOINT = z
  .object({
    address: z.string().min(1).optional(),
    placeId: z.string().min(1).optional(),
    location: z
      .object({
        latLng: z.object({
          latitude: z.number().min(-90).max(90),
          longitude: z.number().min(-180).max(180),
        }),
      })
      .optional(),
  })
  .refine(
    ({ address, placeId, location }) =>
      [address, placeId, location].filter((way) => way !== undefined).length === 1,
    {
      error: 'exactly one of address, placeId and location must be set',
    },
  );

export const TRAVEL_MODE = z.enum(TRAVEL_MODES).default('DRIVE');

export const ROUTING_PREFERENCE = z
  .enum(['TRAFFIC_UNAWARE', 'TRAFFIC_AWARE', 'TRAFFIC_AWARE_OPTIMAL'])
  .optional();

type Waypoint = z.output<typeof WAYPOINT>;

/** A waypoint on the map. */
export interface Stop {
  readonly point: Point;
  /** What one can travel on from there. */
  readonly land: string;
  readonly placeId: string | undefined;
}

/** @returns undefined where nothing is known by that address or id. */
export function findStop(atlas: Atlas, { address, placeId, location }: Waypoint): Stop | undefined {
  if (location) {
    const nearest = atlas.nearestAddress(location.latLng);
    return (
      nearest && {
        point: location.latLng,
        land: nearest.metres > REACH ? 'the sea' : landOf(nearest.address),
        placeId: undefined,
      }
    );
  }
  const place = placeId === undefined ? atlas.find(address ?? '')?.place : atlas.placeById(placeId);
  return place && { point: place.location, land: landOf(place.address), placeId: place.id };
}

export const isReachable = (from: Stop, to: Stop) =>
  from.land === to.land && from.land !== 'the sea';

/** What a preference may not be combined with: https://developers.google.com/maps/documentation/routes/config_trade_offs. */
export function preferenceProblem(
  mode: TravelMode,
  preference: string | undefined,
): string | undefined {
  if (preference === undefined || mode === 'DRIVE' || mode === 'TWO_WHEELER') return undefined;
  return 'Routing preference cannot be set for WALK, BICYCLE, or TRANSIT travel mode.';
}

/** Points further than this from every known address, in metres, are at sea. */
const REACH = 1_500_000;
