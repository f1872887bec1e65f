import { z } from 'zod';
import { httpUrl, rate, secret, timeoutMs } from '../../../../settings/values.ts';
import { Credential } from '../../../../upstream/credential.ts';
import type { Rate } from '../../../../state/shared-state.ts';

export interface GoogleConfig {
  readonly apiKey: Credential;
  /** Rate limit of each API; null: no limit. */
  readonly rateLimit: Rate | null;
  /** Time limit of a read in milliseconds; Infinity: until the request's deadline. @default that of all vendors */
  readonly timeoutMs?: number | undefined;
  /** Base URL of geocoding, time zones and static maps. */
  readonly geocodingBaseUrl: string;
  readonly routesBaseUrl: string;
  readonly placesBaseUrl: string;
}

export const googleSettings = z
  .object({
    GOOGLE_MAPS_API_KEY: secret(),
    // https://developers.google.com/maps/documentation/geocoding/usage-and-billing#other-usage-limits; the others have the same.
    GOOGLE_RATE_LIMIT: rate().default({ limit: 3000, windowMs: 60_000 }),
    GOOGLE_TIMEOUT_MS: timeoutMs().optional(),
    GOOGLE_GEOCODING_BASE_URL: httpUrl().default('https://maps.googleapis.com'),
    GOOGLE_ROUTES_BASE_URL: httpUrl().default('https://routes.googleapis.com'),
    GOOGLE_PLACES_BASE_URL: httpUrl().default('https://places.googleapis.com'),
  })
  .transform((read): GoogleConfig => ({
    apiKey: new Credential(read.GOOGLE_MAPS_API_KEY),
    rateLimit: read.GOOGLE_RATE_LIMIT,
    timeoutMs: read.GOOGLE_TIMEOUT_MS,
    geocodingBaseUrl: read.GOOGLE_GEOCODING_BASE_URL,
    routesBaseUrl: read.GOOGLE_ROUTES_BASE_URL,
    placesBaseUrl: read.GOOGLE_PLACES_BASE_URL,
  }));
