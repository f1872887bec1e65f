import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import { payments } from '../../subgraphs/payments/subgraph.ts';
import { openSubgraphs, prepareSubgraphs } from '../../subgraphs/start-subgraphs.ts';
import { planVendors } from '../../subgraphs/vendor-plan.ts';

it('the secrets of running subgraphs are the credentials of vendors and all secrets that sign webhooks', async () => {
  const environment = {
    STRIPE_SECRET_KEY: 'sk_test_1',
    STRIPE_WEBHOOK_SECRETS: 'whsec_new,whsec_old',
  };
  const problems: string[] = [];
  const plans = planVendors({ modules: [payments], environment, production: true, problems });
  const prepared = await prepareSubgraphs({ plans, environment, problems });
  expect(problems).toEqual([]);
  if (prepared === undefined) throw new Error('Settings without problems were expected.');
  const readSdl = (name: string) => readFileSync(`schema/${name}.graphql`, 'utf8');
  const running = openSubgraphs(prepared, { readSdl });
  expect(running.secrets).toEqual(['sk_test_1', 'whsec_new', 'whsec_old']);
  await running.close();
});
