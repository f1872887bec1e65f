import type { World, WorldAddress } from '../world/world.ts';

/** A square of 2.5 km on the grid of a forecast office. */
export interface GridPoint {
  readonly office: string;
  readonly x: number;
  readonly y: number;
}

/** The forecast offices of the cities of the world in the USA. */
const OFFICES: Readonly<Record<string, string>> = {
  'New York': 'OKX',
  Seattle: 'SEW',
  Chicago: 'LOT',
  'Mountain View': 'MTR',
  'San Francisco': 'MTR',
  Washington: 'LWX',
  Boston: 'BOX',
  Austin: 'EWX',
  Denver: 'BOU',
  Philadelphia: 'PHI',
  Honolulu: 'HFO',
};

/** Squares of a degree. */
const PER_DEGREE = 40;

/** The corner of each grid lies that far south-west of the city. */
const MARGIN = 50;

/** @returns the nearest address of the world; undefined outside of the USA, for which the service has no forecasts */
export function nearestInUsa(
  { addresses }: World,
  latitude: number,
  longitude: number,
): WorldAddress | undefined {
  const distance = (address: WorldAddress) =>
    Math.hypot(address.latitude - latitude, address.longitude - longitude);
  const nearest = [...addresses].sort((one, other) => distance(one) - distance(other))[0];
  return nearest?.countryCode === 'US' ? nearest : undefined;
}

export function gridPointOf(address: WorldAddress, latitude: number, longitude: number): GridPoint {
  return {
    office: OFFICES[address.city] ?? 'LOT',
    x: MARGIN + Math.floor((longitude - address.longitude) * PER_DEGREE),
    y: MARGIN + Math.floor((latitude - address.latitude) * PER_DEGREE),
  };
}

/** @returns undefined for a square of no office */
export function pointOf(
  { addresses }: World,
  { office, x, y }: GridPoint,
): { readonly latitude: number; readonly longitude: number } | undefined {
  const address = addresses.find(({ city }) => OFFICES[city] === office);
  return (
    address && {
      latitude: address.latitude + (y - MARGIN) / PER_DEGREE,
      longitude: address.longitude + (x - MARGIN) / PER_DEGREE,
    }
  );
}
