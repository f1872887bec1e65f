import type { z } from 'zod';
import type {
  AnyRequest,
  Semantics,
  UpstreamRequest,
} from '../../../../upstream/upstream-request.ts';
import { parseWire } from '../../../../upstream/wire.ts';
import {
  wireLinkBatch,
  wireOwnerPage,
  wirePipelines,
  wireProperty,
  wireRecordBatch,
  wireRecordPage,
  wireSearchPage,
  wireWritten,
  type WireRecordBatch,
  type WireWritten,
} from './hubspot-wire.ts';

export type ObjectType = 'contacts' | 'companies' | 'deals';

/** How far a search reaches. https://developers.hubspot.com/docs/api-reference/search/guide#limitations */
export const MAX_SEARCH_RESULTS = 10_000;
const MAX_SEARCH_PAGE = 200;
const MAX_OWNERS = 500;

// HubSpot joins v3 and v4 under dated versions: these are the only places that know them.
const OBJECTS = '/crm/v3/objects';
const ASSOCIATIONS = '/crm/v4/associations';
const PIPELINES = '/crm/v3/pipelines';
const PROPERTIES = '/crm/v3/properties';
const OWNERS = '/crm/v3/owners';

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
  | { readonly operator: 'EQ' | 'GTE' | 'LT'; readonly value: string }
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

/** Records whose property holds one of some values; the property's values need not be unique. */
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
  // Text is indexed in lower case, and IN finds no other: https://developers.hubspot.com/docs/api-reference/search/guide#filter-search-results
  // A property that is a choice, not a text, keeps its case.
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
  readonly associationCategory: 'HUBSPOT_DEFINED';
  readonly associationTypeId: number;
}

/** @param semantics idempotent where the body holds a value that no two records can have. */
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

/** Makes a company the one that a contact mainly belongs to. */
/** Changes no record: it shows whether the scope to write is there. */
export const updateNothing = (type: ObjectType): AnyRequest => ({
  method: 'POST',
  semantics: 'idempotent',
  path: `${OBJECTS}/${type}/batch/update`,
  json: { inputs: [] },
});

export function setPrimaryCompany(contactId: string, companyId: string): UpstreamRequest<unknown> {
  const inputs = [
    { from: { id: contactId }, to: { id: companyId }, types: LINKS.contactToCompany },
  ];
  return writeLinks('batch/create', inputs);
}

/** Ends all that is between a contact and a company. */
export function unlinkCompany(contactId: string, companyId: string): UpstreamRequest<unknown> {
  return writeLinks('batch/archive', [{ from: { id: contactId }, to: [{ id: companyId }] }]);
}

const writeLinks = (action: string, inputs: readonly object[]): UpstreamRequest<unknown> => ({
  method: 'POST',
  semantics: 'idempotent',
  path: `${ASSOCIATIONS}/contacts/companies/${action}`,
  json: { inputs },
  read: (body) => body,
});

const types = (...ids: readonly number[]): readonly AssociationType[] =>
  ids.map((associationTypeId) => ({ associationCategory: 'HUBSPOT_DEFINED', associationTypeId }));

/**
 * A company is linked as the primary one, lest HubSpot take the company of the e-mail address's domain for it:
 * https://developers.hubspot.com/docs/api-reference/crm-associations-v4/guide#association-type-id-values
 */
export const LINKS = {
  contactToCompany: types(1, 279),
  dealToCompany: types(5, 341),
  dealToContact: types(3),
};

/** @param after continues each record's links there; a token of one record suits no other. */
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

export const listOwners = (
  after: string | undefined,
): UpstreamRequest<z.output<typeof wireOwnerPage>> => ({
  method: 'GET',
  path: OWNERS,
  query: { limit: MAX_OWNERS, after },
  read: (body) => parseWire(wireOwnerPage, body),
});
