import { expect, it } from '@jest/globals';
import { startSandbox } from '../../../../../../sandbox/sandbox.ts';
import { createStripeProvider } from '../../../../../../subgraphs/payments/providers/stripe/stripe-provider.ts';
import { Credential } from '../../../../../../upstream/credential.ts';
import { scopeOf } from '../../../../../upstream/loopback.ts';
import { testResources } from '../../../../test-resources.ts';

it('catching up with the sandbox vendor reads what writes have changed', async () => {
  const sandbox = await startSandbox();
  const provider = createStripeProvider(
    {
      secretKey: new Credential(String(sandbox.environment['STRIPE_SECRET_KEY'])),
      baseUrl: String(sandbox.environment['STRIPE_BASE_URL']),
      rateLimit: null,
      endpointRateLimit: null,
    },
    {},
    testResources({}),
  );
  const created = await provider.createBillingAccount(
    { email: 'new@example.com', name: 'New', phone: null, address: null, description: null },
    'a key of this test',
    scopeOf(),
  );
  const changes = [];
  for await (const page of provider.events?.catchUp(0, scopeOf()) ?? [])
    changes.push(...page.flatMap((event) => event.changes));
  expect(changes).toContainEqual(
    expect.objectContaining({
      type: 'BillingAccount',
      id: created.id,
      kind: 'CREATED',
      source: 'catch-up',
    }),
  );
  await provider.close();
  await sandbox.close();
});
