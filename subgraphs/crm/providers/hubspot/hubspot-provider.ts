import type { RequestScope } from '../../../../upstream/call-trace.ts';
import { createUpstreamClient, type UpstreamClient } from '../../../../upstream/upstream-client.ts';
import type { UpstreamResources } from '../../../../upstream/upstream-policy.ts';
import type {
  Company,
  CompanyFilter,
  CompanySortField,
  Customer,
  CustomerFilter,
  CustomerSortField,
  Deal,
  DealFilter,
  DealSortField,
  Owner,
} from '../../domain.ts';
import type { CrmProvider, CrmSettings, FoundRecords } from '../../provider.ts';
import { hubspotCache } from './hubspot-cache.ts';
import { HUBSPOT_CAPABILITIES } from './hubspot-capabilities.ts';
import type { HubspotConfig } from './hubspot-config.ts';
import { listDealPipelines, listOwners, readLifecycleStageProperty, type ObjectType } from './hubspot-endpoints.ts';
import { contactHolds, createContact, findCreatedContact, updateContact } from './writes/hubspot-contact-writes.ts';
import { createDeal, dealHolds, findCreatedDeal, updateDeal } from './writes/hubspot-deal-writes.ts';
import { explainRefusal } from './hubspot-errors.ts';
import { readCompanyIdsOfDeals, readLinkedIds } from './reads/hubspot-links.ts';
import {
  COMPANY_PROPERTIES,
  contactProperties,
  DEAL_PROPERTIES,
  toCompany,
  toCustomer,
  toDeal,
  toLifecycleStage,
  toOwner,
  toPipeline,
} from './hubspot-mapping.ts';
import { hubspotLimits } from './hubspot-limits.ts';
import { readPage } from './reads/hubspot-pages.ts';
import { place, readRecordsByEmail, readRecordsById, readRecordsByValue, type RecordType } from './reads/hubspot-records.ts';
import { COMPANY_SORT, companyFilters, CONTACT_SORT, contactFilters, DEAL_SORT, dealFilters } from './reads/hubspot-search.ts';

export function createHubspotProvider(config: HubspotConfig, settings: CrmSettings, resources: UpstreamResources): CrmProvider {
  const client = createClient(config, settings, resources);
  const { contacts, companies, deals } = recordTypes(settings);
  const propertyName = settings.referenceProperty;
  const { idempotencyProperty } = config;
  const creationKey = (value: string) => (idempotencyProperty === null ? null : { property: idempotencyProperty, value });
  return {
    capabilities: {
      ...HUBSPOT_CAPABILITIES,
      hasBillingReferences: propertyName !== null,
      honoursKeys: idempotencyProperty !== null,
    },
    customersById: (ids, fields, scope) => readRecordsById(client, contacts, ids, fields, scope),
    companiesById: (ids, fields, scope) => readRecordsById(client, companies, ids, fields, scope),
    dealsById: (ids, fields, scope) => readRecordsById(client, deals, ids, fields, scope),
    customersByEmail: (emails, fields, scope) => readRecordsByEmail(client, contacts, emails, fields, scope),
    customersByReference: async (values, fields, scope) =>
      propertyName === null ? values.map(() => null) : readRecordsByValue(client, contacts, { propertyName, values }, fields, scope),
    customers: (query, fields, scope) => readPage(client, contacts, query, fields, scope),
    companies: (query, fields, scope) => readPage(client, companies, query, fields, scope),
    deals: (query, fields, scope) => readPage(client, deals, query, fields, scope),
    linkedIds: ({ from, to }, requests, scope) =>
      readLinkedIds(client, { from: OBJECT_TYPES[from], to: OBJECT_TYPES[to] }, requests, scope),
    companyIdsOfDeals: (dealIds, scope) => readCompanyIdsOfDeals(client, dealIds, scope),
    pipelines: async (scope) => (await client.send(listDealPipelines(), scope)).results.map(toPipeline),
    lifecycleStages: async (scope) => (await client.send(readLifecycleStageProperty(), scope)).options.map(toLifecycleStage),
    owners: (ids, scope) => readOwners(client, ids, scope),
    createCustomer: (customer, key, scope) => createContact(client, customer, creationKey(key), scope),
    updateCustomer: (id, changes, scope) => updateContact(client, id, changes, scope),
    createDeal: (deal, key, scope) => createDeal(client, deal, creationKey(key), scope),
    updateDeal: (id, changes, scope) => updateDeal(client, id, changes, scope),
    findCreatedCustomer: (customer, startedAt, scope) => findCreatedContact(client, customer, startedAt, scope),
    findCreatedDeal: (deal, startedAt, scope) => findCreatedDeal(client, deal, startedAt, scope),
    customerHolds: (id, changes, scope) => contactHolds(client, id, changes, scope),
    dealHolds: (id, changes, scope) => dealHolds(client, id, changes, scope),
    close: () => client.close(),
  };
}

const createClient = ({ accessToken, baseUrl, rateLimit }: HubspotConfig, { lifetimes }: CrmSettings, resources: UpstreamResources) =>
  createUpstreamClient({
    service: 'crm',
    vendor: 'hubspot',
    baseUrl,
    authorize: ({ headers }) => {
      headers['authorization'] = `Bearer ${accessToken}`;
    },
    // Ten a second are allowed on every plan: the recorded answers' X-HubSpot-RateLimit-Secondly.
    policy: {
      maxConcurrency: 10,
      cache: hubspotCache(accessToken, lifetimes),
      ...(rateLimit !== null && { limits: hubspotLimits(accessToken, rateLimit) }),
    },
    explain: explainRefusal,
    resources,
  });

interface RecordTypes {
  readonly contacts: RecordType<Customer, CustomerFilter, CustomerSortField>;
  readonly companies: RecordType<Company, CompanyFilter, CompanySortField>;
  readonly deals: RecordType<Deal, DealFilter, DealSortField>;
}

const recordTypes = (settings: CrmSettings): RecordTypes => ({
  contacts: {
    type: 'contacts',
    properties: contactProperties(settings),
    toItem: (record) => toCustomer(record, settings),
    toFilters: contactFilters,
    sortProperties: CONTACT_SORT,
  },
  companies: {
    type: 'companies',
    properties: COMPANY_PROPERTIES,
    toItem: toCompany,
    toFilters: companyFilters,
    sortProperties: COMPANY_SORT,
  },
  deals: {
    type: 'deals',
    properties: DEAL_PROPERTIES,
    toItem: (record) => toDeal(record, settings),
    toFilters: dealFilters,
    sortProperties: DEAL_SORT,
  },
});

const OBJECT_TYPES = { customer: 'contacts', company: 'companies', deal: 'deals' } as const satisfies Record<string, ObjectType>;

/** HubSpot has no batch read of owners. One page holds all of most accounts, so a list costs less than a call per owner. */
async function readOwners(client: UpstreamClient, ids: readonly string[], scope: RequestScope): Promise<FoundRecords<Owner>> {
  const owners = new Map<string, Owner>();
  let after: string | undefined;
  do {
    const { results, paging } = await client.send(listOwners(after), scope);
    for (const owner of results) owners.set(owner.id, toOwner(owner));
    after = results.length === 0 ? undefined : paging?.next?.after;
  } while (after !== undefined && !ids.every((id) => owners.has(id)));
  return place(ids, owners);
}
