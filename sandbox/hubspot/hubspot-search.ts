import { z } from 'zod';
import type { SandboxVendorResponse, SandboxVendorRequest } from '../sandbox-vendor.ts';
import { jsonAnswer, validationError } from './hubspot-responses.ts';
import { readBody } from './hubspot-body.ts';
import { compareValues, FILTER, matches, wordsOf } from './hubspot-filters.ts';
import { CUSTOM_OBJECTS } from './hubspot-custom-objects.ts';
import { createdProperty, type ObjectType } from './hubspot-ids.ts';
import { toAnswer } from './hubspot-record-response.ts';
import type { HubSpotRecord } from './hubspot-records.ts';

/** `POST /crm/v3/objects/{type}/search` */
export function searchObjects(
  type: ObjectType,
  records: readonly HubSpotRecord[],
  request: SandboxVendorRequest,
): SandboxVendorResponse {
  const body = readBody(SEARCH, request);
  if (!body.success) return body.answer;
  const { after, limit, properties } = body.data;
  const problem = problemOf(body.data, records);
  if (problem !== undefined) return validationError(problem);
  const found = sort(
    records.filter((record) => isFound(type, record, body.data)),
    body.data.sorts[0] ?? { propertyName: createdProperty(type), direction: 'ASCENDING' },
  );
  const end = after + limit;
  return jsonAnswer(200, {
    total: found.length,
    results: found.slice(after, end).map((record) => toAnswer(type, record, properties)),
    ...(end < found.length ? { paging: { next: { after: String(end) } } } : {}),
  });
}

type Search = z.output<typeof SEARCH>;

const SORT = z.union([
  z.string().transform((text) => ({
    propertyName: text.replace(/^-/, ''),
    direction: text.startsWith('-') ? 'DESCENDING' : 'ASCENDING',
  })),
  z.object({
    propertyName: z.string(),
    direction: z.enum(['ASCENDING', 'DESCENDING']).default('ASCENDING'),
  }),
]);

const SEARCH = z.object({
  filterGroups: z.array(z.object({ filters: z.array(FILTER) })).default([]),
  query: z.string().max(3000).optional(),
  sorts: z.array(SORT).max(1).default([]),
  properties: z.array(z.string()).default([]),
  limit: z.coerce.number().int().min(0).default(10),
  after: z.coerce.number().int().min(0).default(0),
});

/** https://developers.hubspot.com/docs/api-reference/search/guide, "Limitations". */
const LIMITS = { page: 200, results: 10_000, filterGroups: 5, filtersPerGroup: 6, filters: 18 };

function problemOf(
  { filterGroups, limit, after, sorts }: Search,
  records: readonly HubSpotRecord[],
): string | undefined {
  const filters = filterGroups.flatMap((group) => group.filters);
  const unknown = [...filters, ...sorts].find(
    ({ propertyName }) => !records.some(({ properties }) => propertyName in properties),
  );
  if (limit > LIMITS.page)
    return `The limit must not be more than ${String(LIMITS.page)}, but is ${String(limit)}`;
  if (after + limit > LIMITS.results)
    return `Paging through search results is limited to ${String(LIMITS.results)} records`;
  if (filterGroups.length > LIMITS.filterGroups)
    return `There are more than ${String(LIMITS.filterGroups)} filter groups`;
  if (filters.length > LIMITS.filters)
    return `There are more than ${String(LIMITS.filters)} filters`;
  if (filterGroups.some((group) => group.filters.length > LIMITS.filtersPerGroup)) {
    return `A filter group has more than ${String(LIMITS.filtersPerGroup)} filters`;
  }
  return unknown && `Property ${unknown.propertyName} does not exist`;
}

/** Groups are alternatives; the filters of one must all match. The query's words are looked for at the beginning of words. */
function isFound(
  type: ObjectType,
  record: HubSpotRecord,
  { filterGroups, query }: Search,
): boolean {
  const isFiltered =
    filterGroups.length === 0 ||
    filterGroups.some(({ filters }) => filters.every((filter) => matches(record, filter)));
  if (!isFiltered || query === undefined) return isFiltered;
  const words = SEARCHED[type].flatMap((name) => wordsOf(record.properties[name] ?? ''));
  return wordsOf(query).every((wanted) => words.some((word) => word.startsWith(wanted)));
}

/** Without a sort the oldest come first; records without the property come last. */
function sort(records: readonly HubSpotRecord[], by: Search['sorts'][number]) {
  const direction = by.direction === 'ASCENDING' ? 1 : -1;
  return records.toSorted((left, right) => {
    const [ours, theirs] = [
      left.properties[by.propertyName] ?? null,
      right.properties[by.propertyName] ?? null,
    ];
    if (ours === null || theirs === null) return Number(ours === null) - Number(theirs === null);
    return direction * compareValues(ours, theirs);
  });
}

/** https://developers.hubspot.com/docs/api-reference/search/guide, "Search default searchable properties". */
const SEARCHED: Record<ObjectType, readonly string[]> = {
  contacts: ['firstname', 'lastname', 'email', 'phone', 'company', 'hs_object_id'],
  companies: ['name', 'domain', 'website', 'phone', 'hs_object_id'],
  deals: ['dealname', 'pipeline', 'dealstage', 'description', 'hs_object_id'],
  machines: CUSTOM_OBJECTS.machines.searchable,
  service_visits: CUSTOM_OBJECTS.service_visits.searchable,
};
