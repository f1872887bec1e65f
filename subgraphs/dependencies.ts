import type { Lifetimes } from '../upstream/upstream-policy.ts';

/**
 * Which records' changes the fields of a subgraph depend on, by `Type` and, where one differs from its type, by `Type.field`: the types whose
 * events tell of them. An empty list: the field comes along with its object, or does not change within minutes. Null, or no entry: it can
 * change without an event.
 */
export type DependencyTable = Readonly<Record<string, readonly string[] | null>>;

/** What tells of no changes, but changes so rarely that an operator may have it cached: then minutes do not matter. */
export const ifCached = (type: string, { freshSeconds }: Lifetimes): readonly string[] | null =>
  (freshSeconds.get(type) ?? 0) > 0 ? [] : null;

/** Entries of value objects, which come along with the record that has them. */
export const valueObjects = (...types: readonly string[]): DependencyTable =>
  Object.fromEntries(types.map((type) => [type, []]));

/** Entries of the connections of a type. */
export const connections = (...types: readonly string[]): DependencyTable =>
  Object.fromEntries(
    types.flatMap((type) => [`${type}Connection`, `${type}Edge`].map((name) => [name, [type]])),
  );
