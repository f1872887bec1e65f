import type { UpstreamResources } from '../../../../upstream/upstream-policy.ts';
import type { PaymentsProvider, PaymentsSettings } from '../../provider.ts';
import { STRIPE_CAPABILITIES } from './stripe-capabilities.ts';
import { createStripeClient } from './stripe-client.ts';
import type { StripeConfig } from './stripe-config.ts';
import { createStripeReads } from './stripe-reads.ts';
import { createStripeWrites } from './writes/stripe-writes.ts';

export function createStripeProvider(
  config: StripeConfig,
  settings: PaymentsSettings,
  resources: UpstreamResources,
): PaymentsProvider {
  const client = createStripeClient(config, settings, resources);
  return {
    capabilities: STRIPE_CAPABILITIES,
    ...createStripeReads(client, settings),
    ...createStripeWrites(client, settings),
    close: () => client.close(),
  };
}
