import type {
  CustomField,
  CustomKind,
  CustomValue,
  Extensible,
} from '../../../../extensions/custom-fields.ts';
import type { CrmSettings } from '../../../provider.ts';
import { toDay, toDecimal } from '../hubspot-mapping.ts';
import type { RecordType } from './hubspot-records.ts';

/** A type of record whose custom fields are asked for where they are wanted, and read into `extra`. */
export function withCustomFields<Item extends Extensible, Filter, SortField extends string>(
  { customFields = {} }: CrmSettings,
  type: string,
  record: RecordType<Item, Filter, SortField>,
): RecordType<Item, Filter, SortField> {
  const fields = customFields[type] ?? [];
  if (fields.length === 0) return record;
  return {
    ...record,
    properties: {
      ...record.properties,
      ...Object.fromEntries(fields.map(({ name, property }) => [name, [property]])),
    },
    toItem: (wire) => ({ ...record.toItem(wire), extra: valuesOf(fields, wire.properties) }),
  };
}

const valuesOf = (
  fields: readonly CustomField[],
  properties: Readonly<Record<string, string | null | undefined>>,
) =>
  Object.fromEntries(
    fields.map(({ name, property, kind }) => {
      // A company chooses the names of its properties, such as `constructor`.
      const text = Object.hasOwn(properties, property) ? properties[property] : undefined;
      return [name, READERS[kind](text ?? '')];
    }),
  );

/** HubSpot writes each value as text: https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide */
const READERS: Readonly<Record<CustomKind, (text: string) => CustomValue>> = {
  text: (text) => (text === '' ? null : text),
  boolean: (text) => (text === 'true' ? true : text === 'false' ? false : null),
  integer: (text) => toInteger(text),
  decimal: (text) => toDecimal(text),
  // Midnight in UTC, in milliseconds or as a date.
  date: (text) => (text === '' ? null : toDay(text)),
  dateTime: (text) => toInstant(text),
  option: (text) => (text === '' ? null : text),
  options: (text) => (text === '' ? null : text.split(';').filter((option) => option !== '')),
};

function toInteger(text: string): number | null {
  const decimal = toDecimal(text);
  const number = Number(decimal ?? NaN);
  return Number.isInteger(number) && Math.abs(number) < 2 ** 31 ? number : null;
}

function toInstant(text: string): string | null {
  if (text === '') return null;
  const date = new Date(/^-?\d{1,16}$/.test(text) ? Number(text) : text);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
