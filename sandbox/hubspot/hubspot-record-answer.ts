import type { ObjectType } from './hubspot-ids.ts';
import type { HubSpotRecord } from './hubspot-records.ts';

/**
 * A record as it is answered: with the properties asked for that exist, or the type's own where none is asked for, and
 * always with its id and times.
 */
export function toAnswer(
  type: ObjectType,
  { id, properties, createdAt, updatedAt, archivedAt }: HubSpotRecord,
  asked: readonly string[],
) {
  const wanted = new Set([
    ...ALWAYS,
    modifiedProperty(type),
    ...(asked.length > 0 ? asked : DEFAULTS[type]),
  ]);
  const names = Object.keys(properties).filter((name) => wanted.has(name));
  return {
    id,
    properties: Object.fromEntries(
      names.toSorted().map((name) => [name, properties[name] ?? null]),
    ),
    createdAt,
    updatedAt,
    archived: archivedAt !== undefined,
    ...(archivedAt !== undefined && { archivedAt }),
  };
}

/** Contacts spell it otherwise than all other types. */
export const modifiedProperty = (type: ObjectType) =>
  type === 'contacts' ? 'lastmodifieddate' : 'hs_lastmodifieddate';

const ALWAYS = ['createdate', 'hs_object_id'];

/** https://developers.hubspot.com/docs/api-reference/search/guide, column "Default returned properties". */
const DEFAULTS: Record<ObjectType, readonly string[]> = {
  contacts: ['email', 'firstname', 'lastname'],
  companies: ['domain', 'name'],
  deals: ['amount', 'closedate', 'dealname', 'dealstage', 'pipeline'],
};
