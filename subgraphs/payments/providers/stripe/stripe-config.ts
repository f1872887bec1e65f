import { z } from 'zod';
import { httpUrl, rate, secret, secrets, timeoutMs } from '../../../../settings/values.ts';
import { Credential } from '../../../../upstream/credential.ts';
import type { Rate } from '../../../../state/shared-state.ts';

export interface StripeConfig {
  readonly secretKey: Credential;
  readonly baseUrl: string;
  /** All calls of the account; null: no limit, of endpoints neither. */
  readonly rateLimit: Rate | null;
  /** Calls of each endpoint; null: no limit. */
  readonly endpointRateLimit: Rate | null;
  /** How long a read may take, in milliseconds; Infinity: until the request's deadline. @default that of all vendors */
  readonly timeoutMs?: number | undefined;
  /** With which Stripe signs events, newest first. @default none are received */
  readonly webhookSecrets?: readonly string[] | undefined;
}

/**
 * The current version, that of the `stripe` package whose types the tests are checked against. What is read here has had its shape since
 * 2025-03-31.basil (https://docs.stripe.com/changelog/basil): `parent` in place of `subscription`, periods on a subscription's items.
 */
export const STRIPE_VERSION = '2026-10-28.endive';

/** Of a live key too: https://docs.stripe.com/rate-limits */
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

/** @returns why a key cannot take the place of another while the process runs; undefined where it can */
export function refuseRenewal(before: string, after: string): string | undefined {
  if (isLive(before) === isLive(after)) return undefined;
  const [from, to] = isLive(before) ? ['live', 'test'] : ['test', 'live'];
  return `STRIPE_SECRET_KEY changes from a ${from} key to a ${to} key, whose customers and payments are others: restart the process.`;
}

/** Else it is for tests, whose customers and payments are others. */
export const isLive = (secretKey: string) => /^[a-z]+_live_/.test(secretKey);

/** A live key is allowed 100 calls a second in all, one for tests 25: https://docs.stripe.com/rate-limits */
function defaultRate(secretKey: string): Rate {
  return { limit: isLive(secretKey) ? 100 : 25, windowMs: 1000 };
}
