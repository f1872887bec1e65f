import type { Lifetimes } from '../../upstream/upstream-policy.ts';
import { connections, type DependencyTable, ifCached, valueObjects } from '../dependencies.ts';

/** Which records' changes the fields of this subgraph depend on. Stages, pipelines and users tell of no changes. */
export function crmDependencies(lifetimes: Lifetimes): DependencyTable {
  const [pipelines, stages, owners] = ['Pipeline', 'LifecycleStage', 'Owner'].map((type) =>
    ifCached(type, lifetimes),
  );
  return {
    Query: [],
    Customer: ['Customer'],
    Company: ['Company'],
    Deal: ['Deal'],
    BillingLink: ['Customer'],
    // Of the processor's records, the person alone is known here.
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
    // They come along with their records.
    'Pipeline.id': [],
    'DealStage.id': [],
    'LifecycleStage.id': [],
    'Owner.id': [],
    ...connections('Customer', 'Company', 'Deal'),
    ...valueObjects('Money', 'PageInfo', 'Payer', 'PostalAddress'),
  };
}
