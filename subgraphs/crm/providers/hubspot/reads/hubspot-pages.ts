import type { RequestScope } from '../../../../../request/request-scope.ts';
import type { HubspotClient } from '../hubspot-client.ts';
import { type Page, positionBeyond } from '../../../../paging/connection.ts';
import type { Fields, ListQuery } from '../../../provider.ts';
import {
  listRecords,
  MAX_SEARCH_RESULTS,
  searchRecords,
  type ObjectType,
  type SearchBody,
} from '../hubspot-endpoints.ts';
import { propertiesOf } from '../hubspot-mapping.ts';
import { asError } from './hubspot-batches.ts';
import { type ListPage, readListPage, refuseToken } from './hubspot-list-pages.ts';
import { positionInPage, readPosition } from './hubspot-position.ts';
import type { RecordType } from './hubspot-records.ts';
import type { WireRecord } from '../hubspot-wire.ts';

/** A page of the plain list, or of a search if words, conditions or an order are given. */
export async function readPage<Item, Filter, SortField extends string>(
  client: HubspotClient,
  record: RecordType<Item, Filter, SortField>,
  query: ListQuery<Filter, SortField>,
  fields: Fields,
  scope: RequestScope,
): Promise<Page<Item>> {
  const properties = propertiesOf(fields, record.properties);
  const conditions = toConditions(record, query);
  const page =
    conditions === undefined
      ? await readPlainPage(client, record.type, { ...query, properties }, scope)
      : await readSearchPage(
          client,
          record.type,
          { ...conditions, ...query.page, properties },
          scope,
        );
  return {
    ...page,
    entries: page.entries.map(({ item, position }) => ({ item: record.toItem(item), position })),
  };
}

type Conditions = Pick<SearchBody, 'query' | 'filterGroups' | 'sorts'>;

/** @returns undefined for the plain list. */
function toConditions<Item, Filter, SortField extends string>(
  { toFilters, sortProperties }: RecordType<Item, Filter, SortField>,
  { search, filter, sort }: ListQuery<Filter, SortField>,
): Conditions | undefined {
  const words = search?.trim() ?? '';
  const filters = filter == null ? [] : toFilters(filter);
  const conditions = {
    ...(words !== '' && { query: words }),
    ...(filters.length > 0 && { filterGroups: [{ filters }] }),
    ...(sort != null && {
      sorts: [
        { propertyName: sortProperties[sort.field], direction: sort.direction ?? 'ASCENDING' },
      ],
    }),
  };
  return Object.keys(conditions).length === 0 ? undefined : conditions;
}

interface RecordPage extends ListPage<WireRecord> {
  readonly totalCount?: number | Error;
}

interface PlainQuery extends Pick<ListQuery<never, never>, 'page' | 'counted'> {
  readonly properties: readonly string[];
}

async function readPlainPage(
  client: HubspotClient,
  type: ObjectType,
  query: PlainQuery,
  scope: RequestScope,
): Promise<RecordPage> {
  const count = query.counted ? countRecords(client, type, scope) : undefined;
  const { properties } = query;
  const page = await readListPage(
    (part) => client.send(listRecords(type, { ...part, properties }), scope),
    query.page,
  );
  return count === undefined ? page : { ...page, totalCount: await count };
}

/** A list does not report its length; a search for everything does. Its failure fails only its own field. */
const countRecords = (
  client: HubspotClient,
  type: ObjectType,
  scope: RequestScope,
): Promise<number | Error> =>
  client
    .send(searchRecords(type, { limit: 1, properties: ['hs_object_id'] }), scope)
    .then(({ total }) => total, asError);

interface SearchQuery extends Conditions {
  readonly first: number;
  readonly after?: string;
  readonly properties: readonly string[];
}

/** `after` of a search is the number of preceding results, so every result has its own position. */
async function readSearchPage(
  client: HubspotClient,
  type: ObjectType,
  { first, after: position, ...search }: SearchQuery,
  scope: RequestScope,
): Promise<RecordPage> {
  const { skip } = readPosition(position);
  const limit = Math.min(first, MAX_SEARCH_RESULTS - skip);
  if (limit <= 0) throw positionBeyond(MAX_SEARCH_RESULTS);
  const after = skip === 0 ? undefined : String(skip);
  const { total, results, paging } = await client
    .send(searchRecords(type, { ...search, limit, after }), scope)
    .catch(refuseToken(after));
  const entries = results.map((item, index) => ({
    item,
    position: positionInPage({ token: '' }, skip + index),
  }));
  return { entries, hasNextPage: paging?.next !== undefined, totalCount: total };
}
