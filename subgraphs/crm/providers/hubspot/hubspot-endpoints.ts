import type { z } from 'zod';
import type {
  AnyRequest,
  Semantics,
  UpstreamRequest,
} from '../../../../upstream/upstream-request.ts';
import { parseWire } from '../../../../upstream/wire.ts';
import {
  wireLinkArchive,
  wireLinkBatch,
  wireLinkWrite,
  wireOwnerPage,
  wirePipelines,
  wireProperties,
  wireProperty,
  wireRecordBatch,
  wireRecordPage,
  wireSchemas,
  wireSearchPage,
  wireWritten,
  type WireAssociationType,
  type WireLinkWrite,
  type WireRecordBatch,
  type WireWritten,
} from './hubspot-wire.ts';

export type StandardType = 'contacts' | 'companies' | 'deals';

/** The id of a custom type is a number: https://developers.hubspot.com/docs/api-reference/latest/crm/objects/schemas/guide */
export type ObjectType = StandardType | `2-${string}`;

/** Maximum number of results of a search. https://developers.hubspot.com/docs/api-reference/search/guide#limitations */
export const MAX_SEARCH_RESULTS = 10_000;
export const MAX_SEARCH_PAGE = 200;
export const MAX_OWNERS = 500;

// Paths without a version, which the client adds.
const OBJECTS = '/crm/objects';
const ASSOCIATIONS = '/crm/associations';
const PIPELINES = '/crm/pipelines';
const PROPERTIES = '/crm/properties';
const SCHEMAS = '/crm/schemas';
const OWNERS = '/crm/owners';

export interface RecordListQuery {
  readonly limit: number;
  readonly after?: string | undefined;
  readonly properties: readonly string[];
}

export function listRecords(
  type: ObjectType,
  query: RecordListQuery,
): UpstreamRequest<z.output<typeof wireRecordPage>> {
  return {
    method: 'GET',
    path: `${OBJECTS}/${type}`,
    query: { limit: query.limit, after: query.after, properties: query.properties.join(',') },
    read: (body) => parseWire(wireRecordPage, body),
  };
}

export interface SearchBody extends RecordListQuery {
  readonly query?: string;
  readonly filterGroups?: readonly { readonly filters: readonly SearchFilter[] }[];
  readonly sorts?: readonly {
    readonly propertyName: string;
    readonly direction: 'ASCENDING' | 'DESCENDING';
  }[];
}

export type SearchFilter = { readonly propertyName: string } & (
  | { readonly operator: 'EQ' | 'GT' | 'GTE' | 'LT' | 'LTE'; readonly value: string }
  | { readonly operator: 'BETWEEN'; readonly value: string; readonly highValue: string }
  | { readonly operator: 'IN'; readonly values: readonly string[] }
);

export function searchRecords(
  type: ObjectType,
  json: SearchBody,
): UpstreamRequest<z.output<typeof wireSearchPage>> {
  return {
    method: 'POST',
    path: `${OBJECTS}/${type}/search`,
    json,
    read: (body) => parseWire(wireSearchPage, body),
  };
}

/** Searches for records with one of the values of a property; the values need not be unique. */
export function searchRecordsByValue(
  type: ObjectType,
  {
    propertyName,
    values,
    ...query
  }: {
    propertyName: string;
    values: readonly string[];
    after: string | undefined;
    properties: readonly string[];
  },
): ReturnType<typeof searchRecords> {
  // Text is indexed in lower case, and IN matches only that:
  // https://developers.hubspot.com/docs/api-reference/search/guide#filter-search-results
  // A property with options keeps its case.
  const written = [...new Set(values.flatMap((value) => [value, value.toLowerCase()]))];
  const filters = [{ propertyName, operator: 'IN' as const, values: written }];
  return {
    ...searchRecords(type, { ...query, limit: MAX_SEARCH_PAGE, filterGroups: [{ filters }] }),
    batchSize: values.length,
  };
}

export interface RecordBatchQuery {
  readonly ids: readonly string[];
  readonly properties: readonly string[];
  /** The property that `ids` are values of, if it is not the record's id. */
  readonly idProperty?: string;
}

export function readRecords(
  type: ObjectType,
  { ids, ...query }: RecordBatchQuery,
): UpstreamRequest<WireRecordBatch> {
  return {
    method: 'POST',
    path: `${OBJECTS}/${type}/batch/read`,
    json: { ...query, inputs: ids.map((id) => ({ id })) },
    batchSize: ids.length,
    read: (body) => parseWire(wireRecordBatch, body),
  };
}

export interface RecordBody {
  readonly properties: Readonly<Record<string, string>>;
  readonly associations?: readonly Association[];
}

/** https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide, "Associations". */
export interface Association {
  readonly to: { readonly id: string };
  readonly types: readonly AssociationType[];
}

interface AssociationType {
  readonly associationCategory: typeof HUBSPOT_DEFINED;
  readonly associationTypeId: number;
}

/** @param semantics idempotent if the body contains a unique value */
export function createRecord(
  type: ObjectType,
  json: RecordBody,
  semantics: Semantics,
): UpstreamRequest<WireWritten> {
  return {
    method: 'POST',
    semantics,
    path: `${OBJECTS}/${type}`,
    json,
    read: (body) => parseWire(wireWritten, body),
  };
}

export function updateRecord(
  type: ObjectType,
  id: string,
  json: RecordBody,
): UpstreamRequest<WireWritten> {
  return {
    method: 'PATCH',
    semantics: 'idempotent',
    path: `${OBJECTS}/${type}/{id}`,
    params: { id },
    json,
    read: (body) => parseWire(wireWritten, body),
  };
}

/** Makes a company the primary company of a contact. */
export const setPrimaryCompany = (
  contactId: string,
  companyId: string,
): UpstreamRequest<WireLinkWrite> => ({
  ...writeLinks('batch/create', {
    from: { id: contactId },
    to: { id: companyId },
    types: LINKS.contactToCompany,
  }),
  read: (body) => parseWire(wireLinkWrite, body),
});

/** Changes no record: checks for the write scope. */
export const updateNothing = (type: ObjectType): AnyRequest => ({
  method: 'POST',
  semantics: 'idempotent',
  path: `${OBJECTS}/${type}/batch/update`,
  json: { inputs: [] },
});

/** Removes all associations of a contact and a company. */
export const unlinkCompany = (
  contactId: string,
  companyId: string,
): UpstreamRequest<WireLinkWrite | undefined> =>
  writeLinks('batch/archive', { from: { id: contactId }, to: [{ id: companyId }] });

/** Removes the label of the primary company, and leaves the account's own labels. */
export const unsetPrimaryCompany = (
  contactId: string,
  companyId: string,
): UpstreamRequest<WireLinkWrite | undefined> =>
  writeLinks('batch/labels/archive', {
    from: { id: contactId },
    to: { id: companyId },
    types: types(CONTACT_TO_PRIMARY_COMPANY),
  });

const writeLinks = (action: string, input: object): UpstreamRequest<WireLinkWrite | undefined> => ({
  method: 'POST',
  semantics: 'idempotent',
  path: `${ASSOCIATIONS}/contacts/companies/${action}`,
  json: { inputs: [input] },
  read: (body) => parseWire(wireLinkArchive, body),
});

const HUBSPOT_DEFINED = 'HUBSPOT_DEFINED';

/** https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide#association-type-id-values */
const CONTACT_TO_PRIMARY_COMPANY = 1;
const CONTACT_TO_COMPANY = 279;
const DEAL_TO_PRIMARY_COMPANY = 5;

const isHubspots = ({ category, typeId }: WireAssociationType, ...ids: readonly number[]) =>
  category === HUBSPOT_DEFINED && ids.includes(typeId);

/** Whether the company is the deal's primary one. */
export const isPrimaryCompanyOfDeal = (type: WireAssociationType): boolean =>
  isHubspots(type, DEAL_TO_PRIMARY_COMPANY);

/** Whether the association type of a contact and a company is one of the account's own labels. */
export const isLabelOfContact = (type: WireAssociationType): boolean =>
  !isHubspots(type, CONTACT_TO_PRIMARY_COMPANY, CONTACT_TO_COMPANY);

const types = (...ids: readonly number[]): readonly AssociationType[] =>
  ids.map((associationTypeId) => ({ associationCategory: HUBSPOT_DEFINED, associationTypeId }));

/**
 * A company is linked as the primary one, so that HubSpot does not make the company of the e-mail domain the primary one:
 * https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide#association-type-id-values
 */
export const LINKS = {
  contactToCompany: types(CONTACT_TO_PRIMARY_COMPANY, CONTACT_TO_COMPANY),
  dealToCompany: types(DEAL_TO_PRIMARY_COMPANY, 341),
  dealToContact: types(3),
};

/** @param inputs each `after` continues that record's links; a token is valid for one record only */
export function readLinks(
  from: ObjectType,
  to: ObjectType,
  inputs: readonly { readonly id: string; readonly after?: string }[],
): UpstreamRequest<z.output<typeof wireLinkBatch>> {
  return {
    method: 'POST',
    path: `${ASSOCIATIONS}/${from}/${to}/batch/read`,
    json: { inputs },
    batchSize: inputs.length,
    read: (body) => parseWire(wireLinkBatch, body),
  };
}

export const listDealPipelines = (): UpstreamRequest<z.output<typeof wirePipelines>> => ({
  method: 'GET',
  path: `${PIPELINES}/deals`,
  read: (body) => parseWire(wirePipelines, body),
});

export const readLifecycleStageProperty = (): UpstreamRequest<z.output<typeof wireProperty>> => ({
  method: 'GET',
  path: `${PROPERTIES}/contacts/lifecyclestage`,
  read: (body) => parseWire(wireProperty, body),
});

/** @param archived whether to list deleted properties instead of current ones */
export const listProperties = (
  type: ObjectType,
  archived: boolean,
): UpstreamRequest<z.output<typeof wireProperties>> => ({
  method: 'GET',
  path: `${PROPERTIES}/${type}`,
  query: { archived },
  read: (body) => parseWire(wireProperties, body),
});

/** All custom types of the account, on one page. @param archived as in {@link listProperties} */
export const listSchemas = (archived: boolean): UpstreamRequest<z.output<typeof wireSchemas>> => ({
  method: 'GET',
  path: SCHEMAS,
  query: {
    archived,
    includeAssociationDefinitions: true,
    // They lack deleted ones.
    includePropertyDefinitions: false,
  },
  read: (body) => parseWire(wireSchemas, body),
});

export interface OwnerListQuery {
  readonly limit: number;
  readonly after?: string | undefined;
  /** Whether to list former users instead of current ones. */
  readonly archived?: boolean;
}

export const listOwners = ({
  archived = false,
  ...page
}: OwnerListQuery): UpstreamRequest<z.output<typeof wireOwnerPage>> => ({
  method: 'GET',
  path: OWNERS,
  query: { ...page, ...(archived && { archived }) },
  read: (body) => parseWire(wireOwnerPage, body),
});
