import type { World, WorldAddress } from '../world/world.ts';
import { buildBusinesses } from './google-businesses.ts';
import { toAddressPlace, toCityPlace, type GooglePlace, type Point } from './google-place.ts';
import { ENGLISH_CITY_NAMES, wordsOf } from './google-text.ts';
import { metresBetween } from './google-travel.ts';

/** All that the look-alike knows of the earth. */
export interface Atlas {
  readonly places: readonly GooglePlace[];
  placeById(id: string): GooglePlace | undefined;
  /** The building that an address text names, else the city; `isPartial` where part of the text was not found. */
  find(text: string): { readonly place: GooglePlace; readonly isPartial: boolean } | undefined;
  /** Buildings and cities around a point, nearest building first. */
  around(point: Point): readonly GooglePlace[];
  /** The address of the world that is nearest to a point. */
  nearestAddress(point: Point): { readonly address: WorldAddress; readonly metres: number } | undefined;
}

export function buildAtlas({ addresses }: World): Atlas {
  const buildings = addresses.map(toAddressPlace);
  const cities = [...new Map(addresses.map(toCityPlace).map((city) => [city.id, city])).values()];
  const places = [...buildings, ...cities, ...buildBusinesses(addresses)];
  const byId = new Map(places.map((place) => [place.id, place]));

  const nearest = (candidates: readonly GooglePlace[], point: Point, within: number) =>
    candidates
      .map((place) => ({ place, metres: metresBetween(place.location, point) }))
      .filter(({ metres }) => metres <= within)
      .toSorted((left, right) => left.metres - right.metres);

  return {
    places,
    placeById: (id) => byId.get(id),
    find(text) {
      const words = wordsOf(text);
      const building = best(buildings, (place) => buildingScore(place, words));
      if (building) return { place: building, isPartial: false };
      const city = best(cities, (place) => cityScore(place, words));
      return city && { place: city, isPartial: words.length > cityScore(city, words) };
    },
    around(point) {
      const found = [...nearest(buildings, point, 300), ...nearest(cities, point, 25_000).slice(0, 1)];
      return found.map(({ place }) => place);
    },
    nearestAddress(point) {
      const [first] = nearest(buildings, point, Infinity);
      return first && { address: first.place.address, metres: first.metres };
    },
  };
}

function best(places: readonly GooglePlace[], score: (place: GooglePlace) => number): GooglePlace | undefined {
  const [first] = places
    .map((place) => ({ place, score: score(place) }))
    .filter((candidate) => candidate.score > 0)
    .toSorted((left, right) => right.score - left.score);
  return first?.place;
}

/** How many of a building's words the text has; none unless the whole street is there, and its city or postal code. */
function buildingScore({ address }: GooglePlace, words: readonly string[]): number {
  const street = wordsOf(address.line1);
  const area = [...cityNames(address), address.postalCode ?? '\u0000'].filter((name) => isWithin(wordsOf(name), words));
  return isWithin(street, words) && area.length > 0 ? street.length + area.length : 0;
}

/** How many words of the text a city accounts for; none unless one of its names is there. */
function cityScore({ address }: GooglePlace, words: readonly string[]): number {
  const name = cityNames(address).find((candidate) => isWithin(wordsOf(candidate), words));
  if (name === undefined) return 0;
  const known = [name, address.region ?? '', address.country, address.countryCode].flatMap(wordsOf);
  return words.filter((word) => known.includes(word)).length;
}

const cityNames = ({ city }: WorldAddress) => [city, ENGLISH_CITY_NAMES[city] ?? city];

const isWithin = (wanted: readonly string[], words: readonly string[]) => wanted.length > 0 && wanted.every((word) => words.includes(word));
