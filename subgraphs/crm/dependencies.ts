import type { Lifetimes } from '../../upstream/upstream-policy.ts';
import { connections, type DependencyTable, ifCached, valueObjects } from '../dependencies.ts';

/** The records whose changes affect the fields of this subgraph. Stages, pipelines and users have no events. */
export function crmDependencies(lifetimes: Lifetimes): DependencyTable {
  const [pipelines, stages, owners] = ['Pipeline', 'LifecycleStage', 'Owner'].map((type) =>
    ifCached(type, lifetimes),
  );
  return {
    Query: [],
    'Query.pipelines': pipelines ?? null,
    'Query.lifecycleStages': stages ?? null,
    Customer: ['Customer'],
    Company: ['Company'],
    Deal: ['Deal'],
    BillingLink: ['Customer'],
    // This subgraph only adds the customer to the processor's records.
    ...valueObjects('Payment', 'Invoice', 'BillingAccount'),
    'Payment.customer': ['Customer'],
    'Invoice.customer': ['Customer'],
    'BillingAccount.customer': ['Customer'],
    Pipeline: pipelines ?? null,
    DealStage: pipelines ?? null,
    LifecycleStage: stages ?? null,
    Owner: owners ?? null,
    OwnerConnection: owners ?? null,
    OwnerEdge: owners ?? null,
    // Ids come with the records that refer to them.
    'Pipeline.id': [],
    'DealStage.id': [],
    'LifecycleStage.id': [],
    'Owner.id': [],
    ...connections('Customer', 'Company', 'Deal'),
    ...valueObjects('Money', 'PageInfo', 'Payer', 'PostalAddress'),
  };
}
