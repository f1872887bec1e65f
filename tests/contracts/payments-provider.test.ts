import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { startSandbox } from '../../sandbox/sandbox.ts';
import type { PaymentsProvider } from '../../subgraphs/payments/provider.ts';
import { paymentsSettings } from '../../subgraphs/payments/settings.ts';
import { PAYMENTS_VENDORS } from '../../subgraphs/payments/vendors.ts';
import { createProvider } from './create-provider.ts';
import { PAYMENTS_WRITE_CASES } from './payments-provider-writes.ts';
import {
  createScope,
  PAYMENTS_PROVIDER_CASES,
  type PaymentsProviderExamples,
} from './payments-provider.ts';

/** Starts each vendor's sandbox vendor, and names records that it has not. */
const VENDORS = {
  stripe: {
    start: () => startSandbox({ vendors: ['stripe'] }),
    examples: {
      unknown: {
        account: 'cus_NoSuchOne',
        payment: 'pi_NoSuchOne',
        invoice: 'in_NoSuchOne',
        plan: 'sub_NoSuchOne',
      },
      malformedId: '../v1/charges?x=',
    } satisfies PaymentsProviderExamples,
  },
};

describe.each(Object.entries(VENDORS))(
  'the payments provider %s',
  (vendor, { start, examples }) => {
    let sandbox: Awaited<ReturnType<typeof start>>;
    let provider: PaymentsProvider;
    beforeAll(async () => {
      sandbox = await start();
      provider = createProvider(PAYMENTS_VENDORS[vendor], paymentsSettings, sandbox.environment);
    });
    afterAll(async () => {
      await provider.close();
      await sandbox.close();
    });

    it.each(
      [...PAYMENTS_PROVIDER_CASES, ...PAYMENTS_WRITE_CASES].map(
        (one) => [one.id, one.promise, one] as const,
      ),
    )('%s %s', async (_id, _promise, one) => {
      await one.run(provider, createScope(), examples);
    });
  },
);
