import { parseInstant } from '../../../../instants.ts';
import {
  type CustomField,
  type CustomFields,
  type CustomKind,
  type CustomValue,
  type CustomValues,
  ownValue,
} from '../../../../extensions/custom-fields.ts';

export type Metadata = Readonly<Record<string, string>> | null | undefined;

/** Reads custom fields of a type from a record's metadata; undefined if the type has none. */
export type ReadMetadata = (type: string, metadata: Metadata) => CustomValues | undefined;

export const NO_CUSTOM_FIELDS: ReadMetadata = () => undefined;

export const metadataReader = (customFields: CustomFields = {}): ReadMetadata =>
  Object.keys(customFields).length === 0
    ? NO_CUSTOM_FIELDS
    : (type, metadata) => {
        const fields = customFields[type];
        return (
          fields &&
          Object.fromEntries(
            fields.map(({ name, property, kind }) => {
              const text = ownValue(metadata, property) ?? '';
              return [name, text === '' ? null : READERS[kind](text)];
            }),
          )
        );
      };

/** All metadata is text: https://docs.stripe.com/metadata. Text that does not match the field's type is read as null. */
const READERS: Readonly<Record<CustomKind, (text: string) => CustomValue>> = {
  text: (text) => text,
  boolean: (text) => (text === 'true' ? true : text === 'false' ? false : null),
  integer: (text) =>
    /^-?\d{1,10}$/.test(text) && Math.abs(Number(text)) < 2 ** 31 ? Number(text) : null,
  decimal: (text) => (/^-?\d{1,100}(?:\.\d{1,100})?$/.test(text) ? text : null),
  date: (text) =>
    text.length === 'yyyy-mm-dd'.length && parseInstant(text) !== null ? text : null,
  dateTime: (text) => parseInstant(text)?.toISOString() ?? null,
  option: (text) => text,
  options: (text) => text.split(SEPARATOR).filter((option) => option !== ''),
  reference: (text) => text,
};

/** Stripe has no lists; other systems export them in this format. */
const SEPARATOR = ';';

/** The metadata for the custom fields of a new record. */
export const toMetadata = (
  fields: readonly CustomField[] = [],
  extra: CustomValues = {},
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    fields.flatMap(({ inputName, property }) => {
      const value = ownValue(extra, inputName) ?? null;
      return value === null
        ? []
        : [[property, typeof value === 'object' ? value.join(SEPARATOR) : String(value)] as const];
    }),
  );
