import { listAt, objectAt, textAt } from './json.ts';
import type { LeafType } from './leaf-types.ts';
import { fieldName, FreeNames, singularOf, typeName } from './names.ts';
import type { LeftOut, OutputTypes } from './output-types.ts';
import type { Schema, Schemas } from './schemas.ts';
import { segment } from './selections.ts';

/** A type of arguments and of input fields. */
export type InputValue =
  | LeafType
  | { readonly kind: 'list'; readonly of: InputValue }
  | { readonly kind: 'input'; readonly type: InputType };

export interface InputType {
  readonly name: string;
  readonly description: string | undefined;
  readonly fields: readonly InputField[];
  readonly leftOut: readonly LeftOut[];
}

export interface InputField {
  readonly name: string;
  readonly key: string;
  readonly description: string | undefined;
  readonly isDeprecated: boolean;
  readonly isRequired: boolean;
  readonly isNullable: boolean;
  readonly value: InputValue;
}

type InputResult =
  | { readonly value: InputValue; readonly reason?: never }
  | { readonly value?: never; readonly reason: string };

/** Creates input types from schemas, each once. */
export class InputTypes {
  readonly all: InputType[] = [];
  readonly #schemas: Schemas;
  readonly #outputs: OutputTypes;
  readonly #nameType: (name: string) => string;
  readonly #known = new WeakMap<object, InputType | 'open'>();

  constructor(schemas: Schemas, outputs: OutputTypes, nameType: (name: string) => string) {
    this.#schemas = schemas;
    this.#outputs = outputs;
    this.#nameType = nameType;
  }

  valueOf(property: unknown, key: string, suggested: string): InputResult {
    const schema = this.#schemas.read(property);
    switch (schema.kind) {
      case 'none':
        return { reason: schema.reason ?? 'it can be anything' };
      case 'map':
        return { reason: 'it is a free-form object' };
      case 'list': {
        const { items } = schema.keywords;
        if (this.#schemas.read(items).kind === 'list') return { reason: 'it is a list of lists' };
        const read = this.valueOf(items, singularOf(key), singularOf(suggested));
        return read.value === undefined
          ? { reason: `its items: ${read.reason}` }
          : { value: { kind: 'list', of: read.value } };
      }
      case 'object':
        return this.#inputOf(schema, suggested);
      case 'boolean':
      case 'integer':
      case 'number':
      case 'reference':
      case 'string':
        return this.#outputs.leafOf(schema, key, suggested);
    }
  }

  #inputOf(schema: Schema, suggested: string): InputResult {
    const known = this.#known.get(schema.identity);
    // The mapping of a body is finite, so recursive types are not possible.
    if (known === 'open') return { reason: 'it can be in itself' };
    if (known !== undefined) return { value: { kind: 'input', type: known } };
    this.#known.set(schema.identity, 'open');
    const wanted = typeName(schema.name ?? suggested);
    const name = this.#nameType(withInput(wanted));
    const object = this.#fieldsOf(schema, wanted);
    if (object.fields.length === 0 || object.lacks !== undefined) {
      this.#known.delete(schema.identity);
      return { reason: object.lacks ?? 'it has no fields' };
    }
    const { fields, leftOut } = object;
    const description = textAt(schema.keywords, 'description');
    const type: InputType = { name, description, fields, leftOut };
    this.all.push(type);
    this.#known.set(schema.identity, type);
    return { value: { kind: 'input', type } };
  }

  #fieldsOf(schema: Schema, type: string) {
    const required = new Set(listAt(schema.keywords, 'required'));
    const names = new FreeNames();
    const fields: InputField[] = [];
    const leftOut: LeftOut[] = [];
    let lacks: string | undefined;
    const properties = Object.entries(objectAt(schema.keywords, 'properties')).slice(0, 500);
    for (const [key, property] of properties) {
      const { keywords, isNullable } = this.#schemas.read(property);
      if (keywords['readOnly'] === true || key === '') continue;
      const read = this.valueOf(property, key, `${type.replace(/Input$/, '')} ${key}`);
      const isRequired = required.has(key) && !Object.hasOwn(keywords, 'default');
      if (read.value === undefined) {
        if (isRequired) lacks ??= `${key.slice(0, 80)} is required: ${read.reason}`.slice(0, 300);
        leftOut.push({ key, reason: read.reason });
        continue;
      }
      fields.push({
        key,
        name: names.take(fieldName(key)),
        description: textAt(keywords, 'description'),
        isDeprecated: keywords['deprecated'] === true,
        isRequired,
        isNullable,
        value: read.value,
      });
    }
    return { fields, leftOut, lacks };
  }
}

const withInput = (name: string) => (name.endsWith('Input') ? name : `${name}Input`);

/** Writes the mapping of an argument for a request. @param path the value's path, which ends with `?` if it can be missing */
export function inputText(
  path: string,
  value: InputValue,
  place: 'json' | 'text',
  indent = '',
): string {
  switch (value.kind) {
    case 'enum': {
      const others = value.values.filter(({ name, value: text }) => name !== text);
      if (others.length === 0) return path;
      const pairs = others.map(({ name, value: text }) => `["${name}", ${JSON.stringify(text)}]`);
      return `${path}->match(${pairs.join(', ')}, [@, @])`;
    }
    case 'scalar':
      return place === 'json' && value.isNumber && value.name !== 'Int'
        ? `${path}->parseInt`
        : path;
    case 'list': {
      if (value.of.kind === 'input') return inputText(path, value.of, place, indent);
      const item = inputText('@', value.of, place);
      return item === '@' ? path : `${path}->map(${item})`;
    }
    case 'input':
      return `${path} {\n${inputLines(value.type, indent)}\n${indent}}`;
  }
}

/** Writes the properties of a JSON object from the argument's object. */
function inputLines({ fields }: InputType, indent: string): string {
  return fields
    .map((field) => {
      const isPlain = inputText('', field.value, 'json') === '';
      // Where the API accepts null, it clears the value.
      const mark = (field.isRequired || field.isNullable) && isPlain ? '' : '?';
      const text = inputText(`${field.name}${mark}`, field.value, 'json', `${indent}  `);
      const isSame = text === field.key && segment(text) === text;
      return `${indent}  ${isSame ? text : `${segment(field.key)}: ${text}`}`;
    })
    .join('\n');
}

/** The entries of a form, with nested objects as `address[city]`. */
export function formLines(
  { fields }: InputType,
  path: string,
  prefix: string | undefined,
  isDeep: boolean,
): readonly string[] {
  return fields.flatMap((field) => {
    const key = prefix === undefined ? field.key : `${prefix}[${field.key}]`;
    const at = `${path}.${field.name}`;
    if (field.value.kind === 'input') return formLines(field.value.type, `${at}?`, key, isDeep);
    if (field.value.kind === 'list' && field.value.of.kind === 'input') return [];
    const listed = field.value.kind === 'list' && isDeep ? `${key}[]` : key;
    return [`${segment(listed)}: ${inputText(`${at}?`, field.value, 'text')}`];
  });
}

/** Whether a form has fields that cannot be written: their values would be lost. */
export const hasListsOfObjects = ({ fields }: InputType): boolean =>
  fields.some(
    ({ value }) =>
      (value.kind === 'list' && value.of.kind === 'input') ||
      (value.kind === 'input' && hasListsOfObjects(value.type)),
  );
