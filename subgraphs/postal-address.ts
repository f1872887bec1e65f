import { GraphQLCountryCode } from 'graphql-scalars';

/** The parts of a postal address, as they were entered. */
export interface AddressParts {
  readonly line1: string | null;
  readonly line2: string | null;
  readonly city: string | null;
  readonly region: string | null;
  readonly postalCode: string | null;
  readonly country: string | null;
}

export interface PostalAddress extends AddressParts {
  /** ISO 3166-1 alpha-2; null for an unknown country. */
  readonly countryCode: string | null;
  /** On one line: {@link formatAddress}. */
  readonly formatted: string;
}

/**
 * @param code the country's code, if the vendor has a field for it besides the name
 * @returns null if no part is known
 */
export function toPostalAddress(
  parts: AddressParts,
  code: string | null = null,
): PostalAddress | null {
  const formatted = formatAddress(parts);
  return formatted === null
    ? null
    : { countryCode: countryCodeOf(parts.country) ?? countryCodeOf(code), formatted, ...parts };
}

/**
 * An address on one line, in a geocoder's format: `1 Main St, Springfield, IL 62701, United States`. It is the key of an address in all
 * subgraphs, so equal parts give equal text.
 * @returns null if no part is known
 */
export function formatAddress({
  line1,
  line2,
  city,
  region,
  postalCode,
  country,
}: AddressParts): string | null {
  const regionAndPostalCode = [region, postalCode].map(collapse).filter(Boolean).join(' ');
  const parts = [line1, line2, city, regionAndPostalCode, country].map(collapse).filter(Boolean);
  return parts.length === 0 ? null : parts.join(', ');
}

/** @returns the ISO 3166-1 alpha-2 code of a country, from its code or English name; null for others */
export function countryCodeOf(country: string | null): string | null {
  if (country === null || country.length > MAX_COUNTRY) return null;
  const name = collapse(country);
  const code = name.toUpperCase();
  if (isCountryCode(code)) return code;
  return CODES_BY_NAME.get(simplify(name)) ?? null;
}

/** Characters; `normalize` takes quadratic time for text that consists of accents only. */
const MAX_COUNTRY = 100;

const collapse = (part: string | null) => part?.trim().replace(/\s+/g, ' ') ?? '';

/** Makes "St. Vincent & Grenadines" and "St Vincent and Grenadines" equal. */
const simplify = (name: string) =>
  name
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .replace(/\band\b|\bthe\b|[^a-z]/g, '');

function isCountryCode(code: string): boolean {
  if (!/^[A-Z]{2}$/.test(code)) return false;
  try {
    GraphQLCountryCode.serialize(code);
    return true;
  } catch {
    return false;
  }
}

/** Common names that Unicode's English list lacks. */
const OTHER_NAMES: readonly (readonly [string, string])[] = [
  ['USA', 'US'],
  ['United States of America', 'US'],
  ['UK', 'GB'],
  ['Great Britain', 'GB'],
  ['England', 'GB'],
  ['Scotland', 'GB'],
  ['Wales', 'GB'],
  ['Czech Republic', 'CZ'],
  ['Turkey', 'TR'],
  ['Hong Kong', 'HK'],
  ['Macau', 'MO'],
  ['Russian Federation', 'RU'],
  ['Republic of Korea', 'KR'],
  ['Holland', 'NL'],
];

const CODES_BY_NAME: ReadonlyMap<string, string> = new Map(
  [...unicodeNames(), ...OTHER_NAMES].map(([name, code]) => [simplify(name), code]),
);

function unicodeNames(): (readonly [string, string])[] {
  const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
  const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
  const codes = letters
    .flatMap((first) => letters.map((second) => first + second))
    .filter(isCountryCode);
  return codes.map((code) => [names.of(code) ?? code, code] as const);
}
