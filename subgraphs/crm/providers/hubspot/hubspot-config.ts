import { z } from 'zod';
import { addProblem } from '../../../../settings/settings.ts';
import { httpUrl, oneOf, rate, secret, secrets, timeoutMs } from '../../../../settings/values.ts';
import { Credential } from '../../../../upstream/credential.ts';
import type { Rate } from '../../../../state/shared-state.ts';
import { API_VERSIONS, type ApiVersion } from './hubspot-api-version.ts';

export interface HubspotConfig {
  /** A service key, or the token of a private app or of OAuth: each is a Bearer token. */
  readonly accessToken: Credential;
  readonly apiVersion: ApiVersion;
  readonly baseUrl: string;
  /** The account's rate limit until HubSpot's responses report another; null: no limit, whatever they report. */
  readonly rateLimit: Rate | null;
  /** Time limit of a read in milliseconds; Infinity: until the request's deadline. @default that of all vendors */
  readonly timeoutMs?: number | undefined;
  /** The unique property of contacts, companies and deals for idempotency keys of creations; null if there is none. */
  readonly idempotencyProperty: string | null;
  /** Secrets of the app that sends webhooks, newest first. @default no webhooks */
  readonly clientSecrets?: readonly string[] | undefined;
  /** The number of the account; events of other accounts are ignored. @default events of all accounts are accepted */
  readonly portalId?: string | undefined;
}

export const hubspotSettings = z
  .object({
    HUBSPOT_ACCESS_TOKEN: secret(),
    HUBSPOT_API_VERSION: z.optional(oneOf(API_VERSIONS)).default(API_VERSIONS[0]),
    // The limit of every plan: https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
    HUBSPOT_RATE_LIMIT: z.optional(rate()).default({ limit: 100, windowMs: 10_000 }),
    HUBSPOT_TIMEOUT_MS: timeoutMs().optional(),
    HUBSPOT_BASE_URL: z.optional(httpUrl()).default('https://api.hubapi.com'),
    HUBSPOT_IDEMPOTENCY_PROPERTY: z.optional(
      z
        .string()
        .regex(
          /^[a-z]\w{0,99}$/,
          'must be the internal name of a property, such as tributary_key.',
        ),
    ),
    HUBSPOT_CLIENT_SECRETS: secrets().optional(),
    HUBSPOT_PORTAL_ID: z
      .string()
      .regex(/^\d{1,20}$/, 'must be the number of the account, such as 12345678.')
      .optional(),
    PUBLIC_URL: z.string().optional(),
    NODE_ENV: z.string().optional(),
  })
  .superRefine(({ HUBSPOT_CLIENT_SECRETS, PUBLIC_URL, NODE_ENV }, context) => {
    // Behind a proxy, a request does not contain the URL that HubSpot called.
    if (
      HUBSPOT_CLIENT_SECRETS !== undefined &&
      PUBLIC_URL === undefined &&
      NODE_ENV === 'production'
    )
      addProblem(
        context,
        'HUBSPOT_CLIENT_SECRETS needs PUBLIC_URL, because HubSpot signs the URL that it calls.',
      );
  })
  .transform(
    ({
      HUBSPOT_ACCESS_TOKEN,
      HUBSPOT_API_VERSION,
      HUBSPOT_BASE_URL,
      HUBSPOT_RATE_LIMIT,
      HUBSPOT_TIMEOUT_MS,
      HUBSPOT_IDEMPOTENCY_PROPERTY = null,
      HUBSPOT_CLIENT_SECRETS: clientSecrets,
      HUBSPOT_PORTAL_ID: portalId,
    }): HubspotConfig => ({
      accessToken: new Credential(HUBSPOT_ACCESS_TOKEN),
      apiVersion: HUBSPOT_API_VERSION,
      baseUrl: HUBSPOT_BASE_URL,
      rateLimit: HUBSPOT_RATE_LIMIT,
      timeoutMs: HUBSPOT_TIMEOUT_MS,
      idempotencyProperty: HUBSPOT_IDEMPOTENCY_PROPERTY,
      clientSecrets,
      portalId,
    }),
  );
