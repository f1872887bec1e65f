import type { UpstreamResources } from '../../../../upstream/upstream-policy.ts';
import type { Extensible } from '../../../extensions/custom-fields.ts';
import type { RecordKind } from '../../domain.ts';
import type { CrmProvider, CrmSettings, CrmWriteName } from '../../provider.ts';
import type { CrmWriteResult } from '../../refusal.ts';
import { HUBSPOT_CAPABILITIES } from './hubspot-capabilities.ts';
import { createHubspotClient, type HubspotClient } from './hubspot-client.ts';
import type { HubspotConfig } from './hubspot-config.ts';
import {
  listDealPipelines,
  listProperties,
  listSchemas,
  readLifecycleStageProperty,
} from './hubspot-endpoints.ts';
import { refusalsOfValues, toPropertyDefinition } from './hubspot-custom-fields.ts';
import { toLifecycleStage, toPipeline } from './hubspot-mapping.ts';
import {
  customRecordType,
  toObjectType,
  toObjectTypeDefinition,
} from './reads/hubspot-custom-objects.ts';
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
  companyMatches,
  createCompany,
  findCreatedCompany,
  updateCompany,
} from './writes/hubspot-company-writes.ts';
import {
  contactMatches,
  createContact,
  findCreatedContact,
  updateContact,
} from './writes/hubspot-contact-writes.ts';
import {
  createDeal,
  dealMatches,
  findCreatedDeal,
  updateDeal,
} from './writes/hubspot-deal-writes.ts';
import { createHubspotEvents } from './webhooks/hubspot-webhooks.ts';
import type { WriteTarget } from './writes/hubspot-record-writes.ts';

export function createHubspotProvider(
  config: HubspotConfig,
  settings: CrmSettings,
  resources: UpstreamResources,
): CrmProvider {
  const client = createHubspotClient(config, settings, resources);
  return {
    ...providerOver(client, config, settings),
    events: createHubspotEvents(config, settings, client),
  };
}

function providerOver(
  client: HubspotClient,
  config: HubspotConfig,
  settings: CrmSettings,
): CrmProvider {
  const { contacts, companies, deals } = recordTypes(settings);
  const propertyName = settings.referenceProperty;
  const { idempotencyProperty } = config;
  return {
    capabilities: {
      ...HUBSPOT_CAPABILITIES,
      hasBillingReferences: propertyName !== null,
      supportsIdempotencyKeys: idempotencyProperty !== null,
    },
    withCustomFields: (customFields) => providerOver(client, config, { ...settings, customFields }),
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
      readLinkedIds(client, { from: toObjectType(from), to: toObjectType(to) }, requests, scope),
    objectsById: (type, ids, fields, scope) =>
      readRecordsById(client, customRecordType(type), ids, fields, scope),
    objects: (type, query, fields, scope) =>
      readPage(client, customRecordType(type), query, fields, scope),
    companyIdsOfDeals: (dealIds, scope) => readCompanyIdsOfDeals(client, dealIds, scope),
    pipelines: async (scope) =>
      (await client.send(listDealPipelines(), scope)).results.map(toPipeline),
    lifecycleStages: async (scope) =>
      (await client.send(readLifecycleStageProperty(), scope)).options.map(toLifecycleStage),
    properties: async (of, scope) => {
      const lists = [false, true].map((archived) =>
        client.send(listProperties(toObjectType(of), archived), scope),
      );
      return (await Promise.all(lists)).flatMap(({ results }) => results.map(toPropertyDefinition));
    },
    objectTypes: async (scope) => {
      const lists = [false, true].map((archived) => client.send(listSchemas(archived), scope));
      return (await Promise.all(lists)).flatMap(({ results }) =>
        results.map(toObjectTypeDefinition),
      );
    },
    ownersById: (ids, scope) => readOwnersById(client, ids, scope),
    owners: (page, scope) => readOwners(client, page, scope),
    ...writesOf(client, settings, config),
    close: () => client.close(),
  };
}

type Writes = Pick<
  CrmProvider,
  CrmWriteName | `findCreated${'Customer' | 'Company' | 'Deal'}` | `${RecordKind}Matches`
>;

function writesOf(
  client: HubspotClient,
  settings: CrmSettings,
  { idempotencyProperty }: HubspotConfig,
): Writes {
  const target = (type: string): WriteTarget => ({
    client,
    customFields: settings.customFields?.[type] ?? [],
  });
  const writtenCustomers = target('Customer');
  const writtenCompanies = target('Company');
  const writtenDeals = target('Deal');
  const creationKey = (value: string) =>
    idempotencyProperty === null ? null : { property: idempotencyProperty, value };
  return {
    createCustomer: async (customer, key, scope) =>
      refusedValues(writtenCustomers, customer) ??
      createContact(writtenCustomers, customer, creationKey(key), scope),
    updateCustomer: async (id, changes, scope) =>
      refusedValues(writtenCustomers, changes) ??
      updateContact(writtenCustomers, id, changes, scope),
    createCompany: async (company, key, scope) =>
      refusedValues(writtenCompanies, company) ??
      createCompany(writtenCompanies, company, creationKey(key), scope),
    updateCompany: async (id, changes, scope) =>
      refusedValues(writtenCompanies, changes) ??
      updateCompany(writtenCompanies, id, changes, scope),
    createDeal: async (deal, key, scope) =>
      refusedValues(writtenDeals, deal) ?? createDeal(writtenDeals, deal, creationKey(key), scope),
    updateDeal: async (id, changes, scope) =>
      refusedValues(writtenDeals, changes) ?? updateDeal(writtenDeals, id, changes, scope),
    findCreatedCustomer: (customer, startedAt, scope) =>
      findCreatedContact(writtenCustomers, customer, startedAt, scope),
    findCreatedCompany: (company, startedAt, scope) =>
      findCreatedCompany(writtenCompanies, company, startedAt, scope),
    findCreatedDeal: (deal, startedAt, scope) =>
      findCreatedDeal(writtenDeals, deal, startedAt, scope),
    customerMatches: (id, changes, scope) => contactMatches(writtenCustomers, id, changes, scope),
    companyMatches: (id, changes, scope) => companyMatches(writtenCompanies, id, changes, scope),
    dealMatches: (id, changes, scope) => dealMatches(writtenDeals, id, changes, scope),
  };
}

function refusedValues(
  { customFields }: WriteTarget,
  { extra }: Extensible,
): CrmWriteResult | undefined {
  const refusals = refusalsOfValues(customFields, extra);
  return refusals.length === 0 ? undefined : { id: null, refusals };
}
