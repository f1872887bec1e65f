import type { CallTable, Read } from '../call-table.ts';
import { CRM_CAPABILITIES } from './capabilities.ts';
import type { CrmWriteName } from './provider.ts';

/** The calls to a CRM: records and links are read in batches. Numbers are the maximum over all CRMs. */

const BATCH_SIZE = Math.min(...CRM_CAPABILITIES.map(({ maxBatchSize }) => maxBatchSize));

const BATCH: Read = { per: 'batch', of: BATCH_SIZE };

/** A cursor may point inside one of the CRM's pages, which is then read again. */
const list = (connection: string): readonly Read[] => [
  { per: 'object' },
  { per: 'object', argument: 'after' },
  { per: 'object', selected: `${connection}.totalCount` },
];

/** The ids of the page first, then their records. */
const LINKED: readonly Read[] = [
  BATCH,
  { ...BATCH, argument: 'after' },
  { per: 'batchOfItems', of: BATCH_SIZE },
];

/** First by the processor's customer id, then by e-mail address. */
const PAYER: readonly Read[] = [BATCH, BATCH];

const PIPELINES: readonly Read[] = [{ per: 'field', name: 'pipelines' }];
/** Current users first, then former ones. */
const OWNER: readonly Read[] = [{ ...BATCH, name: 'owner', calls: 2 }];

const write = (name: CrmWriteName): readonly Read[] => [
  { per: 'object', calls: Math.max(...CRM_CAPABILITIES.map(({ writeCalls }) => writeCalls[name])) },
];

/** Calls for custom records. */
export const OBJECT_CALLS = {
  byId: [BATCH],
  list,
  linked: LINKED,
  firstLinked: [BATCH, BATCH],
};

export const CRM_CALLS: CallTable = {
  'Query.customer': [BATCH],
  'Query.customerByEmail': [BATCH],
  'Query.customers': list('CustomerConnection'),
  'Query.company': [BATCH],
  'Query.companies': list('CompanyConnection'),
  'Query.deal': [BATCH],
  'Query.deals': list('DealConnection'),
  'Query.pipelines': PIPELINES,
  'Query.lifecycleStages': [{ per: 'object' }],
  'Query.owners': [{ per: 'object' }, { per: 'object', argument: 'after' }],
  'Customer.company': [BATCH],
  'Customer.deals': LINKED,
  'Company.customers': LINKED,
  'Company.deals': LINKED,
  'Deal.company': [BATCH, BATCH],
  'Deal.customers': LINKED,
  'LifecycleStage.label': [{ per: 'field' }],
  'DealStage.label': PIPELINES,
  'DealStage.isWon': PIPELINES,
  'DealStage.isClosed': PIPELINES,
  'Pipeline.label': PIPELINES,
  'Pipeline.stages': PIPELINES,
  'Owner.name': OWNER,
  'Owner.email': OWNER,
  'Payment.customer': PAYER,
  'Invoice.customer': PAYER,
  'BillingAccount.customer': PAYER,
  'Mutation.createCustomer': write('createCustomer'),
  'Mutation.updateCustomer': write('updateCustomer'),
  'Mutation.createCompany': write('createCompany'),
  'Mutation.updateCompany': write('updateCompany'),
  'Mutation.createDeal': write('createDeal'),
  'Mutation.updateDeal': write('updateDeal'),
  'Subscription.customerChanged': [],
  'Subscription.companyChanged': [],
  'Subscription.dealChanged': [],
  'CustomerChange.customer': [BATCH],
  'CompanyChange.company': [BATCH],
  'DealChange.deal': [BATCH],
  'CreateCustomerPayload.customer': [BATCH],
  'UpdateCustomerPayload.customer': [BATCH],
  'CreateCompanyPayload.company': [BATCH],
  'UpdateCompanyPayload.company': [BATCH],
  'CreateDealPayload.deal': [BATCH],
  'UpdateDealPayload.deal': [BATCH],
};
