import { createRandom } from './random.ts';
import { DAY } from './times.ts';

/** Invented weather of one hour. */
export interface WorldWeather {
  /** Degrees Celsius. */
  readonly temperature: number;
  /** Metres a second. */
  readonly windSpeed: number;
  /** Degrees from which it blows. */
  readonly windFrom: number;
  /** Percent. */
  readonly humidity: number;
  /** Percent of the sky. */
  readonly clouds: number;
  /** Millimetres of rain or snow; 0 for dry hours. */
  readonly precipitation: number;
  /** Percent. */
  readonly chanceOfPrecipitation: number;
  readonly isDay: boolean;
}

const HOUR = DAY / 24;

/** The same for the same tenth of a degree and hour, on every machine. @param time in milliseconds since 1970 */
export function weatherAt(latitude: number, longitude: number, time: number): WorldWeather {
  const day = Math.floor(time / DAY);
  const place = Math.round(latitude * 10) * 3_600 + Math.round(longitude * 10) + 1_800;
  const random = createRandom(place * 31 + day);
  const sunHour = (((time / HOUR + longitude / 15) % 24) + 24) % 24;
  const season = Math.cos(((day % 365.25) - 200) * ((2 * Math.PI) / 365.25)) * Math.sign(latitude);
  const warmth = 28 - Math.abs(latitude) * 0.45 + season * Math.abs(latitude) * 0.25;
  const clouds = random.integer(0, 100);
  const swing = (6 - clouds / 25) * Math.cos(((sunHour - 15) * Math.PI) / 12);
  const isWet = clouds > 70 && random.chance(0.7);
  return {
    temperature: toTenths(warmth + random.fraction() * 8 - 4 + swing),
    windSpeed: toTenths(random.fraction() * 9 + 0.5),
    windFrom: random.integer(0, 359),
    humidity: Math.min(98, 40 + Math.round(clouds / 2) + random.integer(0, 9)),
    clouds,
    precipitation: isWet ? toTenths(random.fraction() * 3 + 0.1) : 0,
    chanceOfPrecipitation: isWet ? random.integer(50, 95) : Math.round(clouds / 5),
    isDay: sunHour >= 6 && sunHour < 18,
  };
}

const toTenths = (value: number) => Math.round(value * 10) / 10;

/** The beginning of the hour. */
export const hourOf = (time: number) => Math.floor(time / HOUR) * HOUR;

export const hoursFrom = (time: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, index) => hourOf(time) + index * HOUR);

/** `2026-03-01T09:00:00Z` */
export const isoSeconds = (time: number) => new Date(time).toISOString().replace('.000Z', 'Z');
