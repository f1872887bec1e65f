import { z } from 'zod';
import { integer } from '../../settings/values.ts';

export interface CatchUpSettings {
  /** How often a vendor without webhooks is polled; milliseconds. Undefined: never. */
  readonly pollMs: number | undefined;
  /** How often catch-up runs while a cache relies on webhooks; milliseconds. */
  readonly healthMs: number;
}

export const catchUpSettings = z
  .object({
    EVENTS_POLL_SECONDS: integer({ min: 10, max: 86_400 }).optional(),
    EVENTS_HEALTH_SECONDS: integer({ min: 10, max: 3600 }).optional(),
  })
  .transform(({ EVENTS_POLL_SECONDS, EVENTS_HEALTH_SECONDS = 60 }): CatchUpSettings => ({
    pollMs: EVENTS_POLL_SECONDS === undefined ? undefined : EVENTS_POLL_SECONDS * 1000,
    healthMs: EVENTS_HEALTH_SECONDS * 1000,
  }));
