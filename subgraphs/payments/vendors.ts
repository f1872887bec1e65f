import { defineVendor, type Vendor } from '../module.ts';
import type { PaymentsProvider, PaymentsSettings } from './provider.ts';
import { stripeChecks } from './providers/stripe/stripe-checks.ts';
import { refuseRenewal, stripeSettings } from './providers/stripe/stripe-config.ts';
import { createStripeProvider } from './providers/stripe/stripe-provider.ts';

/** The payment processors of this subgraph. */
export const PAYMENTS_VENDORS: Readonly<
  Record<string, Vendor<PaymentsSettings, PaymentsProvider>>
> = {
  stripe: defineVendor({
    credential: 'STRIPE_SECRET_KEY',
    webhookSecrets: 'STRIPE_WEBHOOK_SECRETS',
    settings: stripeSettings,
    credentialOf: ({ secretKey }) => secretKey,
    refuseRenewal,
    create: createStripeProvider,
    checks: stripeChecks,
  }),
};
