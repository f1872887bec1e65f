import type { UpstreamResources } from '../../../../upstream/upstream-policy.ts';
import type { CrmProvider, CrmSettings } from '../../provider.ts';
import { HUBSPOT_CAPABILITIES } from './hubspot-capabilities.ts';
import { createHubspotClient } from './hubspot-client.ts';
import type { HubspotConfig } from './hubspot-config.ts';
import {
  listDealPipelines,
  readLifecycleStageProperty,
  type ObjectType,
} from './hubspot-endpoints.ts';
import { toLifecycleStage, toPipeline } from './hubspot-mapping.ts';
import { readCompanyIdsOfDeals, readLinkedIds } from './reads/hubspot-links.ts';
import { readOwners, readOwnersById } from './reads/hubspot-owners.ts';
import { readPage } from './reads/hubspot-pages.ts';
import { recordTypes } from './reads/hubspot-record-types.ts';
import {
  readRecordsByEmail,
  readRecordsById,
  readRecordsByValue,
} from './reads/hubspot-records.ts';
import {
  companyHolds,
  createCompany,
  findCreatedCompany,
  updateCompany,
} from './writes/hubspot-company-writes.ts';
import {
  contactHolds,
  createContact,
  findCreatedContact,
  updateContact,
} from './writes/hubspot-contact-writes.ts';
import {
  createDeal,
  dealHolds,
  findCreatedDeal,
  updateDeal,
} from './writes/hubspot-deal-writes.ts';

export function createHubspotProvider(
  config: HubspotConfig,
  settings: CrmSettings,
  resources: UpstreamResources,
): CrmProvider {
  const client = createHubspotClient(config, settings, resources);
  const { contacts, companies, deals } = recordTypes(settings);
  const propertyName = settings.referenceProperty;
  const { idempotencyProperty } = config;
  const creationKey = (value: string) =>
    idempotencyProperty === null ? null : { property: idempotencyProperty, value };
  return {
    capabilities: {
      ...HUBSPOT_CAPABILITIES,
      hasBillingReferences: propertyName !== null,
      supportsIdempotencyKeys: idempotencyProperty !== null,
    },
    customersById: (ids, fields, scope) => readRecordsById(client, contacts, ids, fields, scope),
    companiesById: (ids, fields, scope) => readRecordsById(client, companies, ids, fields, scope),
    dealsById: (ids, fields, scope) => readRecordsById(client, deals, ids, fields, scope),
    customersByEmail: (emails, fields, scope) =>
      readRecordsByEmail(client, contacts, emails, fields, scope),
    customersByReference: async (values, fields, scope) =>
      propertyName === null
        ? values.map(() => null)
        : readRecordsByValue(client, contacts, { propertyName, values }, fields, scope),
    customers: (query, fields, scope) => readPage(client, contacts, query, fields, scope),
    companies: (query, fields, scope) => readPage(client, companies, query, fields, scope),
    deals: (query, fields, scope) => readPage(client, deals, query, fields, scope),
    linkedIds: ({ from, to }, requests, scope) =>
      readLinkedIds(client, { from: OBJECT_TYPES[from], to: OBJECT_TYPES[to] }, requests, scope),
    companyIdsOfDeals: (dealIds, scope) => readCompanyIdsOfDeals(client, dealIds, scope),
    pipelines: async (scope) =>
      (await client.send(listDealPipelines(), scope)).results.map(toPipeline),
    lifecycleStages: async (scope) =>
      (await client.send(readLifecycleStageProperty(), scope)).options.map(toLifecycleStage),
    ownersById: (ids, scope) => readOwnersById(client, ids, scope),
    owners: (page, scope) => readOwners(client, page, scope),
    createCustomer: (customer, key, scope) =>
      createContact(client, customer, creationKey(key), scope),
    updateCustomer: (id, changes, scope) => updateContact(client, id, changes, scope),
    createCompany: (company, key, scope) => createCompany(client, company, creationKey(key), scope),
    updateCompany: (id, changes, scope) => updateCompany(client, id, changes, scope),
    createDeal: (deal, key, scope) => createDeal(client, deal, creationKey(key), scope),
    updateDeal: (id, changes, scope) => updateDeal(client, id, changes, scope),
    findCreatedCustomer: (customer, startedAt, scope) =>
      findCreatedContact(client, customer, startedAt, scope),
    findCreatedCompany: (company, startedAt, scope) =>
      findCreatedCompany(client, company, startedAt, scope),
    findCreatedDeal: (deal, startedAt, scope) => findCreatedDeal(client, deal, startedAt, scope),
    customerHolds: (id, changes, scope) => contactHolds(client, id, changes, scope),
    companyHolds: (id, changes, scope) => companyHolds(client, id, changes, scope),
    dealHolds: (id, changes, scope) => dealHolds(client, id, changes, scope),
    close: () => client.close(),
  };
}

const OBJECT_TYPES = {
  customer: 'contacts',
  company: 'companies',
  deal: 'deals',
} as const satisfies Record<string, ObjectType>;
