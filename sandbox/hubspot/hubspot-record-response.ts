import { createdProperty, modifiedProperty, type ObjectType } from './hubspot-ids.ts';
import type { HubSpotRecord } from './hubspot-records.ts';

/**
 * A record as in a response: with the requested properties that exist, or the type's default properties, and always with its id
 * and times.
 */
export function toAnswer(
  type: ObjectType,
  { id, properties, createdAt, updatedAt, archivedAt }: HubSpotRecord,
  requested: readonly string[],
) {
  const included = new Set([
    'hs_object_id',
    createdProperty(type),
    modifiedProperty(type),
    ...(requested.length > 0 ? requested : DEFAULTS[type]),
  ]);
  const names = Object.keys(properties).filter((name) => included.has(name));
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

/** https://developers.hubspot.com/docs/api-reference/search/guide, column "Default returned properties". */
const DEFAULTS: Record<ObjectType, readonly string[]> = {
  contacts: ['email', 'firstname', 'lastname'],
  companies: ['domain', 'name'],
  deals: ['amount', 'closedate', 'dealname', 'dealstage', 'pipeline'],
  machines: [],
  service_visits: [],
};
