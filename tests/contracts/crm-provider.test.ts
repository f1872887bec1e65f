import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { startSandbox } from '../../sandbox/sandbox.ts';
import type { CrmProvider } from '../../subgraphs/crm/provider.ts';
import { crmSettings } from '../../subgraphs/crm/settings.ts';
import { CRM_VENDORS } from '../../subgraphs/crm/vendors.ts';
import { createProvider } from './create-provider.ts';
import { createScope, CRM_PROVIDER_CASES } from './crm-provider.ts';
import { CRM_PROVIDER_WRITE_CASES } from './crm-provider-writes.ts';

/** Starts each vendor's sandbox vendor. */
const START = {
  hubspot: () => startSandbox({ vendors: ['hubspot'], searchLagMs: 0 }),
};

/** How customers are joined with the payment processor, and where a creation's key is kept. */
const SETTINGS = [
  { CUSTOMER_LINK: 'email', HUBSPOT_IDEMPOTENCY_PROPERTY: '' },
  { CUSTOMER_LINK: 'property:stripe_customer_id', HUBSPOT_IDEMPOTENCY_PROPERTY: 'tributary_key' },
];

const CASES = [...CRM_PROVIDER_CASES, ...CRM_PROVIDER_WRITE_CASES];

const providers = Object.entries(START).flatMap(([vendor, start]) =>
  SETTINGS.map((settings) => [vendor, settings, start] as const),
);

describe.each(providers)('the CRM provider %s, set up with %j,', (vendor, settings, start) => {
  let sandbox: Awaited<ReturnType<typeof start>>;
  let provider: CrmProvider;
  beforeAll(async () => {
    sandbox = await start();
    provider = createProvider(CRM_VENDORS[vendor], crmSettings, {
      ...sandbox.environment,
      ...settings,
    });
  });
  afterAll(async () => {
    await provider.close();
    await sandbox.close();
  });

  it.each(CASES.map((one) => [one.id, one.promise, one] as const))(
    '%s %s',
    async (_id, _promise, one) => {
      await one.run(provider, createScope());
    },
  );
});
