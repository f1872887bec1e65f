import type { CustomProperty } from './hubspot-custom-property.ts';
import { type CustomType, PORTAL_ID, TYPE_IDS, type ObjectType } from './hubspot-ids.ts';
import type { World } from '../world/world.ts';

/** A type of records that this account has added. https://developers.hubspot.com/docs/api-reference/latest/crm/objects/schemas/guide */
export interface CustomObject {
  readonly singular: string;
  readonly plural: string;
  readonly description: string;
  /** The name by which programs know it, which never changes. */
  readonly name: string;
  readonly required: readonly string[];
  readonly searchable: readonly string[];
  readonly count: number;
  readonly properties: readonly CustomProperty[];
  /** The types whose records it can be associated with. */
  readonly associatedWith: readonly ObjectType[];
  /** The keys of the records that one is associated with. */
  readonly linksOf: (key: number, world: World) => Partial<Record<ObjectType, readonly number[]>>;
}

const MODELS = ['Espresso One', 'Espresso Duo', 'Roaster 500', 'Grinder Pro'];
const CONDITIONS = [
  { value: 'in_use', label: 'In use' },
  { value: 'in_repair', label: 'In repair' },
  { value: 'returned', label: 'Returned' },
];
const FEATURES = [
  { value: 'milk', label: 'Milk system' },
  { value: 'Card reader', label: 'Card reader' },
  { value: 'telemetry', label: 'Telemetry' },
];
const OUTCOMES = [
  { value: 'fixed', label: 'Fixed' },
  { value: 'parts-ordered', label: 'Parts ordered' },
];

const two = (number: number) => String(number).padStart(2, '0');

/** The names of properties say which type they are of: properties of one name have one type in this account. */
export const CUSTOM_OBJECTS: Readonly<Record<CustomType, CustomObject>> = {
  machines: {
    singular: 'Machine',
    plural: 'Machines',
    description: 'A machine that a customer rents.',
    name: 'machine',
    required: ['serial_number'],
    searchable: ['serial_number', 'machine_model'],
    count: 60,
    associatedWith: ['contacts', 'companies', 'deals', 'service_visits'],
    properties: [
      {
        name: 'serial_number',
        label: 'Serial number',
        type: 'string',
        fieldType: 'text',
        valueOf: (key) => `SN-${String(1000 + key)}`,
      },
      {
        name: 'machine_model',
        label: 'Model',
        type: 'string',
        fieldType: 'text',
        valueOf: (key) => MODELS[key % MODELS.length] ?? null,
      },
      {
        name: 'machine_condition',
        label: 'Condition',
        description: 'Where the machine is.',
        type: 'enumeration',
        fieldType: 'select',
        options: CONDITIONS,
        valueOf: (key) => CONDITIONS[key % 3]?.value ?? null,
      },
      {
        name: 'machine_features',
        label: 'Features',
        type: 'enumeration',
        fieldType: 'checkbox',
        options: FEATURES,
        valueOf: (key) =>
          FEATURES.slice(0, key % 4)
            .map(({ value }) => value)
            .join(';') || null,
      },
      {
        name: 'monthly_rent',
        label: 'Monthly rent',
        type: 'number',
        fieldType: 'number',
        valueOf: (key) => String(49.5 + 10 * (key % 7)),
      },
      {
        name: 'rented_since',
        label: 'Rented since',
        type: 'date',
        fieldType: 'date',
        valueOf: (key) => (key % 3 === 2 ? null : `2025-${two(1 + (key % 12))}-01`),
      },
      {
        name: 'is_leased',
        label: 'Leased',
        type: 'bool',
        fieldType: 'booleancheckbox',
        valueOf: (key) => (key % 5 === 0 ? null : String(key % 2 === 0)),
      },
      {
        name: 'total_rent',
        label: 'Total rent',
        type: 'number',
        fieldType: 'calculation_equation',
        isCalculated: true,
        valueOf: (key) => String(12 * (49.5 + 10 * (key % 7))),
      },
      {
        name: 'old_serial_number',
        label: 'Old serial number',
        type: 'string',
        fieldType: 'text',
        isArchived: true,
        valueOf: () => null,
      },
    ],
    // The first customer rents several, and the last machines are in stock.
    linksOf: (key, { people }) => {
      if (key >= 50) return {};
      const person = key >= 40 ? 0 : key;
      const company = people[person]?.company ?? null;
      return {
        contacts: [person],
        companies: company === null ? [] : [company],
        deals: key % 2 === 0 ? [key] : [],
      };
    },
  },
  service_visits: {
    singular: 'Service visit',
    plural: 'Service visits',
    description: '',
    name: 'service_visit',
    required: ['visit_subject'],
    searchable: ['visit_subject'],
    count: 30,
    associatedWith: ['machines'],
    properties: [
      {
        name: 'visit_subject',
        label: 'Subject',
        type: 'string',
        fieldType: 'text',
        valueOf: (key) => `Visit ${String(key + 1)}`,
      },
      {
        name: 'visited_at',
        label: 'Visited at',
        type: 'datetime',
        fieldType: 'date',
        valueOf: (key) => `2026-01-${two(1 + key)}T09:00:00.000Z`,
      },
      {
        name: 'visit_outcome',
        label: 'Outcome',
        type: 'enumeration',
        fieldType: 'radio',
        options: OUTCOMES,
        valueOf: (key) => (key % 3 === 0 ? null : (OUTCOMES[key % 2]?.value ?? null)),
      },
    ],
    linksOf: (key) => ({ machines: [key % 20] }),
  },
};

const CREATED = '2024-05-30T00:20:28.745Z';

/** A type that was deleted, and can be restored. */
const ARCHIVED = {
  id: '30753436',
  objectTypeId: '2-30753436',
  fullyQualifiedName: `p${String(PORTAL_ID)}_vehicle`,
  name: 'vehicle',
  labels: { singular: 'Vehicle', plural: 'Vehicles' },
  requiredProperties: [],
  searchableProperties: [],
  primaryDisplayProperty: 'plate',
  secondaryDisplayProperties: [],
  archived: true,
  createdAt: CREATED,
  updatedAt: '2025-02-01T08:00:00.000Z',
  properties: [],
  associations: [],
};

/**
 * `GET /crm-object-schemas/v3/schemas`, all of them on one page.
 * @param definitionsOf gives the definitions of a type's properties
 */
export function schemasOf(
  query: URLSearchParams,
  definitionsOf: (type: CustomType) => readonly object[],
): object {
  if (query.get('archived') === 'true') return { results: [ARCHIVED] };
  const isIncluded = (part: string) => query.get(part) !== 'false';
  // A cast: Object.entries types keys as string.
  const results = (Object.entries(CUSTOM_OBJECTS) as [CustomType, CustomObject][]).map(
    ([type, object]) => ({
      id: TYPE_IDS[type].slice(2),
      objectTypeId: TYPE_IDS[type],
      fullyQualifiedName: `p${String(PORTAL_ID)}_${object.name}`,
      name: object.name,
      labels: { singular: object.singular, plural: object.plural },
      ...(object.description !== '' && { description: object.description }),
      requiredProperties: object.required,
      searchableProperties: object.searchable,
      primaryDisplayProperty: object.required[0],
      secondaryDisplayProperties: [],
      archived: false,
      createdAt: CREATED,
      updatedAt: CREATED,
      properties: isIncluded('includePropertyDefinitions') ? definitionsOf(type) : [],
      associations: isIncluded('includeAssociationDefinitions') ? associationsOf(type) : [],
    }),
  );
  return { results };
}

/** Each in both directions. */
const associationsOf = (type: CustomType) =>
  CUSTOM_OBJECTS[type].associatedWith.flatMap((other, index) =>
    [[type, other] as const, [other, type] as const].map(([from, to], direction) => ({
      id: String(associationId(type, index) + direction),
      fromObjectTypeId: TYPE_IDS[from],
      toObjectTypeId: TYPE_IDS[to],
      name: `${from}_to_${to}`,
      createdAt: CREATED,
      updatedAt: CREATED,
    })),
  );

/** The number of an association type of the account's, which is one less than that of its inverse. */
export const associationId = (type: CustomType, index: number) =>
  (type === 'machines' ? 101 : 201) + 2 * index;
