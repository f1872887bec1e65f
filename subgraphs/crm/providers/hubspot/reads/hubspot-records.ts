import type { RequestScope } from '../../../../../request/request-scope.ts';
import type { HubspotClient } from '../hubspot-client.ts';
import type { Fields, FoundRecords } from '../../../provider.ts';
import {
  readRecords,
  searchRecordsByValue,
  type ObjectType,
  type SearchFilter,
} from '../hubspot-endpoints.ts';
import { emailsOf, propertiesOf, type FieldProperties } from '../hubspot-mapping.ts';
import { idsOfRecord, MERGED_IDS, place, readByIds } from './hubspot-batches.ts';
import type { WireRecord } from '../hubspot-wire.ts';

/** How records of one type are requested and read. */
export interface RecordType<Item, Filter = never, SortField extends string = never> {
  readonly type: ObjectType;
  readonly properties: FieldProperties;
  readonly toItem: (record: WireRecord) => Item;
  readonly toFilters: (filter: Filter) => SearchFilter[];
  readonly sortProperties: Readonly<Record<SortField, string>>;
}

/** The parts of {@link RecordType} that a read by keys needs. */
export type ReadableType<Item> = Pick<RecordType<Item>, 'type' | 'properties' | 'toItem'>;

export async function readRecordsById<Item>(
  client: HubspotClient,
  { type, properties, toItem }: ReadableType<Item>,
  ids: readonly string[],
  fields: Fields,
  scope: RequestScope,
): Promise<FoundRecords<Item>> {
  const possible = ids.filter(isPossible);
  if (possible.length === 0) return ids.map(() => null);
  const needed = [...propertiesOf(fields, properties), MERGED_IDS];
  const found = await readByIds(
    possible,
    (some) => client.send(readRecords(type, { ids: some, properties: needed }), scope),
    idsOfRecord,
  );
  const records = new Map(possible.map((id, index) => [id, found[index] ?? null]));
  return ids.map((id) => {
    const record = records.get(id) ?? null;
    return record === null || record instanceof Error ? record : toItem(record);
  });
}

export async function readRecordsByEmail<Item>(
  client: HubspotClient,
  { type, properties, toItem }: ReadableType<Item>,
  emails: readonly string[],
  fields: Fields,
  scope: RequestScope,
): Promise<FoundRecords<Item>> {
  // The response does not say which address found which record, and additional addresses of a contact find it too.
  const needed = [
    ...new Set([...propertiesOf(fields, properties), 'email', 'hs_additional_emails']),
  ];
  const { results, errors } = await client.send(
    readRecords(type, { ids: emails, properties: needed, idProperty: 'email' }),
    scope,
  );
  // Main addresses last: they take precedence.
  const byEmail = results.flatMap((record) => {
    const item = toItem(record);
    return emailsOf(record).map((email, index) => ({ email, index, item }));
  });
  byEmail.sort((a, b) => b.index - a.index);
  return place(emails, new Map(byEmail.map(({ email, item }) => [email, item])), errors);
}

/** A batch read by a property requires unique values, which only some properties have; a search does not. */
export async function readRecordsByValue<Item>(
  client: HubspotClient,
  { type, properties, toItem }: ReadableType<Item>,
  { propertyName, values }: { readonly propertyName: string; readonly values: readonly string[] },
  fields: Fields,
  scope: RequestScope,
): Promise<FoundRecords<Item>> {
  const query = {
    propertyName,
    values,
    properties: [...new Set([...propertiesOf(fields, properties), propertyName])],
  };
  const found: WireRecord[] = [];
  let after: string | undefined;
  do {
    const { results, paging } = await client.send(
      searchRecordsByValue(type, { ...query, after }),
      scope,
    );
    found.push(...results);
    after = results.length === 0 ? undefined : paging?.next?.after;
  } while (after !== undefined);
  // Newest first, so that the oldest overwrites them.
  found.sort((a, b) => Number(b.id) - Number(a.id));
  return place(
    values,
    new Map(found.map((record) => [record.properties[propertyName]?.trim() ?? '', toItem(record)])),
    undefined,
  );
}

/** HubSpot would refuse a whole batch because of one id that is not a positive 64-bit number. */
export function isPossible(id: string): boolean {
  return /^[1-9]\d{0,18}$/.test(id) && BigInt(id) <= MAX_ID;
}

const MAX_ID = 2n ** 63n - 1n;
