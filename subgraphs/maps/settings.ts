import { z } from 'zod';
import { integer, oneOf, secret } from '../../settings/values.ts';

export interface MapsSettings {
  /** Secret that encrypts the links of maps; undefined if the vendor's credential is used. */
  readonly linkSecret: string | undefined;
  /** Seconds for which a link is valid. */
  readonly linkSeconds: number;
  /** Limit per image. */
  readonly callsPerMinute: number;
  /** Whether coordinates of addresses are cached. */
  readonly cachesPlaces: boolean;
}

/** Settings of all mapping services. */
export const mapsSettings = z
  .object({
    MAP_SIGNING_SECRET: secret().min(32, 'must have at least 32 characters.').optional(),
    MAP_LINK_SECONDS: integer({ min: 60, max: 30 * 86_400 }).default(86_400),
    MAP_CALLS_PER_MINUTE: integer({ min: 1, max: 10_000 }).default(30),
    MAPS_KEEP_PLACES: oneOf(['true', 'false']).default('false'),
  })
  .transform((read): MapsSettings => ({
    linkSecret: read.MAP_SIGNING_SECRET,
    linkSeconds: read.MAP_LINK_SECONDS,
    callsPerMinute: read.MAP_CALLS_PER_MINUTE,
    cachesPlaces: read.MAPS_KEEP_PLACES === 'true',
  }));
