import { z } from 'zod';
import { type Environment, httpUrl, type Problems, readEnvironment, secret } from '../../../../configuration/environment.ts';

export interface StripeConfig {
  readonly secretKey: string;
  readonly baseUrl: string;
  /** Whether people are found by their e-mail, so that a payer is of no use without it. */
  readonly needsPayerEmail: boolean;
}

/**
 * The newest version of which real traffic is at hand to test against. It is the shape of invoices since 2025-03-31.basil
 * (https://docs.stripe.com/changelog/basil): `parent` in place of `subscription`, periods on a subscription's items.
 */
export const STRIPE_VERSION = '2026-03-25.dahlia';

/** @returns undefined where anything was wrong; every problem has then been added to `problems`. */
export function readStripeConfig(environment: Environment, problems: Problems): StripeConfig | undefined {
  const read = readEnvironment(
    {
      STRIPE_SECRET_KEY: secret(),
      STRIPE_BASE_URL: httpUrl().default('https://api.stripe.com'),
      CUSTOMER_LINK: z
        .string()
        .regex(/^(email|property:\w+)$/, 'must be email or property:<name of a CRM property>.')
        .default('email'),
    },
    environment,
    problems,
  );
  return read && { secretKey: read.STRIPE_SECRET_KEY, baseUrl: read.STRIPE_BASE_URL, needsPayerEmail: read.CUSTOMER_LINK === 'email' };
}
