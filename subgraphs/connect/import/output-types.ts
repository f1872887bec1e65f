import { isObject, listAt, objectAt, textAt } from './json.ts';
import {
  isNumericAmount,
  siblingCurrency,
  type EnumValue,
  enumValuesOf,
  type LeafType,
  type MoneyObject,
  moneyOf,
  scalarOf,
  UNKNOWN,
} from './leaf-types.ts';
import { fieldName, FreeNames, singularOf, typeName } from './names.ts';
import type { Schema, Schemas } from './schemas.ts';

/** An object type of the graph, made from one of the API. */
export interface ObjectType {
  readonly name: string;
  readonly description: string | undefined;
  readonly fields: readonly OutputField[];
  /** Properties without a field. */
  readonly leftOut: readonly LeftOut[];
}

export interface LeftOut {
  readonly key: string;
  readonly reason: string;
}

/** A property of an API as a field of the graph. */
export interface OutputField {
  readonly name: string;
  /** The property's name in the API. */
  readonly key: string;
  readonly description: string | undefined;
  readonly isDeprecated: boolean;
  /** Whether the API always sends it; it may be null. */
  readonly isRequired: boolean;
  readonly isNullable: boolean;
  readonly value: OutputValue;
}

export type OutputValue =
  | LeafType
  | { readonly kind: 'list'; readonly of: OutputValue; readonly hasNulls: boolean }
  | { readonly kind: 'object'; readonly type: ObjectType }
  | { readonly kind: 'money'; readonly money: MoneyObject }
  /** An amount whose currency is another property of the same object. */
  | { readonly kind: 'amount'; readonly currency: string; readonly isNumber: boolean };

export type OutputResult =
  | { readonly value: OutputValue; readonly reason?: never }
  | { readonly value?: never; readonly reason: string };

export interface EnumType {
  readonly name: string;
  readonly description: string | undefined;
  readonly values: readonly EnumValue[];
}

/** Creates types of the graph from schemas, each once. Their fields are created on first use. */
export class OutputTypes {
  readonly enums: EnumType[] = [];
  readonly #schemas: Schemas;
  readonly #nameType: (name: string) => string;
  readonly #objects = new WeakMap<object, ObjectType>();
  readonly #enumsBy = new WeakMap<object, LeafType>();

  /** @param nameType makes a name unique, and reserves it */
  constructor(schemas: Schemas, nameType: (name: string) => string) {
    this.#schemas = schemas;
    this.#nameType = nameType;
  }

  /**
   * @param key the name of the property, or a substitute
   * @param suggested the type name for a schema without a name
   * @param lists number of enclosing lists
   */
  valueOf(property: unknown, key: string, suggested: string, lists = 0): OutputResult {
    const schema = this.#schemas.read(property);
    switch (schema.kind) {
      case 'none':
        return { reason: schema.reason ?? 'it can be anything' };
      case 'map':
        return { reason: 'it is a free-form object' };
      case 'list':
        return lists < MAX_LISTS
          ? this.#listOf(schema, key, suggested, lists + 1)
          : { reason: 'it is lists in lists' };
      case 'object': {
        const money = moneyOf(schema, (one) => this.#schemas.read(one));
        return {
          value:
            money === undefined
              ? { kind: 'object', type: this.#objectOf(schema, suggested) }
              : { kind: 'money', money },
        };
      }
      case 'boolean':
      case 'integer':
      case 'number':
      case 'reference':
      case 'string':
        return this.leafOf(schema, key, suggested);
    }
  }

  /** An enum or scalar. */
  leafOf(
    schema: Schema,
    key: string,
    suggested: string,
  ): { readonly value: LeafType } | { readonly value?: never; readonly reason: string } {
    const values = enumValuesOf(schema);
    if (values !== undefined) return { value: this.#enumOf(schema, values, suggested) };
    const value = scalarOf(schema, key);
    return value === undefined ? { reason: 'it is no scalar' } : { value };
  }

  #listOf({ keywords }: Schema, key: string, suggested: string, lists: number): OutputResult {
    const items = this.#schemas.read(keywords['items']);
    const read = this.valueOf(keywords['items'], singularOf(key), singularOf(suggested), lists);
    if (read.value === undefined) return { reason: `its items: ${read.reason}` };
    const isOfLists = read.value.kind === 'list' && leafBelow(read.value) === undefined;
    return isOfLists
      ? { reason: 'it is a list of lists of objects' }
      : { value: { kind: 'list', of: read.value, hasNulls: items.isNullable } };
  }

  #enumOf(schema: Schema, values: readonly EnumValue[], suggested: string): LeafType {
    const known = this.#enumsBy.get(schema.identity);
    if (known !== undefined) return known;
    const name = this.#nameType(typeName(schema.name ?? suggested));
    const leaf: LeafType = { kind: 'enum', name, values };
    this.#enumsBy.set(schema.identity, leaf);
    const description = textAt(schema.keywords, 'description');
    const all = values.some((one) => one.name === UNKNOWN)
      ? values
      : [...values, { name: UNKNOWN, value: '' }];
    this.enums.push({
      name,
      values: all,
      description: schema.name === undefined ? undefined : description,
    });
    return leaf;
  }

  #objectOf(schema: Schema, suggested: string): ObjectType {
    const known = this.#objects.get(schema.identity);
    if (known !== undefined) return known;
    const wanted = typeName(schema.name ?? suggested);
    const name = this.#nameType(wanted);
    let object: Pick<ObjectType, 'fields' | 'leftOut'> | undefined;
    const make = () => (object ??= this.#fieldsOf(schema, wanted));
    const type: ObjectType = {
      name,
      description: textAt(schema.keywords, 'description'),
      get fields() {
        return make().fields;
      },
      get leftOut() {
        return make().leftOut;
      },
    };
    this.#objects.set(schema.identity, type);
    return type;
  }

  #fieldsOf(schema: Schema, type: string): Pick<ObjectType, 'fields' | 'leftOut'> {
    const required = new Set(listAt(schema.keywords, 'required'));
    const currency = siblingCurrency(schema, (one) => this.#schemas.read(one));
    const names = new FreeNames();
    const fields: OutputField[] = [];
    const leftOut: LeftOut[] = [];
    const properties = Object.entries(objectAt(schema.keywords, 'properties')).slice(0, MAX_FIELDS);
    for (const [key, property] of properties) {
      const read = this.#schemas.read(property);
      const { keywords } = read;
      if (keywords['writeOnly'] === true) continue;
      const amount = currency === undefined ? undefined : isNumericAmount(key, read);
      const result: OutputResult =
        amount === undefined || currency === undefined
          ? this.valueOf(property, key, `${type} ${key}`)
          : { value: { kind: 'amount', currency, isNumber: amount } };
      if (result.value === undefined || key === '') {
        leftOut.push({ key, reason: result.reason ?? 'it has no name' });
        continue;
      }
      fields.push({
        key,
        name: names.take(fieldName(key)),
        description: textAt(
          isObject(property) ? { ...keywords, ...property } : keywords,
          'description',
        ),
        isDeprecated: keywords['deprecated'] === true,
        isRequired: required.has(key),
        // An API can return the object itself instead of its reference.
        isNullable: read.isNullable || read.kind === 'reference',
        value: result.value,
      });
    }
    return { fields, leftOut };
  }
}

/** Maximum depth of nested lists. */
const MAX_LISTS = 4;

/** Maximum number of properties of an object. */
const MAX_FIELDS = 500;

/** The leaf type inside any number of lists; undefined for objects. */
function leafBelow(value: OutputValue): LeafType | undefined {
  if (value.kind === 'list') return leafBelow(value.of);
  return value.kind === 'scalar' || value.kind === 'enum' ? value : undefined;
}

/** The object type of a value, or of the items of a list. */
export function objectBelow(value: OutputValue): ObjectType | undefined {
  if (value.kind === 'list') return objectBelow(value.of);
  return value.kind === 'object' ? value.type : undefined;
}
