import type { World, WorldAddress } from '../world/world.ts';
import { buildBusinesses } from './google-businesses.ts';
import {
  toAddressPlace,
  toCityPlace,
  toInventedPlace,
  type GooglePlace,
  type Point,
} from './google-place.ts';
import { ENGLISH_CITY_NAMES, MAX_TEXT, wordsOf } from './google-text.ts';
import { metresBetween } from './google-travel.ts';

/** The map data of the sandbox vendor. */
export interface Atlas {
  readonly places: readonly GooglePlace[];
  placeById(id: string): GooglePlace | undefined;
  /**
   * The building that an address text names, else an invented one or a street in the city that it names, else that city. `isPartial`
   * where part of the text was not found. Nothing where it names no city of the world.
   */
  find(text: string): { readonly place: GooglePlace; readonly isPartial: boolean } | undefined;
  /** Buildings and cities around a point, nearest building first. */
  around(point: Point): readonly GooglePlace[];
  /** The address of the world that is nearest to a point. */
  nearestAddress(
    point: Point,
  ): { readonly address: WorldAddress; readonly metres: number } | undefined;
}

export function buildAtlas({ addresses }: World): Atlas {
  const buildings = addresses.map(toAddressPlace).map(toEntry);
  const cities = [
    ...new Map(addresses.map(toCityPlace).map((city) => [city.id, city])).values(),
  ].map(toEntry);
  const places = [
    ...[...buildings, ...cities].map(({ place }) => place),
    ...buildBusinesses(addresses),
  ];
  const byId = new Map(places.map((place) => [place.id, place]));
  const countries = new Set(addresses.map(({ country }) => country.toLowerCase()));
  const invented = new Map<string, GooglePlace>();
  return {
    places,
    placeById: (id) => byId.get(id) ?? invented.get(id),
    find(text) {
      const words = wordsOf(text);
      const building = best(buildings, (entry) => buildingScore(entry, words));
      if (building)
        return {
          place: building.entry.place,
          isPartial: namesOtherCountry(text, building.entry, countries),
        };
      const city = best(cities, (entry) => cityScore(entry, words));
      if (city === undefined) return undefined;
      const street = streetOf(text, city.entry);
      if (street === '') return { place: city.entry.place, isPartial: words.length > city.score };
      const place = toInventedPlace(street, city.entry.place);
      remember(invented, place);
      return { place, isPartial: namesOtherCountry(text, city.entry, countries) };
    },
    around(point) {
      const found = [
        ...nearest(buildings, point, BUILDING_REACH),
        ...nearest(cities, point, CITY_REACH).slice(0, 1),
      ];
      return found.map(({ place }) => place);
    },
    nearestAddress(point) {
      const [first] = nearest(buildings, point, Infinity);
      return first && { address: first.place.address, metres: first.metres };
    },
  };
}

/** The street that a text begins with, as it is written; empty where it begins with the city or with no name at all. */
function streetOf(text: string, { cityNames, country, postalCode }: Entry): string {
  const [line = ''] = text.slice(0, MAX_TEXT).split(',');
  const city = cityNames.find((name) => isWithin(name, wordsOf(line)));
  const area = new Set([...(city ?? []), ...country, ...postalCode]);
  const tokens = line
    .split(/[\s;]+/)
    .filter((token) => !wordsOf(token).every((word) => area.has(word)) && !isPostalCode(token));
  const isNamed = tokens.some((token) => /\p{L}{2}/u.test(token));
  const isNumbered = tokens.some((token) => /^\d/.test(token));
  // Without a number, what stands beside the city may be anything.
  return isNamed && (isNumbered || city === undefined) ? tokens.join(' ') : '';
}

const isPostalCode = (token: string) => /^\d{4,}$/.test(token);

/** Whether the text ends with the name of a country that the place is not in. */
function namesOtherCountry(text: string, { country }: Entry, countries: ReadonlySet<string>) {
  const last = text.slice(0, MAX_TEXT).split(',').at(-1)?.trim().toLowerCase() ?? '';
  return countries.has(last) && !wordsOf(last).every((word) => country.includes(word));
}

/** An invented place is found by its id as long as it is among the latest. */
function remember(invented: Map<string, GooglePlace>, place: GooglePlace): void {
  invented.delete(place.id);
  invented.set(place.id, place);
  const [oldest] = invented.keys();
  if (invented.size > MAX_INVENTED && oldest !== undefined) invented.delete(oldest);
}

const MAX_INVENTED = 10_000;

const BUILDING_REACH = 300;
const CITY_REACH = 25_000;

/** A place with the words that it is known by. */
interface Entry {
  readonly place: GooglePlace;
  readonly street: readonly string[];
  readonly cityNames: readonly (readonly string[])[];
  readonly postalCode: readonly string[];
  readonly country: readonly string[];
}

function toEntry(place: GooglePlace): Entry {
  const { line1, city, region, postalCode, country, countryCode } = place.address;
  return {
    place,
    street: wordsOf(line1),
    cityNames: [city, ENGLISH_CITY_NAMES[city] ?? city].map(wordsOf),
    postalCode: wordsOf(postalCode ?? ''),
    country: [region ?? '', country, countryCode].flatMap(wordsOf),
  };
}

function nearest(entries: readonly Entry[], point: Point, within: number) {
  return entries
    .map(({ place }) => ({ place, metres: metresBetween(place.location, point) }))
    .filter(({ metres }) => metres <= within)
    .toSorted((left, right) => left.metres - right.metres);
}

function best(entries: readonly Entry[], scoreOf: (entry: Entry) => number) {
  const [first] = entries
    .map((entry) => ({ entry, score: scoreOf(entry) }))
    .filter(({ score }) => score > 0)
    .toSorted((left, right) => right.score - left.score);
  return first;
}

/** How many of a building's words the text has; none unless the whole street is there, and its city or postal code. */
function buildingScore({ street, cityNames, postalCode }: Entry, words: readonly string[]): number {
  const area = [...cityNames, postalCode].filter((name) => isWithin(name, words));
  return isWithin(street, words) && area.length > 0 ? street.length + area.length : 0;
}

/** How many words of the text a city accounts for; none unless one of its names is there. */
function cityScore({ cityNames, country }: Entry, words: readonly string[]): number {
  const name = cityNames.find((candidate) => isWithin(candidate, words));
  return name === undefined
    ? 0
    : words.filter((word) => name.includes(word) || country.includes(word)).length;
}

const isWithin = (wanted: readonly string[], words: readonly string[]) =>
  wanted.length > 0 && wanted.every((word) => words.includes(word));
