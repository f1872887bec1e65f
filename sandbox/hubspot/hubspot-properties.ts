import type { SandboxVendorResponse } from '../sandbox-vendor.ts';
import { errorAnswer, jsonAnswer } from './hubspot-responses.ts';
import { CUSTOM_PROPERTIES, findCustomProperty } from './hubspot-custom-properties.ts';
import type { CustomProperty } from './hubspot-custom-property.ts';
import { OBJECT_TYPES, SINGULAR, type ObjectType } from './hubspot-ids.ts';
import { KEY_PROPERTY, MERGED_IDS, type HubSpotRecord } from './hubspot-records.ts';

/** `GET /crm/v3/properties/{type}`, those that were deleted by `archived`, and one of them by its name. */
export function answerProperties(
  type: ObjectType,
  records: readonly HubSpotRecord[],
  name: string | undefined,
  query: URLSearchParams,
): SandboxVendorResponse {
  const archived = CUSTOM_PROPERTIES[type].filter(({ isArchived }) => isArchived === true);
  const names = (
    query.get('archived') === 'true'
      ? archived.map((property) => property.name)
      : Object.keys(records[0]?.properties ?? {})
  ).toSorted();
  if (name === undefined)
    return jsonAnswer(200, { results: names.map((property) => toDefinition(type, property)) });
  if (names.includes(name)) return jsonAnswer(200, toDefinition(type, name));
  return errorAnswer(404, `Property ${name} does not exist`, 'OBJECT_NOT_FOUND');
}

/** Of those that are there. */
export const propertyDefinitions = (type: ObjectType, records: readonly HubSpotRecord[]) =>
  Object.keys(records[0]?.properties ?? {})
    .toSorted()
    .map((name) => toDefinition(type, name));

/** The type of a property's values, by its name: this account has no two of one name and different types. */
export function propertyType(
  name: string,
): 'bool' | 'date' | 'datetime' | 'enumeration' | 'number' | 'string' {
  const [custom] = OBJECT_TYPES.flatMap((type) => findCustomProperty(type, name) ?? []);
  if (custom !== undefined) return custom.type;
  if (ENUMERATIONS.has(name)) return 'enumeration';
  if (name === 'amount' || name === 'hs_deal_stage_probability') return 'number';
  if (name.startsWith('hs_is_')) return 'bool';
  return name.endsWith('date') ? 'datetime' : 'string';
}

const ENUMERATIONS: ReadonlySet<string> = new Set([
  'dealstage',
  'industry',
  'lifecyclestage',
  'pipeline',
]);

/** What HubSpot fills in itself. */
export const isReadOnly = (name: string) =>
  READ_ONLY.has(name) ||
  OBJECT_TYPES.some((type) => findCustomProperty(type, name)?.isCalculated === true) ||
  name.startsWith('hs_is_') ||
  name.startsWith('hs_object_') ||
  name.endsWith('modifieddate');

/** A contact's company is set by associations alone here, although HubSpot also takes its property. */
const READ_ONLY: ReadonlySet<string> = new Set([
  'associatedcompanyid',
  'createdate',
  'hs_createdate',
  'hs_deal_stage_probability',
  MERGED_IDS,
  'hs_primary_associated_company',
]);

const FIELD_TYPES = {
  bool: 'booleancheckbox',
  date: 'date',
  datetime: 'date',
  enumeration: 'radio',
  number: 'number',
  string: 'text',
};

function toDefinition(type: ObjectType, name: string) {
  const custom = findCustomProperty(type, name);
  const standard = toStandardDefinition(type, name);
  return custom === undefined ? standard : { ...standard, ...customDefinition(custom) };
}

const customDefinition = ({
  label,
  description = '',
  fieldType,
  options = [],
  isOwner = false,
  isCalculated = false,
  isHidden = false,
  isArchived = false,
}: CustomProperty) => ({
  label,
  description,
  fieldType,
  options: options.map((option, displayOrder) => ({ ...option, displayOrder, hidden: false })),
  calculated: isCalculated,
  externalOptions: isOwner,
  ...(isOwner && { referencedObjectType: 'OWNER' }),
  archived: isArchived,
  ...(isArchived && { archivedAt: '2025-09-01T08:00:00.000Z' }),
  hidden: isHidden,
  hubspotDefined: false,
  modificationMetadata: {
    archivable: true,
    readOnlyDefinition: false,
    readOnlyValue: isCalculated,
  },
});

function toStandardDefinition(type: ObjectType, name: string) {
  const isLifecycleStage = name === 'lifecyclestage';
  const isOurs = name === KEY_PROPERTY;
  return {
    updatedAt: '2025-11-03T10:15:22.104Z',
    createdAt: '2020-06-30T15:57:37.247Z',
    name,
    label: isLifecycleStage ? 'Lifecycle Stage' : isOurs ? 'Tributary key' : name,
    type: propertyType(name),
    fieldType: FIELD_TYPES[propertyType(name)],
    description: '',
    groupName: `${SINGULAR[type]}information`,
    options: isLifecycleStage ? LIFECYCLE_STAGES : [],
    displayOrder: -1,
    calculated: false,
    // Stages and pipelines have an endpoint of their own.
    externalOptions: name === 'dealstage' || name === 'pipeline',
    archived: false,
    hasUniqueValue: isOurs,
    hidden: false,
    hubspotDefined: !isOurs,
    modificationMetadata: {
      archivable: isOurs,
      readOnlyDefinition: !isOurs,
      readOnlyValue: isReadOnly(name),
    },
    formField: true,
    dataSensitivity: 'non_sensitive',
  };
}

/** The stages that every account begins with. */
export const LIFECYCLE_STAGES = [
  { value: 'subscriber', label: 'Subscriber' },
  { value: 'lead', label: 'Lead' },
  { value: 'marketingqualifiedlead', label: 'Marketing Qualified Lead' },
  { value: 'salesqualifiedlead', label: 'Sales Qualified Lead' },
  { value: 'opportunity', label: 'Opportunity' },
  { value: 'customer', label: 'Customer' },
  { value: 'evangelist', label: 'Evangelist' },
  { value: 'other', label: 'Other' },
].map((stage, displayOrder) => ({ ...stage, displayOrder, hidden: false }));
