import { type DocumentNode, Kind, type TypeNode } from 'graphql';
import { CodedError, type Service } from '../../errors/coded-error.ts';
import { UpstreamError } from '../../upstream/upstream-error.ts';
import type { Connector } from './connector-file.ts';
import { DeclaredLeaves, type ReadLeaf } from './declared-values.ts';
import { valueOf } from './objects.ts';
import { namedType, type ObjectTypes } from './object-types.ts';
import { type GivenObject, givenObjects } from './selection-fields.ts';

/**
 * Makes what the selection of a connector gave complete.
 * @throws UpstreamError where it is not of the declared type at all
 */
export type Complete = (value: unknown) => unknown;

/**
 * Makes objects complete whose type has connectors that find it by a key. A field that the selection names and the source left out is null, so
 * that it is not read again. An object without the key is null: there is nothing to find. A value that its declared type cannot hold becomes an
 * `UPSTREAM_CONTRACT` in its place.
 */
export function createCompletion(
  document: DocumentNode,
  types: ObjectTypes,
  connectors: readonly Connector[],
  service: Service,
): (connector: Connector) => Complete {
  const keys = new Map(
    connectors.flatMap(({ entity }) =>
      entity === undefined ? [] : [[entity.type, entity.fields] as const],
    ),
  );
  const readers = new TypeReaders(document, types, service);
  return (connector) => {
    const plan: Plan = { below: new Map() };
    for (const given of givenObjects(connector, types)) addTo(plan, given, keys);
    const read = readers.ofConnector(connector);
    return (value) => {
      const completed = read(value, plan);
      if (completed instanceof Error) throw completed;
      return completed;
    };
  };
}

/** What to do with the objects at one place of a selection. */
interface Plan {
  fields?: readonly string[];
  key?: readonly string[];
  readonly below: Map<string, Plan>;
}

function addTo(
  root: Plan,
  { type, path, fields }: GivenObject,
  keys: ReadonlyMap<string, readonly string[]>,
): void {
  if (fields === undefined) return;
  let plan = root;
  for (const name of path) {
    const next = plan.below.get(name) ?? { below: new Map<string, Plan>() };
    plan.below.set(name, next);
    plan = next;
  }
  plan.fields = [...fields.keys()];
  // A key that the selection does not give is known from the request.
  const key = keys.get(type);
  if (key?.every((name) => fields.has(name)) === true) plan.key = key;
}

/** Copies what it changes, and nothing else: most responses are complete. @returns an error in place of what is not of the type */
type Read = (value: unknown, plan: Plan | undefined) => unknown;

/** Reads values as those of declared types. */
class TypeReaders {
  readonly #types: ObjectTypes;
  readonly #leaves: DeclaredLeaves;
  readonly #service: Service;
  readonly #objects = new Map<string, Read>();

  constructor(document: DocumentNode, types: ObjectTypes, service: Service) {
    this.#types = types;
    this.#leaves = new DeclaredLeaves(document);
    this.#service = service;
  }

  ofConnector({ type, field }: Connector): Read {
    const declared = field === undefined ? undefined : this.#types.get(type)?.get(field)?.type;
    // A batch gives a list of what the connector is on, in any order.
    if (declared === undefined) return orEach(this.#ofObject(type));
    return this.#of(declared, `${type}.${field ?? ''}`);
  }

  /** @param place is the field, for the log */
  #of(type: TypeNode, place: string): Read {
    if (type.kind === Kind.NON_NULL_TYPE) {
      const read = this.#of(type.type, place);
      return (value, plan) => {
        const completed = read(value, plan);
        return completed ?? this.#error(place, 'is null, which its type does not allow');
      };
    }
    if (type.kind === Kind.LIST_TYPE) {
      const read = this.#of(type.type, place);
      return (value, plan) => {
        if (value == null) return value;
        return Array.isArray(value)
          ? readItems(value, plan, read)
          : this.#error(place, 'is no list, as its type says');
      };
    }
    const readLeaf = this.#leaves.of(type);
    if (readLeaf !== undefined) return this.#ofLeaf(readLeaf, place);
    const name = namedType(type);
    if (!this.#types.has(name)) return readAny;
    const read = this.#ofObject(name);
    return (value, plan) =>
      value == null || (typeof value === 'object' && !Array.isArray(value))
        ? read(value, plan)
        : this.#error(place, 'is no object, as its type says');
  }

  #ofLeaf(readLeaf: ReadLeaf, place: string): Read {
    return (value) => {
      if (value == null) return value;
      try {
        return readLeaf(value);
      } catch {
        return this.#error(place, 'is not of its type');
      }
    };
  }

  /** The readers of a type's fields are made when they are first needed, as types refer to each other. */
  #ofObject(type: string): Read {
    const known = this.#objects.get(type);
    if (known !== undefined) return known;
    const fields = new Map<string, Read | undefined>();
    const readerOf = (name: string): Read => {
      const reader =
        fields.get(name) ??
        this.#ofField(this.#types.get(type)?.get(name)?.type, `${type}.${name}`);
      fields.set(name, reader);
      return reader;
    };
    const read: Read = (value, plan) =>
      typeof value === 'object' && value !== null
        ? readObject(value, plan, readerOf)
        : readAny(value, plan);
    this.#objects.set(type, read);
    return read;
  }

  #ofField(type: TypeNode | undefined, place: string): Read {
    return type === undefined ? readAny : this.#of(type, place);
  }

  /** What came is not in it: it can be personal data. */
  #error(place: string, what: string): CodedError {
    return new UpstreamError('UPSTREAM_CONTRACT', this.#service, {
      cause: new TypeError(`${place} ${what}.`),
    });
  }
}

function readObject(
  value: object,
  plan: Plan | undefined,
  readerOf: (name: string) => Read,
): unknown {
  // A cast: it is an object of JSON.
  const object = value as Readonly<Record<string, unknown>>;
  if (plan?.key?.some((name) => valueOf(object, name) == null) === true) return null;
  let completed: Record<string, unknown> | undefined;
  for (const name of Object.keys(object)) {
    const field = object[name];
    const read = readerOf(name)(field, plan?.below.get(name));
    if (read !== field) (completed ??= { ...object })[name] = read;
  }
  for (const name of plan?.fields ?? [])
    if (!Object.hasOwn(object, name))
      (completed ??= { ...object })[name] = readerOf(name)(null, undefined);
  return completed ?? object;
}

function readItems(list: readonly unknown[], plan: Plan | undefined, read: Read): unknown {
  let completed: unknown[] | undefined;
  for (const [index, item] of list.entries()) {
    const changed = read(item, plan);
    if (changed !== item) (completed ??= [...list])[index] = changed;
  }
  return completed ?? list;
}

const orEach =
  (read: Read): Read =>
  (value, plan) =>
    Array.isArray(value) ? readItems(value, plan, read) : read(value, plan);

/** What the SDL says nothing about. Large integers are text, as no scalar takes them. */
const readAny: Read = (value) => {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value)
    ? readItems(value, undefined, readAny)
    : readObject(value, undefined, () => readAny);
};
