/** What a value of a vendor's own property is. */
export type CustomKind =
  'text' | 'boolean' | 'integer' | 'decimal' | 'date' | 'dateTime' | 'option' | 'options';

/** A field that a company adds to a type of a subgraph, and the vendor's property that it shows. */
export interface CustomField {
  readonly name: string;
  readonly property: string;
  readonly kind: CustomKind;
}

/** By the name of the type. */
export type CustomFields = Readonly<Record<string, readonly CustomField[]>>;

/**
 * A value in the graph's form: decimal text, an RFC 3339 date or date-time, an option by the vendor's word for it. Null where the vendor has no
 * value, or one that is not of the kind.
 */
export type CustomValue = string | number | boolean | readonly string[] | null;

/** By the name of the field. */
export type CustomValues = Readonly<Record<string, CustomValue>>;

/** A record with the values of its custom fields, which are never mixed with those of the type's own fields. */
export interface Extensible {
  /** Of the fields that were asked for. @default none */
  readonly extra?: CustomValues;
}
