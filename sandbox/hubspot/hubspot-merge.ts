import type { ObjectType } from './hubspot-ids.ts';
import { stamp } from './hubspot-record-changes.ts';
import { ADDITIONAL_EMAILS, type HubSpotRecord, MERGED_IDS } from './hubspot-records.ts';
import type { Values } from './hubspot-validation.ts';

/**
 * The record that two become: a new one, with the values of the primary one where it has any. It answers to all former ids.
 * https://knowledge.hubspot.com/records/merge-records
 */
export function mergedRecord(
  type: ObjectType,
  id: string,
  [primary, other]: readonly [HubSpotRecord, HubSpotRecord],
  now: string,
): HubSpotRecord {
  const properties: Values = {
    ...other.properties,
    ...Object.fromEntries(Object.entries(primary.properties).filter(([, value]) => value !== null)),
    [MERGED_IDS]: joined(
      [primary, other].flatMap((record) => [record.id, ...listed(record, MERGED_IDS)]),
    ),
    ...(type === 'contacts' && { [ADDITIONAL_EMAILS]: additionalEmails(primary, other) }),
  };
  const [createdAt = now] = [primary.createdAt, other.createdAt].toSorted();
  return stamp(type, { id, properties, createdAt, updatedAt: now });
}

function additionalEmails(primary: HubSpotRecord, other: HubSpotRecord): string | null {
  const all = [primary, other].flatMap((record) => [
    record.properties['email'] ?? '',
    ...listed(record, ADDITIONAL_EMAILS),
  ]);
  const [, ...further] = new Set(all.filter((email) => email !== ''));
  return further.length === 0 ? null : joined(further);
}

const listed = ({ properties }: HubSpotRecord, name: string) => properties[name]?.split(';') ?? [];

const joined = (values: readonly string[]) => values.join(';');
