import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { startSandbox } from '../../sandbox/sandbox.ts';
import type { CrmProvider } from '../../subgraphs/crm/provider.ts';
import { CRM_VENDORS } from '../../subgraphs/crm/vendors.ts';
import { createScope, CRM_PROVIDER_CASES } from './crm-provider.ts';

/** Starts each vendor's look-alike. */
const START = {
  hubspot: () => startSandbox({ vendors: ['hubspot'] }),
};

/** How customers are joined with the payment processor. */
const LINKS = ['email', 'property:stripe_customer_id'];

const providers = Object.entries(START).flatMap(([vendor, start]) => LINKS.map((link) => [vendor, link, start] as const));

describe.each(providers)('the CRM provider %s, with customers joined by %s,', (vendor, link, start) => {
  let sandbox: Awaited<ReturnType<typeof start>>;
  let provider: CrmProvider;
  beforeAll(async () => {
    sandbox = await start();
    const problems: string[] = [];
    const created = CRM_VENDORS[vendor]?.create({ ...sandbox.environment, CUSTOMER_LINK: link }, problems);
    if (created === undefined) throw new Error(problems.join('\n'));
    provider = created;
  });
  afterAll(async () => {
    await provider.close();
    await sandbox.close();
  });

  it.each(CRM_PROVIDER_CASES.map((one) => [one.id, one.promise, one] as const))('%s %s', async (_id, _promise, one) => {
    await one.run(provider, createScope());
  });
});
