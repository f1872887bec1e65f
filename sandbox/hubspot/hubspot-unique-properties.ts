import type { SandboxVendorResponse } from '../sandbox-vendor.ts';
import { errorAnswer, validationError } from './hubspot-responses.ts';
import { PORTAL_ID, SINGULAR, type ObjectType } from './hubspot-ids.ts';
import { KEY_PROPERTY } from './hubspot-records.ts';
import type { HubSpotStore } from './hubspot-store.ts';

const UNIQUE: Record<ObjectType, readonly string[]> = {
  contacts: ['email', KEY_PROPERTY],
  companies: [KEY_PROPERTY],
  deals: [KEY_PROPERTY],
  machines: [],
  service_visits: [],
};

/** Whether records can be named by this property: https://developers.hubspot.com/docs/guides/api/crm/objects/contacts, `idProperty`. */
export const isIdProperty = (type: ObjectType, name: string | null | undefined) =>
  name === null || name === undefined || name === 'hs_object_id' || UNIQUE[type].includes(name);

/** The refusal of values that other records have; `id` is that of the record to write, even where it is a new one. */
export function conflictOf(
  type: ObjectType,
  id: string,
  values: Readonly<Record<string, string | null>>,
  store: HubSpotStore,
): SandboxVendorResponse | undefined {
  for (const property of UNIQUE[type]) {
    const value = values[property] ?? null;
    const other = value === null ? undefined : store.find(type, value, property);
    if (other === undefined || other.id === id) continue;
    if (property === 'email')
      return errorAnswer(409, `Contact already exists. Existing ID: ${other.id}`, 'CONFLICT');
    // Seen in answers to programs that ran into it; the id before "already" is the other record's.
    return validationError(
      `Cannot set PropertyValueCoordinates{portalId=${String(PORTAL_ID)}, objectTypeId=ObjectTypeId{legacyObjectType=${SINGULAR[type].toUpperCase()}}, propertyName=${property}, value=${String(value)}} on ${id}. ${other.id} already has that value.`,
    );
  }
  return undefined;
}
