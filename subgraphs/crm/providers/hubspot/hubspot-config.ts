import { z } from 'zod';
import { httpUrl, readEnvironment, secret, type Environment, type Problems } from '../../../../configuration/environment.ts';

export interface HubspotConfig {
  /** A private app's token, or an OAuth one. */
  readonly accessToken: string;
  readonly baseUrl: string;
  /** The property of contacts and deals, with unique values, that a creation's key is written to; null where there is none. */
  readonly idempotencyProperty: string | null;
}

/** @returns undefined where anything was wrong; every problem has then been added to `problems`. */
export function readHubspotConfig(environment: Environment, problems: Problems): HubspotConfig | undefined {
  const read = readEnvironment(VARIABLES, environment, problems);
  if (read === undefined) return undefined;
  const { HUBSPOT_ACCESS_TOKEN, HUBSPOT_BASE_URL, HUBSPOT_IDEMPOTENCY_PROPERTY } = read;
  return { accessToken: HUBSPOT_ACCESS_TOKEN, baseUrl: HUBSPOT_BASE_URL, idempotencyProperty: HUBSPOT_IDEMPOTENCY_PROPERTY ?? null };
}

const VARIABLES = {
  HUBSPOT_ACCESS_TOKEN: secret(),
  HUBSPOT_BASE_URL: z.optional(httpUrl()).default('https://api.hubapi.com'),
  HUBSPOT_IDEMPOTENCY_PROPERTY: z.optional(
    z.string().regex(/^[a-z]\w{0,99}$/, 'must be the internal name of a property, such as tributary_key.'),
  ),
};
