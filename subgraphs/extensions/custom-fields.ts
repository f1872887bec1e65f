import type { Read } from '../call-table.ts';

/** The enum value for options that the enum lacks. */
export const UNKNOWN = 'UNKNOWN';

/** The kind of a property's value. A reference is the id of a record of another type. */
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

/** A field that a company adds to a subgraph's type, and the vendor's property of its values. */
export interface CustomField {
  readonly name: string;
  readonly property: string;
  readonly kind: CustomKind;
  /** Name of the input field: a reference is set by an id. */
  readonly inputName: string;
}

/** A custom field and its position in the file. */
export interface CustomFieldDefinition extends CustomField {
  readonly type: string;
  /** File and line: `crm.fields.graphql:7`. */
  readonly place: string;
  /** The enum's values by the vendor's option, with their positions. */
  readonly values?: ReadonlyMap<string, EnumValue> | undefined;
  readonly isFilter: boolean;
  readonly isWritable: boolean;
}

export interface EnumValue {
  readonly name: string;
  readonly place: string;
}

/** Maximum number of custom fields in a file. */
export const MAX_FIELDS = 500;

/** A property as the vendor's account defines it. */
export interface PropertyDefinition {
  readonly name: string;
  /** For people. */
  readonly label: string;
  /** Empty without a description. */
  readonly description: string;
  /** Null for a type that no field can have. */
  readonly kind: CustomKind | null;
  /** Empty if any value is allowed, or the options are unknown. */
  readonly options: readonly { readonly value: string; readonly label: string }[];
  /** Deleted, and restorable. */
  readonly isArchived: boolean;
  readonly isHidden: boolean;
  /** The vendor sets its value. */
  readonly isReadOnly: boolean;
  /** Defined by the vendor, not by the account. */
  readonly isBuiltIn: boolean;
}

/** By the name of the type. */
export type CustomFields = Readonly<Record<string, readonly CustomField[]>>;

/**
 * A value in the graph's format: decimal text, an RFC 3339 date or date-time, an option in the vendor's spelling. Null if the vendor has no
 * value, or one of another kind.
 */
export type CustomValue = string | number | boolean | readonly string[] | null;

/** By the name of the field; in inputs, by the name of the input field. */
export type CustomValues = Readonly<Record<string, CustomValue>>;

/** Filter conditions on a custom field; all of them must hold. A record with several options must have the given one. */
export interface CustomCondition {
  readonly is?: string | number | boolean;
  /** Minimum, inclusive. */
  readonly from?: string | number;
  /** Maximum of numbers, inclusive. */
  readonly to?: string | number;
  /** End of dates and times, exclusive. */
  readonly before?: string;
}

/** By the name of the input field. */
export type CustomConditions = Readonly<Record<string, CustomCondition>>;

/**
 * Reads an own property: a company chooses the names of its fields and properties, such as `constructor`, so inherited ones do not count.
 */
export const ownValue = <T>(
  values: Readonly<Record<string, T>> | null | undefined,
  name: string,
): T | undefined => (values != null && Object.hasOwn(values, name) ? values[name] : undefined);

/** A record with the values of its custom fields, separate from those of the type's own fields. */
export interface Extensible {
  /** Values of the selected custom fields. @default none */
  readonly extra?: CustomValues;
}

/** A filter with conditions on custom fields. */
export interface ExtensibleFilter {
  /** @default none */
  readonly extra?: CustomConditions | undefined;
}

/** How a type can be extended. */
export interface ExtensibleType {
  /**
   * The scopes that a field without access rules of its own requires, like the type's fields: all scopes of one of the lists. @default none
   */
  readonly scopes?: readonly (readonly string[])[];
  /** The filter input of the type. @default it cannot be filtered by custom fields */
  readonly filter?: string;
  /** The inputs that create and update records of the type. @default custom fields cannot be written */
  readonly writes?: readonly string[];
}

/** The extensible types of a subgraph. */
export interface ExtensibleTypes {
  readonly types: Readonly<Record<string, ExtensibleType>>;
  /** Types whose ids a property can contain. */
  readonly references: readonly string[];
  readonly property: PropertyNames;
  /** Maximum number of writable fields of a type. @default no limit */
  readonly maxWritable?: number;
  /** Rules for custom record types. @default there can be none */
  readonly objects?: ExtensibleObjects;
}

/** How custom record types become types of the graph. They can be linked with the extensible types. */
export interface ExtensibleObjects {
  /** The format of the vendor's id of such a type. */
  readonly type: PropertyNames;
  /** The scopes that a type without access rules of its own requires: all scopes of one of the lists. */
  readonly scopes: readonly (readonly string[])[];
  /** The calls of the fields that return such records. */
  readonly calls: {
    readonly byId: readonly Read[];
    readonly list: (connection: string) => readonly Read[];
    readonly linked: readonly Read[];
    readonly firstLinked: readonly Read[];
  };
}

/** The format of a vendor's name of a property or a type. */
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
