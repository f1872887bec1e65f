import { z } from 'zod';
import { httpUrl, rate, secret } from '../../../../settings/values.ts';
import type { Rate } from '../../../../state/shared-state.ts';

export interface StripeConfig {
  readonly secretKey: string;
  readonly baseUrl: string;
  /** What the account may read, and what it may write; null: no limit. */
  readonly rateLimit: Rate | null;
}

/**
 * The newest version of which real traffic is at hand to test against. It is the shape of invoices since 2025-03-31.basil
 * (https://docs.stripe.com/changelog/basil): `parent` in place of `subscription`, periods on a subscription's items.
 */
export const STRIPE_VERSION = '2026-03-25.dahlia';

export const stripeSettings = z
  .object({
    STRIPE_SECRET_KEY: secret().refine(
      (key) => !key.startsWith('pk_'),
      'must be a secret key (sk_...) or a restricted key (rk_...), but is a publishable key (pk_...), which can read nothing.',
    ),
    STRIPE_BASE_URL: httpUrl().default('https://api.stripe.com'),
    STRIPE_RATE_LIMIT: rate().optional(),
  })
  .transform(
    ({
      STRIPE_SECRET_KEY: secretKey,
      STRIPE_BASE_URL: baseUrl,
      STRIPE_RATE_LIMIT: rateLimit = defaultRate(secretKey),
    }): StripeConfig => ({
      secretKey,
      baseUrl,
      rateLimit,
    }),
  );

/** A live key is allowed 100 reads and 100 writes a second, one for tests 25 of each: https://docs.stripe.com/rate-limits */
function defaultRate(secretKey: string): Rate {
  return { limit: /^[a-z]+_live_/.test(secretKey) ? 100 : 25, windowMs: 1000 };
}
