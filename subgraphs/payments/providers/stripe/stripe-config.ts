import { z } from 'zod';
import { httpUrl, rate, secret, secrets, timeoutMs } from '../../../../settings/values.ts';
import { Credential } from '../../../../upstream/credential.ts';
import type { Rate } from '../../../../state/shared-state.ts';

export interface StripeConfig {
  readonly secretKey: Credential;
  readonly baseUrl: string;
  /** Limit of all calls of the account; null: no limit, for endpoints either. */
  readonly rateLimit: Rate | null;
  /** Limit of each endpoint; null: no limit. */
  readonly endpointRateLimit: Rate | null;
  /** Time limit of a read in milliseconds; Infinity: until the request's deadline. @default that of all vendors */
  readonly timeoutMs?: number | undefined;
  /** Secrets with which Stripe signs events, newest first. @default no webhooks */
  readonly webhookSecrets?: readonly string[] | undefined;
}

/**
 * The current version, that of the `stripe` package whose types the tests are checked against. The parts that are read here have not
 * changed since
 * 2025-03-31.basil (https://docs.stripe.com/changelog/basil): `parent` in place of `subscription`, periods on a subscription's items.
 */
export const STRIPE_VERSION = '2026-10-28.endive';

/** Also for a live key: https://docs.stripe.com/rate-limits */
const ENDPOINT_RATE: Rate = { limit: 25, windowMs: 1000 };

export const stripeSettings = z
  .object({
    STRIPE_SECRET_KEY: secret().refine(
      (key) => !key.startsWith('pk_'),
      'must be a secret key (sk_...) or a restricted key (rk_...), but is a publishable key (pk_...), which can read nothing.',
    ),
    STRIPE_BASE_URL: httpUrl().default('https://api.stripe.com'),
    STRIPE_RATE_LIMIT: rate().optional(),
    STRIPE_ENDPOINT_RATE_LIMIT: rate().default(ENDPOINT_RATE),
    STRIPE_TIMEOUT_MS: timeoutMs().optional(),
    STRIPE_WEBHOOK_SECRETS: secrets()
      .refine(
        (texts) => !texts.some((text) => /^(?:[a-z]+_(?:live|test)_|we_)/.test(text)),
        'must hold the signing secrets of webhook endpoints (whsec_...), but holds a key of the API or the id of an endpoint.',
      )
      .optional(),
  })
  .transform(
    ({
      STRIPE_SECRET_KEY: secretKey,
      STRIPE_BASE_URL: baseUrl,
      STRIPE_RATE_LIMIT: rateLimit = defaultRate(secretKey),
      STRIPE_ENDPOINT_RATE_LIMIT: endpointRateLimit,
      STRIPE_TIMEOUT_MS: timeoutMs,
      STRIPE_WEBHOOK_SECRETS: webhookSecrets,
    }): StripeConfig => ({
      secretKey: new Credential(secretKey),
      baseUrl,
      rateLimit,
      endpointRateLimit,
      timeoutMs,
      webhookSecrets,
    }),
  );

/** @returns why a key cannot replace another while the process runs; undefined if it can */
export function refuseRenewal(before: string, after: string): string | undefined {
  if (isLive(before) === isLive(after)) return undefined;
  const [from, to] = isLive(before) ? ['live', 'test'] : ['test', 'live'];
  return `STRIPE_SECRET_KEY changes from a ${from} key to a ${to} key, whose customers and payments are others: restart the process.`;
}

/** Otherwise it is a test key, with other customers and payments. */
export const isLive = (secretKey: string) => /^[a-z]+_live_/.test(secretKey);

/** A live key has a limit of 100 calls per second in total, a test key 25: https://docs.stripe.com/rate-limits */
function defaultRate(secretKey: string): Rate {
  return { limit: isLive(secretKey) ? 100 : 25, windowMs: 1000 };
}
