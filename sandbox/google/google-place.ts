import { createHash } from 'node:crypto';
import type { WorldAddress } from '../world/world.ts';

/** Something on the map: a building, a street, a city or a business. */
export interface GooglePlace {
  readonly id: string;
  /** Null for what only has an address. */
  readonly name: string | null;
  readonly formattedAddress: string;
  readonly components: readonly AddressComponent[];
  readonly location: Point;
  readonly locationType: 'ROOFTOP' | 'RANGE_INTERPOLATED' | 'GEOMETRIC_CENTER' | 'APPROXIMATE';
  readonly types: readonly string[];
  readonly address: WorldAddress;
  /** Other words that it is found by. */
  readonly keywords: string;
}

interface AddressComponent {
  readonly long_name: string;
  readonly short_name: string;
  readonly types: readonly string[];
}

/** Degrees, WGS 84. */
export interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

/** The building that an address of the world names. */
export function toAddressPlace(address: WorldAddress): GooglePlace {
  const { latitude, longitude } = address;
  const { number, route } = splitStreet(address.line1);
  const street = [
    ...(number === undefined ? [] : [component(number, number, 'street_number')]),
    component(route, route, 'route'),
    component(address.city, address.city, 'locality', 'political'),
  ];
  return {
    id: placeId(`address ${address.line1} ${address.city}`),
    name: null,
    formattedAddress: formatAddress(address),
    components: [...street, ...areaComponents(address), ...postalCodeComponents(address)],
    location: { latitude, longitude },
    locationType: number === undefined ? 'GEOMETRIC_CENTER' : 'ROOFTOP',
    types: number === undefined ? ['route'] : ['street_address'],
    address,
    keywords: '',
  };
}

/** The city that an address of the world lies in, placed at that address. */
export function toCityPlace(address: WorldAddress): GooglePlace {
  const { city, region, country, latitude, longitude } = address;
  return {
    id: placeId(`city ${city} ${country}`),
    name: city,
    formattedAddress:
      region === null
        ? `${city}, ${countryName(address)}`
        : `${city}, ${region}, ${countryName(address)}`,
    components: [component(city, city, 'locality', 'political'), ...areaComponents(address)],
    location: { latitude: round(latitude, 2), longitude: round(longitude, 2) },
    locationType: 'APPROXIMATE',
    types: ['locality', 'political'],
    address,
    keywords: '',
  };
}

/** A building or a street that the sandbox makes up, always at the same point not far from the middle of its city. */
export function toInventedPlace(line1: string, { address }: GooglePlace): GooglePlace {
  const hash = createHash('sha1').update(`${line1.toLowerCase()} ${address.city}`).digest();
  const offset = (at: number) => (hash.readUInt16BE(at) / 65_535 - 0.5) * INVENTED_SPAN;
  const place = toAddressPlace({
    ...address,
    line1,
    line2: null,
    postalCode: null,
    latitude: round(address.latitude + offset(0), 7),
    longitude: round(address.longitude + offset(2), 7),
  });
  return place.locationType === 'ROOFTOP'
    ? { ...place, locationType: 'RANGE_INTERPOLATED' }
    : place;
}

/** Degrees; some two kilometres to each side. */
const INVENTED_SPAN = 0.04;

/** Ids look like Google's and say nothing. */
export const placeId = (seed: string) =>
  `ChIJ${createHash('sha1').update(seed).digest('base64url').slice(0, 23)}`;

/** House numbers stand before the street in some countries, behind it in others. */
function splitStreet(line: string): { readonly number?: string; readonly route: string } {
  const [before] = /^\d[\w-]*(?= )/.exec(line) ?? [];
  if (before !== undefined) return { number: before, route: line.slice(before.length).trim() };
  const [behind] = /(?<= )\d[\d-]*$/.exec(line) ?? [];
  return behind === undefined
    ? { route: line }
    : { number: behind, route: line.slice(0, -behind.length).trim() };
}

function formatAddress(address: WorldAddress): string {
  const { line1, city, region, postalCode, countryCode } = address;
  const country = countryName(address);
  const joined = (...parts: (string | null)[]) => parts.filter((part) => part !== null).join(' ');
  if (countryCode === 'GB' || countryCode === 'AU')
    return `${line1}, ${joined(city, region, postalCode)}, ${country}`;
  if (region === null || !REGION_IS_WRITTEN.has(countryCode))
    return `${line1}, ${joined(postalCode, city)}, ${country}`;
  return `${line1}, ${city}, ${joined(region, postalCode)}, ${country}`;
}

const REGION_IS_WRITTEN: ReadonlySet<string> = new Set(['US', 'CA', 'BR', 'IN', 'JP', 'MX', 'ZA']);

const countryName = ({ countryCode, country }: WorldAddress) =>
  SHORT_COUNTRY_NAMES[countryCode] ?? country;

const SHORT_COUNTRY_NAMES: Readonly<Record<string, string>> = { US: 'USA', GB: 'UK' };

const component = (long: string, short: string, ...types: string[]): AddressComponent => ({
  long_name: long,
  short_name: short,
  types,
});

const areaComponents = ({ region, country, countryCode }: WorldAddress) => [
  ...(region === null
    ? []
    : [component(region, region, 'administrative_area_level_1', 'political')]),
  component(country, countryCode, 'country', 'political'),
];

const postalCodeComponents = ({ postalCode }: WorldAddress) =>
  postalCode === null ? [] : [component(postalCode, postalCode, 'postal_code')];

export const round = (value: number, digits: number) =>
  Math.round(value * 10 ** digits) / 10 ** digits;
