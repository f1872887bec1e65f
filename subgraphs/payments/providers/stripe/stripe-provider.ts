import type { VendorEvents } from '../../../../events/catch-up/vendor-events.ts';
import type { UpstreamClient } from '../../../../upstream/upstream-client.ts';
import { NO_LIFETIMES } from '../../../../upstream/upstream-policy.ts';
import type { SubgraphResources } from '../../../subgraph-resources.ts';
import type { CachedType } from '../../domain.ts';
import type { PaymentsProvider, PaymentsSettings } from '../../provider.ts';
import { AccountsByEmail } from './reads/stripe-accounts-by-email.ts';
import { createStripeReads } from './reads/stripe-reads.ts';
import { STRIPE_CAPABILITIES } from './stripe-capabilities.ts';
import { createStripeClient } from './stripe-client.ts';
import type { StripeConfig } from './stripe-config.ts';
import { RecentAccounts } from './stripe-recent-accounts.ts';
import { createStripeEvents } from './webhooks/stripe-webhooks.ts';
import { createStripeWrites } from './writes/stripe-writes.ts';

export function createStripeProvider(
  config: StripeConfig,
  settings: PaymentsSettings,
  resources: SubgraphResources,
): PaymentsProvider {
  const client = createStripeClient(config, settings, resources);
  const recentAccounts = new RecentAccounts({
    keyValues: resources.state.keyValues,
    account: config.secretKey.budgetAccount,
    cachedSeconds: cachedSecondsOf(settings, 'BillingAccount'),
  });
  const accountsByEmail = new AccountsByEmail({ client, recentAccounts });
  const events = createStripeEvents(config, client);
  return providerOver({ client, recentAccounts, accountsByEmail, events }, settings);
}

/** State that is independent of the custom fields. */
interface OpenedStripe {
  readonly client: UpstreamClient;
  readonly recentAccounts: RecentAccounts;
  readonly accountsByEmail: AccountsByEmail;
  readonly events: VendorEvents;
}

function providerOver(opened: OpenedStripe, settings: PaymentsSettings): PaymentsProvider {
  const { client, recentAccounts, accountsByEmail, events } = opened;
  return {
    capabilities: {
      ...STRIPE_CAPABILITIES,
      get ignoresEmailCase() {
        return accountsByEmail.isSearchOffered;
      },
    },
    events,
    withCustomFields: (customFields) => providerOver(opened, { ...settings, customFields }),
    ...createStripeReads(client, accountsByEmail, settings),
    ...createStripeWrites(client, recentAccounts, settings),
    close: () => client.close(),
  };
}

function cachedSecondsOf(
  { lifetimes: { freshSeconds, staleSeconds } = NO_LIFETIMES }: PaymentsSettings,
  type: CachedType,
): number {
  return (freshSeconds.get(type) ?? 0) + (staleSeconds.get(type) ?? 0);
}
