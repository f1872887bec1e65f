import type { RequestScope } from '../../../../../request/request-scope.ts';
import type { HubspotClient } from '../hubspot-client.ts';
import { UpstreamError } from '../../../../../upstream/upstream-error.ts';
import type { CustomField } from '../../../../extensions/custom-fields.ts';
import type { RecordKind } from '../../../domain.ts';
import type { CrmWriteResult } from '../../../refusal.ts';
import { matchesAll, withoutEmpty, type PropertyChanges } from './hubspot-changes.ts';
import {
  createRecord,
  readRecords,
  searchRecords,
  updateRecord,
  type Association,
  type StandardType,
  type SearchFilter,
} from '../hubspot-endpoints.ts';
import {
  HubspotRefusal,
  toResult,
  notFound,
  written,
  type RequestedWrite,
} from '../hubspot-refusals.ts';
import { isPossible } from '../reads/hubspot-records.ts';
import type { WireRecord, WireWritten } from '../hubspot-wire.ts';
import { CRM } from '../../../service.ts';

/** The record kinds of HubSpot's object types. */
const KINDS: Readonly<Record<StandardType, RecordKind>> = {
  contacts: 'customer',
  companies: 'company',
  deals: 'deal',
};

/** The client for writes of a type, and the type's custom fields. */
export interface WriteTarget {
  readonly client: HubspotClient;
  readonly customFields: readonly CustomField[];
}

export interface NewRecord extends RequestedWrite {
  readonly type: StandardType;
  readonly associations: readonly Association[];
}

/** The value of a unique property that identifies one creation. */
export interface CreationKey {
  readonly property: string;
  readonly value: string;
}

/** HubSpot has no idempotency keys, but refuses a second record with the value of a unique property. */
export async function createOnce(
  { client, customFields }: WriteTarget,
  record: NewRecord,
  key: CreationKey | null,
  scope: RequestScope,
): Promise<CrmWriteResult> {
  const { type, associations } = record;
  const properties = {
    ...withoutEmpty(record.properties),
    ...(key && { [key.property]: key.value }),
  };
  const body = { properties, ...(associations.length > 0 && { associations }) };
  try {
    const { id } = await client.send(
      createRecord(type, body, key === null ? 'unsafe' : 'idempotent'),
      scope,
    );
    return written(id);
  } catch (error) {
    if (!(error instanceof HubspotRefusal)) throw error;
    const earlier =
      key !== null && mayBeEarlierTry(error, key)
        ? await findByKey(client, type, key, scope)
        : null;
    return earlier ?? toResult(error, { ...record, customFields });
  }
}

/**
 * Whether the refusal may come from an earlier try's record: by its key, which HubSpot explains only in text,
 * or by its e-mail address.
 */
const mayBeEarlierTry = (
  { status, invalidValues, missingRecords }: HubspotRefusal,
  { property }: CreationKey,
) =>
  status === 409 ||
  (status === 400 && invalidValues.length === 0 && missingRecords.length === 0) ||
  invalidValues.some(
    (value) => value.property === property && value.code !== 'PROPERTY_DOESNT_EXIST',
  );

async function findByKey(
  client: HubspotClient,
  type: StandardType,
  { property, value }: CreationKey,
  scope: RequestScope,
): Promise<CrmWriteResult | null> {
  try {
    const record = await readRecord(
      client,
      type,
      { id: value, idProperty: property },
      [property],
      scope,
    );
    return record && written(record.id);
  } catch (error) {
    // The record may exist.
    throw new UpstreamError('OUTCOME_UNKNOWN', CRM, { cause: error });
  }
}

export async function update(
  { client, customFields }: WriteTarget,
  type: StandardType,
  id: string,
  properties: PropertyChanges,
  scope: RequestScope,
): Promise<WireWritten | CrmWriteResult> {
  const unknown = notFound(KINDS[type], 'id');
  if (!isPossible(id)) return unknown;
  try {
    return await client.send(updateRecord(type, id, { properties }), scope);
  } catch (error) {
    if (error instanceof HubspotRefusal)
      return error.status === 404 ? unknown : toResult(error, { properties, customFields });
    // A 404 without HubSpot's error body comes from a removed path, or from a proxy, and says nothing about the record.
    throw error instanceof UpstreamError && error.status === 404
      ? new UpstreamError('UPSTREAM_CONTRACT', CRM, { status: error.status, cause: error })
      : error;
  }
}

/** Reads the current state of one record: unlike a search, a read returns preceding writes. */
export async function readRecord(
  client: HubspotClient,
  type: StandardType,
  { id, idProperty }: { readonly id: string; readonly idProperty?: string },
  properties: readonly string[],
  scope: RequestScope,
): Promise<WireRecord | null> {
  if (idProperty === undefined && !isPossible(id)) return null;
  const query = { ids: [id], properties, ...(idProperty !== undefined && { idProperty }) };
  const { results } = await client.send(readRecords(type, query), scope);
  return results[0] ?? null;
}

export async function recordMatches(
  { client, customFields }: WriteTarget,
  type: StandardType,
  id: string,
  changes: PropertyChanges,
  scope: RequestScope,
): Promise<boolean> {
  const record = await readRecord(client, type, { id }, Object.keys(changes), scope);
  return record !== null && matchesAll(record.properties, changes, customFields);
}

/** Finds a record that was created since a time with the requested values. Two equal ones cannot be distinguished. */
export async function findCreated(
  { client, customFields }: WriteTarget,
  { type, properties }: Pick<NewRecord, 'type' | 'properties'>,
  startedAt: Date,
  scope: RequestScope,
): Promise<CrmWriteResult | null> {
  const wanted = withoutEmpty(properties);
  const since: SearchFilter = {
    propertyName: 'createdate',
    operator: 'GTE',
    value: String(earliest(startedAt)),
  };
  const name = NAMING.find((property) => (wanted[property]?.length ?? Infinity) <= MAX_SEARCHED);
  const named: SearchFilter[] =
    name === undefined
      ? []
      : [{ propertyName: name, operator: 'EQ', value: wanted[name]?.trim() ?? '' }];
  const search = searchRecords(type, {
    filterGroups: [{ filters: [since, ...named] }],
    sorts: [{ propertyName: 'createdate', direction: 'ASCENDING' }],
    limit: 100,
    properties: Object.keys(wanted),
  });
  const { results } = await client.send(search, scope);
  const found = results.find((record) => matchesAll(record.properties, wanted, customFields));
  return found ? written(found.id) : null;
}

/** Properties to search a record by. */
const NAMING = ['dealname', 'lastname', 'firstname', 'name', 'domain'];
const MAX_SEARCHED = 200;

/** HubSpot's clock may be behind this server's. */
export const earliest = (startedAt: Date) => startedAt.getTime() - CLOCK_SKEW_MS;
const CLOCK_SKEW_MS = 60_000;
