import { z } from 'zod';
import { httpUrl, readEnvironment, secret, type Environment, type Problems } from '../../../../configuration/environment.ts';

export interface HubspotConfig {
  /** A private app's token, or an OAuth one. */
  readonly accessToken: string;
  readonly baseUrl: string;
}

/** @returns undefined where anything was wrong; every problem has then been added to `problems`. */
export function readHubspotConfig(environment: Environment, problems: Problems): HubspotConfig | undefined {
  const read = readEnvironment(VARIABLES, environment, problems);
  return read && { accessToken: read.HUBSPOT_ACCESS_TOKEN, baseUrl: read.HUBSPOT_BASE_URL };
}

const VARIABLES = {
  HUBSPOT_ACCESS_TOKEN: secret(),
  HUBSPOT_BASE_URL: z.optional(httpUrl()).default('https://api.hubapi.com'),
};
