import { z } from 'zod';
import { httpUrl, rate, secret } from '../../../../settings/values.ts';
import type { Rate } from '../../../../state/shared-state.ts';

export interface HubspotConfig {
  /** A private app's token, or an OAuth one. */
  readonly accessToken: string;
  readonly baseUrl: string;
  /** What the account may do until HubSpot's answers say otherwise; null: no limit, whatever they say. */
  readonly rateLimit: Rate | null;
  /** The property of contacts and deals, with unique values, that a creation's key is written to; null where there is none. */
  readonly idempotencyProperty: string | null;
}

export const hubspotSettings = z
  .object({
    HUBSPOT_ACCESS_TOKEN: secret(),
    // What every plan has: https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
    HUBSPOT_RATE_LIMIT: z.optional(rate()).default({ limit: 100, windowMs: 10_000 }),
    HUBSPOT_BASE_URL: z.optional(httpUrl()).default('https://api.hubapi.com'),
    HUBSPOT_IDEMPOTENCY_PROPERTY: z.optional(
      z
        .string()
        .regex(
          /^[a-z]\w{0,99}$/,
          'must be the internal name of a property, such as tributary_key.',
        ),
    ),
  })
  .transform(
    ({
      HUBSPOT_ACCESS_TOKEN,
      HUBSPOT_BASE_URL,
      HUBSPOT_RATE_LIMIT,
      HUBSPOT_IDEMPOTENCY_PROPERTY = null,
    }): HubspotConfig => ({
      accessToken: HUBSPOT_ACCESS_TOKEN,
      baseUrl: HUBSPOT_BASE_URL,
      rateLimit: HUBSPOT_RATE_LIMIT,
      idempotencyProperty: HUBSPOT_IDEMPOTENCY_PROPERTY,
    }),
  );
