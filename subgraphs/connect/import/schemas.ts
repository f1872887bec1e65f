import { isObject, type JsonObject, listAt, objectAt, textAt, withoutKeys } from './json.ts';
import type { ApiDocument } from './read-document.ts';

/** A JSON schema with resolved references, `allOf` and nullability. */
export interface Schema {
  /** Identifies a schema: equal for a reference and its target. */
  readonly identity: JsonObject;
  /** The name of the reference. */
  readonly name: string | undefined;
  readonly kind: SchemaKind;
  readonly isNullable: boolean;
  /** The keywords, with those of its parts. */
  readonly keywords: JsonObject;
  /** Why its values have no type of the graph. */
  readonly reason?: string;
}

export type SchemaKind =
  'object' | 'map' | 'list' | 'string' | 'integer' | 'number' | 'boolean' | 'reference' | 'none';

/** Reads the schemas of a document. */
export class Schemas {
  readonly #document: ApiDocument;
  readonly #read = new WeakMap<JsonObject, Schema>();

  constructor(document: ApiDocument) {
    this.#document = document;
  }

  read(json: unknown, depth = 0): Schema {
    if (!isObject(json)) return none({}, undefined, 'it can be anything');
    const known = this.#read.get(json);
    if (known !== undefined) return known;
    if (depth > MAX_DEPTH) return none(json, undefined, 'its parts are nested too deeply');
    const schema = this.#resolve(json, depth);
    this.#read.set(json, schema);
    return schema;
  }

  #resolve(json: JsonObject, depth: number): Schema {
    if (typeof json['$ref'] !== 'string') return this.#ofKeywords(json, json, undefined, depth);
    const resolved = this.#document.resolve(json);
    if (resolved === undefined)
      return none(json, undefined, `${json['$ref'].slice(0, 100)} leads to nothing`);
    const target = this.read(resolved.value, depth + 1);
    // Keywords next to a reference refine this one use.
    const siblings = withoutKeys(json, '$ref');
    const keywords =
      Object.keys(siblings).length === 0
        ? target.keywords
        : { ...target.keywords, ...only(siblings, SIBLING_KEYWORDS) };
    return {
      ...target,
      keywords,
      name: target.name ?? resolved.name,
      isNullable: target.isNullable || isNullType(siblings),
    };
  }

  #ofKeywords(
    identity: JsonObject,
    keywords: JsonObject,
    name: string | undefined,
    depth: number,
  ): Schema {
    const parts = listAt(keywords, 'allOf');
    if (parts.length > 0) return this.#ofAll(identity, keywords, parts, depth);
    const [keyword, choices] = choicesOf(keywords);
    if (keyword !== undefined) return this.#ofChoice(identity, keywords, keyword, choices, depth);
    const { types, isNullable } = typesOf(keywords);
    const kind = kindOf(types, keywords);
    return kind === undefined
      ? none(identity, name, describeTypes(types), isNullable)
      : { identity, name, kind, isNullable, keywords };
  }

  /** Merges all parts into one schema. If only one part describes the value, the result is that part. */
  #ofAll(
    identity: JsonObject,
    whole: JsonObject,
    parts: readonly unknown[],
    depth: number,
  ): Schema {
    const rest = withoutKeys(whole, 'allOf');
    const read = parts.slice(0, MAX_PARTS).map((part) => this.read(part, depth + 1));
    const own = this.#ofKeywords(rest, rest, undefined, depth + 1);
    const typed = read.filter(({ keywords }) => definesType(keywords));
    const [only_] = typed;
    if (only_ !== undefined && typed.length === 1 && !definesType(rest))
      return {
        ...only_,
        keywords: { ...only_.keywords, ...only(rest, SIBLING_KEYWORDS) },
        isNullable: only_.isNullable || isNullType(rest),
      };
    const all = [...read, own].filter(
      ({ kind, keywords }) => kind !== 'none' || definesType(keywords),
    );
    const refused = read.find(({ kind, reason }) => kind === 'none' && reason !== ANYTHING);
    if (refused !== undefined) return { ...refused, identity };
    const kinds = new Set(all.map(({ kind }) => (kind === 'map' ? 'object' : kind)));
    const [kind = 'none', ...others] = kinds;
    if (others.length > 0) return none(identity, undefined, 'its parts are of different kinds');
    return {
      identity,
      name: undefined,
      kind: kind === 'object' && !all.some((one) => one.kind === 'object') ? 'map' : kind,
      isNullable: all.some((one) => one.isNullable),
      keywords: merged(all.map(({ keywords }) => keywords)),
      ...(kind === 'none' && { reason: ANYTHING }),
    };
  }

  #ofChoice(
    identity: JsonObject,
    json: JsonObject,
    keyword: 'oneOf' | 'anyOf',
    choices: readonly unknown[],
    depth: number,
  ): Schema {
    const siblings = withoutKeys(json, 'oneOf', 'anyOf');
    const read = choices.slice(0, MAX_PARTS).map((choice) => this.read(choice, depth + 1));
    const real = read.filter(({ keywords }) => !isNullOnly(keywords));
    const isNullable =
      real.length < read.length || isNullType(json) || real.some((one) => one.isNullable);
    const whole = (schema: Schema): Schema => ({
      ...schema,
      keywords: { ...schema.keywords, ...only(siblings, SIBLING_KEYWORDS) },
      isNullable,
    });
    const [first, ...others] = real;
    if (first === undefined) return none(identity, undefined, 'it is always null');
    if (others.length === 0) return whole(first);
    // Alternatives that only say which fields are required together.
    const own = this.#ofKeywords(identity, siblings, undefined, depth + 1);
    if (own.kind === 'object' && real.every(({ keywords }) => !definesType(keywords)))
      return whole(own);
    const scalar = scalarOf(real);
    if (scalar !== undefined)
      return {
        identity,
        name: undefined,
        kind: scalar,
        isNullable,
        keywords: scalarKeywords(siblings, real, scalar),
      };
    const objects = real.filter(({ kind }) => kind === 'object');
    const texts = real.filter(({ kind }) => kind === 'string');
    if (texts.length === 1 && objects.length === real.length - 1 && objects.every(hasId))
      return { identity, name: undefined, kind: 'reference', isNullable, keywords: siblings };
    if (keyword === 'anyOf' && objects.length === real.length) {
      const keywords = withoutKeys(
        merged([...objects, own].map((one) => one.keywords)),
        'required',
      );
      return { identity, name: undefined, kind: 'object', isNullable, keywords };
    }
    return none(
      identity,
      undefined,
      objects.length === real.length
        ? 'it is one of several objects'
        : 'it is one of several kinds of values',
      isNullable,
    );
  }
}

const MAX_DEPTH = 30;
const MAX_PARTS = 100;
const ANYTHING = 'it can be anything';

/** Keywords that may be next to a reference. */
const SIBLING_KEYWORDS = [
  'description',
  'deprecated',
  'readOnly',
  'writeOnly',
  'example',
  'examples',
  'default',
];

const only = (object: JsonObject, keys: readonly string[]): JsonObject =>
  Object.fromEntries(
    keys.flatMap((key) => (Object.hasOwn(object, key) ? [[key, object[key]]] : [])),
  );

const none = (
  identity: JsonObject,
  name: string | undefined,
  reason: string,
  isNullable = false,
): Schema => ({ identity, name, kind: 'none', isNullable, keywords: identity, reason });

function choicesOf(
  keywords: JsonObject,
): ['oneOf' | 'anyOf', readonly unknown[]] | [undefined, []] {
  for (const keyword of ['oneOf', 'anyOf'] as const) {
    const choices = listAt(keywords, keyword);
    if (choices.length > 0) return [keyword, choices];
  }
  return [undefined, []];
}

function typesOf({ type, enum: values, nullable }: JsonObject): {
  readonly types: readonly string[];
  readonly isNullable: boolean;
} {
  const all = Array.isArray(type) ? type.map(String) : typeof type === 'string' ? [type] : [];
  const isNullable =
    all.includes('null') || nullable === true || (Array.isArray(values) && values.includes(null));
  return { types: [...new Set(all.filter((one) => one !== 'null'))], isNullable };
}

const isNullType = (keywords: JsonObject) => typesOf(keywords).isNullable;

const isNullOnly = ({ type, enum: values, const: value }: JsonObject) =>
  type === 'null' ||
  value === null ||
  (Array.isArray(values) && values.length > 0 && values.every((one) => one === null));

/** Whether a part of `allOf` describes the kind of a value. */
const definesType = (keywords: JsonObject) =>
  [
    'type',
    'properties',
    'items',
    'enum',
    'allOf',
    'oneOf',
    'anyOf',
    '$ref',
    'additionalProperties',
  ].some((key) => Object.hasOwn(keywords, key));

function kindOf(types: readonly string[], keywords: JsonObject): SchemaKind | undefined {
  const [type, ...others] = types;
  if (others.length > 0) {
    if (types.every((one) => one === 'integer' || one === 'number')) return 'number';
    return types.every((one) => SCALARS.has(one)) ? 'string' : undefined;
  }
  const hasFields = Object.keys(objectAt(keywords, 'properties')).length > 0;
  if (type === 'object' || (type === undefined && hasFields)) return hasFields ? 'object' : 'map';
  if (type === 'array' || (type === undefined && Object.hasOwn(keywords, 'items'))) return 'list';
  if (type !== undefined) return SCALARS.has(type) ? (type as SchemaKind) : undefined;
  const values = [...listAt(keywords, 'enum'), keywords['const']].filter((value) => value != null);
  if (values.length > 0)
    return values.every((value) => typeof value === 'number' && Number.isInteger(value))
      ? 'integer'
      : values.every((value) => typeof value === 'boolean')
        ? 'boolean'
        : 'string';
  return textAt(keywords, 'format') === undefined && textAt(keywords, 'pattern') === undefined
    ? undefined
    : 'string';
}

const SCALARS = new Set(['string', 'integer', 'number', 'boolean']);

const describeTypes = (types: readonly string[]) =>
  types.length === 0 ? ANYTHING : `it is of the types ${types.join(', ').slice(0, 80)}`;

/** The common kind of scalar alternatives. */
function scalarOf(choices: readonly Schema[]): SchemaKind | undefined {
  const kinds = new Set(choices.map(({ kind }) => kind));
  if ([...kinds].every((kind) => kind === 'integer')) return 'integer';
  if ([...kinds].every((kind) => kind === 'integer' || kind === 'number')) return 'number';
  if ([...kinds].every((kind) => kind === 'boolean')) return 'boolean';
  return [...kinds].every((kind) => SCALARS.has(kind)) ? 'string' : undefined;
}

/** An enum, if all alternatives are enums; the format, if all share it. */
function scalarKeywords(
  siblings: JsonObject,
  choices: readonly Schema[],
  kind: SchemaKind,
): JsonObject {
  const all = choices.map(({ keywords }) => keywords);
  const values = all.map((keywords) => valuesOf(keywords));
  const formats = new Set(all.map(({ format }) => format));
  const [format] = formats;
  return {
    ...siblings,
    type: kind,
    ...(values.every((some) => some.length > 0) && { enum: values.flat() }),
    ...(formats.size === 1 && format !== undefined && { format }),
  };
}

export const valuesOf = (keywords: JsonObject): readonly unknown[] =>
  Object.hasOwn(keywords, 'const') ? [keywords['const']] : listAt(keywords, 'enum');

const hasId = ({ keywords }: Schema) => Object.hasOwn(objectAt(keywords, 'properties'), 'id');

function merged(parts: readonly JsonObject[]): JsonObject {
  const properties = Object.assign(
    {},
    ...parts.map((part) => objectAt(part, 'properties')),
  ) as JsonObject;
  const required = new Set(parts.flatMap((part) => listAt(part, 'required')));
  // The cast is safe: they are objects.
  const others = withoutKeys(Object.assign({}, ...parts) as JsonObject, 'allOf');
  return {
    ...others,
    ...(Object.keys(properties).length > 0 && { properties }),
    required: [...required],
  };
}
