import {
  type CustomCondition,
  type CustomField,
  type CustomKind,
  type CustomValue,
  type CustomValues,
  type Extensible,
  type ExtensibleFilter,
  ownValue,
  type PropertyDefinition,
} from '../../../extensions/custom-fields.ts';
import type { CrmRefusal } from '../../refusal.ts';
import type { SearchFilter } from './hubspot-endpoints.ts';
import { toDay, toDecimal, toInstant } from './hubspot-mapping.ts';
import type { WirePropertyDefinition } from './hubspot-wire.ts';
import type { RecordType } from './reads/hubspot-records.ts';

/** Adds custom fields to a record type: reads the selected ones into `extra`, and filters by them. */
export function withCustomFields<
  Item extends Extensible,
  Filter extends ExtensibleFilter,
  SortField extends string,
>(
  fields: readonly CustomField[] = [],
  record: RecordType<Item, Filter, SortField>,
): RecordType<Item, Filter, SortField> {
  if (fields.length === 0) return record;
  return {
    ...record,
    properties: {
      ...record.properties,
      ...Object.fromEntries(fields.map(({ name, property }) => [name, [property]])),
    },
    toItem: (wire) => ({ ...record.toItem(wire), extra: valuesOf(fields, wire.properties) }),
    toFilters: (filter) => [...record.toFilters(filter), ...customFilters(fields, filter)],
  };
}

type Properties = Readonly<Record<string, string | null | undefined>>;

const valuesOf = (fields: readonly CustomField[], properties: Properties): CustomValues =>
  Object.fromEntries(
    fields.map(({ name, property, kind }) => [
      name,
      READERS[kind](ownValue(properties, property) ?? ''),
    ]),
  );

/** HubSpot sends each value as text: https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide */
const READERS: Readonly<Record<CustomKind, (text: string) => CustomValue>> = {
  text: (text) => (text === '' ? null : text),
  boolean: (text) => (text === 'true' ? true : text === 'false' ? false : null),
  integer: (text) => toInteger(text),
  decimal: (text) => toDecimal(text),
  // Midnight in UTC, in milliseconds or as a date.
  date: (text) => toDay(text),
  dateTime: (text) => toInstant(text),
  option: (text) => (text === '' ? null : text),
  options: (text) => (text === '' ? null : text.split(SEPARATOR).filter((option) => option !== '')),
  reference: (text) => (text === '' ? null : text),
};

const SEPARATOR = ';';

function toInteger(text: string): number | null {
  const decimal = toDecimal(text);
  const number = Number(decimal ?? NaN);
  return Number.isInteger(number) && Math.abs(number) < 2 ** 31 ? number : null;
}

/** The properties of the written custom fields; null clears. */
export const toCustomProperties = (
  fields: readonly CustomField[],
  extra: CustomValues = {},
): Readonly<Record<string, string | null>> =>
  Object.fromEntries(
    fields.flatMap(({ inputName, property, kind }) => {
      const value = ownValue(extra, inputName);
      return value === undefined ? [] : [[property, value === null ? null : toText(kind, value)]];
    }),
  );

/** Refuses values that HubSpot would misread: an option with a semicolon as two, a long number with fewer digits. */
export function refusalsOfValues(
  fields: readonly CustomField[],
  extra: CustomValues = {},
): readonly CrmRefusal[] {
  return fields.flatMap(({ kind, inputName }) => {
    const value = ownValue(extra, inputName) ?? null;
    const isOther =
      (Array.isArray(value) && value.some((option: string) => /^$|;/.test(option))) ||
      (kind === 'decimal' && String(value).replace(/^-?0*|\./g, '').length > MAX_DIGITS);
    return isOther
      ? [{ reason: 'VALUE_REFUSED', at: [inputName], got: toText(kind, value ?? '') }]
      : [];
  });
}

/** The digits of a double. */
const MAX_DIGITS = 15;

/** Dates are midnight in UTC, in milliseconds like date-times: https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide */
function toText(kind: CustomKind, value: NonNullable<CustomValue>): string {
  if (typeof value === 'object') return value.join(SEPARATOR);
  return kind === 'date' || kind === 'dateTime' ? String(Date.parse(String(value))) : String(value);
}

/** Whether a property has the written value; undefined for a property that no custom field writes. */
export function isSameValue(
  fields: readonly CustomField[],
  property: string,
  actual: string,
  wanted: string,
): boolean | undefined {
  const kind = fields.find((field) => field.property === property)?.kind;
  if (kind === undefined) return undefined;
  const [left, right] = [actual, wanted].map((text) => toComparable(kind, text));
  return left === right;
}

/** HubSpot reformats numbers and dates, and sorts several options in the order of their definition. */
function toComparable(kind: CustomKind, text: string): string | null {
  const value = READERS[kind](text);
  if (typeof value === 'object') return value && value.toSorted().join(SEPARATOR);
  if (kind === 'text') return String(value).trim();
  return kind === 'decimal' ? String(Number(value)) : String(value);
}

const customFilters = (
  fields: readonly CustomField[],
  { extra = {} }: ExtensibleFilter,
): readonly SearchFilter[] =>
  fields.flatMap((field) => {
    const condition = extra[field.inputName];
    return condition === undefined
      ? []
      : [...equalTo(field, condition), ...within(field, condition)];
  });

/** `IN` finds records with at least one of the options: https://developers.hubspot.com/docs/api-reference/search/guide */
function equalTo({ property, kind }: CustomField, { is }: CustomCondition): SearchFilter[] {
  if (is === undefined) return [];
  const value = toText(kind, is);
  return kind === 'options'
    ? [{ propertyName: property, operator: 'IN', values: [value] }]
    : [{ propertyName: property, operator: 'EQ', value }];
}

function within(
  { property, kind }: CustomField,
  { from, to, before }: CustomCondition,
): SearchFilter[] {
  const propertyName = property;
  const least = from === undefined ? undefined : toText(kind, from);
  // BETWEEN includes both ends.
  const most = before === undefined ? to?.toString() : String(Date.parse(before) - 1);
  if (least === undefined)
    return most === undefined ? [] : [{ propertyName, operator: 'LTE', value: most }];
  return most === undefined
    ? [{ propertyName, operator: 'GTE', value: least }]
    : [{ propertyName, operator: 'BETWEEN', value: least, highValue: most }];
}

export const toPropertyDefinition = (property: WirePropertyDefinition): PropertyDefinition => ({
  name: property.name,
  label: property.label,
  description: property.description,
  kind: kindOf(property),
  options: property.type === 'enumeration' ? (property.options ?? []) : [],
  isArchived: property.archived === true,
  isHidden: property.hidden === true,
  isReadOnly: property.calculated === true || property.modificationMetadata?.readOnlyValue === true,
  isBuiltIn: property.hubspotDefined === true,
});

/** https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide, "Property type and fieldType values" */
function kindOf({ type, fieldType, ...property }: WirePropertyDefinition): CustomKind | null {
  if (type !== 'enumeration') return KINDS[type] ?? null;
  const isSeveral = fieldType === 'checkbox';
  if (property.referencedObjectType === 'OWNER') return isSeveral ? 'options' : 'reference';
  return isSeveral ? 'options' : 'option';
}

const KINDS: Readonly<Record<string, CustomKind>> = {
  string: 'text',
  phone_number: 'text',
  number: 'decimal',
  bool: 'boolean',
  date: 'date',
  datetime: 'dateTime',
};
