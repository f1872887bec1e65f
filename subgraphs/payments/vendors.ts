import type { Environment, Problems } from '../../configuration/environment.ts';
import { ownResources, type SubgraphResources } from '../subgraph-resources.ts';
import type { PaymentsProvider } from './provider.ts';
import { readStripeConfig } from './providers/stripe/stripe-config.ts';
import { createStripeProvider } from './providers/stripe/stripe-provider.ts';

interface PaymentsVendor {
  /** The environment variable that holds the vendor's credential. */
  readonly credential: string;
  /** @returns undefined where the environment is wrong; every problem has then been added to `problems`. */
  create(environment: Environment, problems: Problems, resources?: SubgraphResources): PaymentsProvider | undefined;
}

/** The payment processors that can stand behind this subgraph. */
export const PAYMENTS_VENDORS: Readonly<Record<string, PaymentsVendor>> = {
  stripe: {
    credential: 'STRIPE_SECRET_KEY',
    create: (environment, problems, resources = ownResources()) => {
      const config = readStripeConfig(environment, problems);
      return config && createStripeProvider(config, resources);
    },
  },
};
