import type { Lifetimes } from '../upstream/upstream-policy.ts';

/**
 * The records whose changes affect the fields of a subgraph, by `Type` and, for a field that differs from its type, by
 * `Type.field`: the types whose events report the changes. An empty list: the field comes with its object, or does not change within minutes. Null, or no entry: it can
 * change without an event.
 */
export type DependencyTable = Readonly<Record<string, readonly string[] | null>>;

/** The entry of a type without events that an operator may cache because it changes so rarely that minutes do not matter. */
export const ifCached = (type: string, { freshSeconds }: Lifetimes): readonly string[] | null =>
  (freshSeconds.get(type) ?? 0) > 0 ? [] : null;

/** Entries of value objects, which come with their record. */
export const valueObjects = (...types: readonly string[]): DependencyTable =>
  Object.fromEntries(types.map((type) => [type, []]));

/** Entries of the connections of a type. */
export const connections = (...types: readonly string[]): DependencyTable =>
  Object.fromEntries(
    types.flatMap((type) => [`${type}Connection`, `${type}Edge`].map((name) => [name, [type]])),
  );
