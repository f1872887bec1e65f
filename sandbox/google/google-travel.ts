import type { WorldAddress } from '../world/world.ts';
import type { Point } from './google-place.ts';

export const TRAVEL_MODES = ['DRIVE', 'WALK', 'BICYCLE', 'TRANSIT', 'TWO_WHEELER'] as const;

export type TravelMode = (typeof TRAVEL_MODES)[number];

const EARTH_RADIUS = 6_371_008;

/** The great circle's length. */
export function metresBetween(from: Point, to: Point): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const latitude = Math.sin(radians(to.latitude - from.latitude) / 2) ** 2;
  const longitude = Math.sin(radians(to.longitude - from.longitude) / 2) ** 2;
  const chord =
    latitude + Math.cos(radians(from.latitude)) * Math.cos(radians(to.latitude)) * longitude;
  return 2 * EARTH_RADIUS * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/** Length and time of a way: longer than the great circle, and faster the longer it is, as roads are. */
export function travel(from: Point, to: Point, mode: TravelMode) {
  const { detour, slowest, fastest } = WAYS[mode];
  const distanceMeters = Math.round(metresBetween(from, to) * detour);
  const kilometresPerHour = slowest + (fastest - slowest) * Math.min(1, distanceMeters / 250_000);
  return { distanceMeters, seconds: Math.round((distanceMeters * 3.6) / kilometresPerHour) };
}

const WAYS: Record<
  TravelMode,
  { readonly detour: number; readonly slowest: number; readonly fastest: number }
> = {
  DRIVE: { detour: 1.3, slowest: 28, fastest: 95 },
  TWO_WHEELER: { detour: 1.3, slowest: 32, fastest: 90 },
  TRANSIT: { detour: 1.35, slowest: 19, fastest: 85 },
  BICYCLE: { detour: 1.25, slowest: 16, fastest: 16 },
  WALK: { detour: 1.2, slowest: 4.7, fastest: 4.7 },
};

/** What one can travel on without crossing an ocean: no way leads from one land to another. */
export const landOf = ({ countryCode, timeZone }: WorldAddress) =>
  LANDS[timeZone] ?? LANDS[countryCode] ?? 'Eurasia';

const LANDS: Readonly<Record<string, string>> = {
  'Pacific/Honolulu': 'Hawaii',
  AR: 'South America',
  AU: 'Australia',
  BR: 'South America',
  CA: 'North America',
  CL: 'South America',
  CO: 'South America',
  EG: 'Africa',
  IS: 'Iceland',
  JP: 'Japan',
  KE: 'Africa',
  KR: 'Korea',
  MX: 'North America',
  NZ: 'New Zealand',
  TW: 'Taiwan',
  US: 'North America',
  ZA: 'Africa',
};
