import { type DocumentNode, Kind, type TypeNode } from 'graphql';
import type { Connector } from './connector-file.ts';
import { type ReadLeaf, readLeaves } from './declared-values.ts';
import { valueOf } from './objects.ts';
import type { ObjectTypes } from './object-types.ts';
import { abstractPlaces, type ProvidedObject, providedObjects } from './selection-fields.ts';

/**
 * Completes the result of a connector's selection.
 * @param unknownType called for each object of a union or an interface whose `__typename` is not one of its types
 * @throws Error for a list instead of an object, or the reverse
 */
export type Complete = (value: unknown, unknownType: ReportUnknownType) => unknown;

type ReportUnknownType = (path: readonly string[]) => void;

/** Makes the error of a value with the wrong type. @param coordinate `Type.field` */
export type UnexpectedValueError = (coordinate: string) => Error;

/**
 * Completes objects whose type has connectors that find it by a key. A field of the selection that the source omitted becomes null, so
 * that it is not read again. An object without the key is null: it cannot be found. An object of a type that its field cannot have is null,
 * too. A
 * list, an object or a scalar in place of another kind becomes an error.
 */
export function createCompletion(
  document: DocumentNode,
  types: ObjectTypes,
  connectors: readonly Connector[],
  unexpected: UnexpectedValueError,
): (connector: Connector) => Complete {
  const keys = new Map(
    connectors.flatMap(({ entity }) =>
      entity === undefined ? [] : [[entity.type, entity.fields] as const],
    ),
  );
  const readers = new TypeReaders(readLeaves(document), types, unexpected);
  return (connector) => {
    const plan: Plan = { below: new Map() };
    for (const { path, members } of abstractPlaces(connector, types))
      planAt(plan, path).abstract = { path, members };
    for (const object of providedObjects(connector, types)) addTo(plan, object, keys);
    const read = readers.ofConnector(connector);
    return (value, unknownType) => {
      const completed = read(value, plan, unknownType);
      if (completed instanceof Error) throw completed;
      return completed;
    };
  };
}

/** How to complete the objects at one response path of a selection. */
interface Plan {
  fields?: readonly string[];
  key?: readonly string[];
  /** For a union or an interface; the plans of its types are below, as `...Book`. */
  abstract?: { readonly path: readonly string[]; readonly members: ReadonlySet<string> };
  readonly below: Map<string, Plan>;
}

function planAt(root: Plan, path: readonly string[]): Plan {
  let plan = root;
  for (const name of path) {
    const next = plan.below.get(name) ?? { below: new Map<string, Plan>() };
    plan.below.set(name, next);
    plan = next;
  }
  return plan;
}

function addTo(
  root: Plan,
  { type, path, fields }: ProvidedObject,
  keys: ReadonlyMap<string, readonly string[]>,
): void {
  const key = keys.get(type);
  if (key === undefined || fields === undefined) return;
  const plan = planAt(root, path);
  // The fields that all alternatives contain.
  plan.fields = [...fields.keys()].filter((name) => plan.fields?.includes(name) !== false);
  // A key that is not in the selection is known from the request.
  if (key.every((name) => fields.has(name))) plan.key = key;
}

/** Copies only changed objects: most responses are complete. @returns an error for a value of the wrong type */
type Read = (value: unknown, plan: Plan | undefined, unknownType: ReportUnknownType) => unknown;

/** Readers of values by their declared types. */
class TypeReaders {
  readonly #leaves: ReadonlyMap<string, ReadLeaf>;
  readonly #types: ObjectTypes;
  readonly #unexpected: UnexpectedValueError;
  readonly #objects = new Map<string, Read>();

  constructor(
    leaves: ReadonlyMap<string, ReadLeaf>,
    types: ObjectTypes,
    unexpected: UnexpectedValueError,
  ) {
    this.#leaves = leaves;
    this.#types = types;
    this.#unexpected = unexpected;
  }

  ofConnector({ type, field, pages }: Connector): Read {
    const declared = field === undefined ? undefined : this.#types.get(type)?.get(field)?.type;
    // A batch returns a list of objects of the connector's type, in any order.
    if (declared === undefined) return orEach(this.#ofObject(type));
    // For a connection, the type of its items.
    if (pages?.itemType !== undefined)
      return orEach(this.#ofNamed(pages.itemType, `${type}.${field ?? ''}`));
    return this.#of(declared, `${type}.${field ?? ''}`);
  }

  #of(type: TypeNode, coordinate: string): Read {
    if (type.kind === Kind.NON_NULL_TYPE) return this.#of(type.type, coordinate);
    if (type.kind === Kind.LIST_TYPE)
      return this.#ofList(this.#of(type.type, coordinate), coordinate);
    return this.#ofNamed(type.name.value, coordinate);
  }

  #ofNamed(name: string, coordinate: string): Read {
    const readLeaf = this.#leaves.get(name);
    if (readLeaf !== undefined)
      return (value) => (value == null ? value : (readLeaf(value) ?? this.#unexpected(coordinate)));
    const isAbstract = this.#types.members.has(name);
    if (!isAbstract && !this.#types.has(name)) return readAny;
    const read = isAbstract ? this.#ofAbstract : this.#ofObject(name);
    return (value, plan, unknownType) => {
      if (value == null) return value;
      return typeof value === 'object' && !Array.isArray(value)
        ? read(value, plan, unknownType)
        : this.#unexpected(coordinate);
    };
  }

  #ofList(read: Read, coordinate: string): Read {
    return (value, plan, unknownType) => {
      if (value == null) return value;
      return Array.isArray(value)
        ? readItems(value, plan, unknownType, read)
        : this.#unexpected(coordinate);
    };
  }

  /** The plan contains the possible types. */
  readonly #ofAbstract: Read = (value, plan, unknownType) => {
    const type = valueOf(value, '__typename');
    if (typeof type === 'string' && plan?.abstract?.members.has(type) === true)
      return this.#ofObject(type)(value, plan.below.get(`...${type}`), unknownType);
    unknownType(plan?.abstract?.path ?? []);
    return null;
  };

  /** Readers of a type's fields are created on first use, as types refer to each other. */
  #ofObject(type: string): Read {
    const known = this.#objects.get(type);
    if (known !== undefined) return known;
    const fields = new Map<string, Read>();
    const readerOf = (name: string): Read => {
      const ready = fields.get(name);
      if (ready !== undefined) return ready;
      const declared = this.#types.get(type)?.get(name)?.type;
      const reader = declared === undefined ? readAny : this.#of(declared, `${type}.${name}`);
      fields.set(name, reader);
      return reader;
    };
    const read: Read = (value, plan, unknownType) =>
      typeof value === 'object' && value !== null
        ? readObject(value, plan, unknownType, readerOf)
        : readAny(value, plan, unknownType);
    this.#objects.set(type, read);
    return read;
  }
}

function readObject(
  value: object,
  plan: Plan | undefined,
  unknownType: ReportUnknownType,
  readerOf: (name: string) => Read,
): unknown {
  // The cast is safe: it is a JSON object.
  const object = value as Readonly<Record<string, unknown>>;
  if (plan?.key?.some((name) => valueOf(object, name) == null) === true) return null;
  let completed: Record<string, unknown> | undefined;
  for (const name of plan?.fields ?? [])
    if (!Object.hasOwn(object, name)) (completed ??= { ...object })[name] = null;
  for (const name of Object.keys(object)) {
    const field = object[name];
    const read = readerOf(name)(field, plan?.below.get(name), unknownType);
    if (read !== field) (completed ??= { ...object })[name] = read;
  }
  return completed ?? object;
}

function readItems(
  list: readonly unknown[],
  plan: Plan | undefined,
  unknownType: ReportUnknownType,
  read: Read,
): unknown {
  let completed: unknown[] | undefined;
  for (const [index, item] of list.entries()) {
    const changed = read(item, plan, unknownType);
    if (changed !== item) (completed ??= [...list])[index] = changed;
  }
  return completed ?? list;
}

const orEach =
  (read: Read): Read =>
  (value, plan, unknownType) =>
    Array.isArray(value)
      ? readItems(value, plan, unknownType, read)
      : read(value, plan, unknownType);

/** Reads a value without a declared type. Large integers become text, as no scalar accepts them. */
const readAny: Read = (value, _plan, unknownType) => {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value)
    ? readItems(value, undefined, unknownType, readAny)
    : readObject(value, undefined, unknownType, () => readAny);
};
