import type { Environment, Problems } from '../../configuration/environment.ts';
import { readLifetimes } from '../cache-settings.ts';
import type { Vendor } from '../choose-vendor.ts';
import { readCustomerLink } from '../customer-link.ts';
import { ownResources } from '../subgraph-resources.ts';
import { CACHED_TYPES } from './domain.ts';
import type { PaymentsProvider, PaymentsSettings } from './provider.ts';
import { readStripeConfig } from './providers/stripe/stripe-config.ts';
import { createStripeProvider } from './providers/stripe/stripe-provider.ts';

/** The payment processors that can stand behind this subgraph. */
export const PAYMENTS_VENDORS: Readonly<Record<string, Vendor<PaymentsProvider>>> = {
  stripe: {
    credential: 'STRIPE_SECRET_KEY',
    create: (environment, problems, resources = ownResources()) => {
      const config = readStripeConfig(environment, problems);
      const settings = readPaymentsSettings(environment, problems);
      return config && settings && createStripeProvider(config, settings, resources);
    },
  },
};

/** What holds for every payment processor. */
export function readPaymentsSettings(environment: Environment, problems: Problems): PaymentsSettings | undefined {
  // The CRM's side reports what is wrong with it; here a wrong one costs no more than an e-mail that nobody uses.
  const link = readCustomerLink(environment, []);
  const lifetimes = readLifetimes('PAYMENTS', CACHED_TYPES, environment, problems);
  return lifetimes && { needsPayerEmail: link === undefined || link.referenceProperty === null, lifetimes };
}
