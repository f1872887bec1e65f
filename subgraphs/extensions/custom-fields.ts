import type { Read } from '../call-table.ts';

/** The value of an enum that stands for options that the enum lacks. */
export const UNKNOWN = 'UNKNOWN';

/** What a value of a vendor's own property is. A reference is the id of a record of another type. */
export type CustomKind =
  | 'text'
  | 'boolean'
  | 'integer'
  | 'decimal'
  | 'date'
  | 'dateTime'
  | 'option'
  | 'options'
  | 'reference';

/** A field that a company adds to a type of a subgraph, and the vendor's property that it shows. */
export interface CustomField {
  readonly name: string;
  readonly property: string;
  readonly kind: CustomKind;
  /** The name by which inputs set it: a reference is set by an id. */
  readonly inputName: string;
}

/** A custom field and where it is defined. */
export interface CustomFieldDefinition extends CustomField {
  readonly type: string;
  /** File and line: `crm.fields.graphql:7`. */
  readonly place: string;
  /** The enum's values by the vendor's words for them, and the place of each. */
  readonly values?: ReadonlyMap<string, EnumValue> | undefined;
  readonly isFilter: boolean;
  readonly isWritable: boolean;
}

export interface EnumValue {
  readonly name: string;
  readonly place: string;
}

/** How many custom fields a file can have. */
export const MAX_FIELDS = 500;

/** A property as the vendor's account defines it. */
export interface PropertyDefinition {
  readonly name: string;
  /** For people. */
  readonly label: string;
  /** Empty where it has none. */
  readonly description: string;
  /** Null for a type that no field can have. */
  readonly kind: CustomKind | null;
  /** Empty where any value can be, or where options are not known. */
  readonly options: readonly { readonly value: string; readonly label: string }[];
  /** It was deleted, and can be restored. */
  readonly isArchived: boolean;
  readonly isHidden: boolean;
  /** The vendor fills it in itself. */
  readonly isReadOnly: boolean;
  /** The vendor's, not made by the account. */
  readonly isBuiltIn: boolean;
}

/** By the name of the type. */
export type CustomFields = Readonly<Record<string, readonly CustomField[]>>;

/**
 * A value in the graph's form: decimal text, an RFC 3339 date or date-time, an option by the vendor's word for it. Null where the vendor has no
 * value, or one that is not of the kind.
 */
export type CustomValue = string | number | boolean | readonly string[] | null;

/** By the name of the field, or in inputs by the name that it has there. */
export type CustomValues = Readonly<Record<string, CustomValue>>;

/** What a custom field has to be for a record to be listed; all that are given must hold. Of several options, a record must have the one. */
export interface CustomCondition {
  readonly is?: string | number | boolean;
  /** The least value, itself included. */
  readonly from?: string | number;
  /** The greatest number, itself included. */
  readonly to?: string | number;
  /** The end of dates and times, itself excluded. */
  readonly before?: string;
}

/** By the name by which inputs know the field. */
export type CustomConditions = Readonly<Record<string, CustomCondition>>;

/** A company chooses the names of its fields and properties, such as `constructor`: inherited properties are no values. */
export const ownValue = <T>(
  values: Readonly<Record<string, T>> | null | undefined,
  name: string,
): T | undefined => (values != null && Object.hasOwn(values, name) ? values[name] : undefined);

/** A record with the values of its custom fields, which are never mixed with those of the type's own fields. */
export interface Extensible {
  /** Of the fields that were asked for. @default none */
  readonly extra?: CustomValues;
}

/** A filter with conditions on custom fields. */
export interface ExtensibleFilter {
  /** @default none */
  readonly extra?: CustomConditions | undefined;
}

/** How a type can be extended. */
export interface ExtensibleType {
  /** The scopes that a field without rules of its own needs, like the type's fields: all of one of the lists. @default none */
  readonly scopes?: readonly (readonly string[])[];
  /** The input type by which the type is filtered. @default it cannot be filtered by custom fields */
  readonly filter?: string;
  /** The input types by which records of the type are created and updated. @default custom fields cannot be written */
  readonly writes?: readonly string[];
}

/** What of a subgraph can be extended, and how. */
export interface ExtensibleTypes {
  readonly types: Readonly<Record<string, ExtensibleType>>;
  /** Types of which a property can hold the id of a record. */
  readonly references: readonly string[];
  readonly property: PropertyNames;
  /** How many fields of a type can be written. @default any number */
  readonly maxWritable?: number;
  /** Types of records that a company adds to the vendor's. @default there can be none */
  readonly objects?: ExtensibleObjects;
}

/** How a company's types of records become types of the graph. They can be linked with the types that can be extended. */
export interface ExtensibleObjects {
  /** What the vendor's id of such a type can be. */
  readonly type: PropertyNames;
  /** The scopes that a type without rules of its own needs: all of one of the lists. */
  readonly scopes: readonly (readonly string[])[];
  /** The calls of the fields that lead to such records. */
  readonly calls: {
    readonly byId: readonly Read[];
    readonly list: (connection: string) => readonly Read[];
    readonly linked: readonly Read[];
    readonly firstLinked: readonly Read[];
  };
}

/** What a vendor's name of a property, or of a type, can be. */
export interface PropertyNames {
  readonly pattern: RegExp;
  /** For people: `the internal name of a property`. */
  readonly description: string;
  /** For people: `loyalty_tier`. */
  readonly example: string;
}

export const NOT_EXTENSIBLE: ExtensibleTypes = {
  types: {},
  references: [],
  property: { pattern: /^$/, description: 'the name of a property', example: '' },
};
