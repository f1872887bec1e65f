import {
  type DocumentNode,
  Kind,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
} from 'graphql';

/** The fields that a `@key` or `@requires` names: https://specs.apollo.dev/join/v0.5/#FieldSet */
export type FieldSet = SelectionSetNode;

/** @throws Error for text that is no selection of fields */
export function parseFieldSet(text: string): FieldSet {
  const [definition, ...others] = parseSelection(text).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION || others.length > 0) throw notAFieldSet(text);
  return definition.selectionSet;
}

/** The shortest text of the same field set. */
export const printFieldSet = (fields: FieldSet): string =>
  stripIgnoredCharacters(print(fields)).slice(1, -1);

/** The path to each field that has no fields below it: `id` and `owner.id` for `id owner { id }`. */
export function leafPaths({ selections }: FieldSet): (readonly string[])[] {
  return selections.flatMap((selection) => leafPathsOf(selection));
}

/**
 * Whether an object has a value at each path: none is null or missing, nor an object on the way to it. Of a list, each item must have one.
 * @param paths are those of the fields of a key. With a null in its key, no subgraph can be asked for an entity.
 */
export const isComplete = (object: unknown, paths: readonly (readonly string[])[]): boolean =>
  paths.every((path) => hasValue(object, path, 0));

function hasValue(value: unknown, path: readonly string[], depth: number): boolean {
  if (value === null || value === undefined) return false;
  if (Array.isArray(value)) return value.every((item) => hasValue(item, path, depth));
  const name = path[depth];
  if (name === undefined) return true;
  if (typeof value !== 'object' || !Object.hasOwn(value, name)) return false;
  // A cast: nothing is known of the properties.
  return hasValue((value as Readonly<Record<string, unknown>>)[name], path, depth + 1);
}

function leafPathsOf(selection: SelectionNode): (readonly string[])[] {
  if (selection.kind === Kind.FRAGMENT_SPREAD) return [];
  const below = selection.selectionSet && leafPaths(selection.selectionSet);
  if (selection.kind === Kind.INLINE_FRAGMENT) return below ?? [];
  return below === undefined
    ? [[selection.name.value]]
    : below.map((path) => [selection.name.value, ...path]);
}

function parseSelection(text: string): DocumentNode {
  try {
    return parse(`{ ${text} }`, { noLocation: true });
  } catch {
    // The parser's own error holds all of the text.
    throw notAFieldSet(text);
  }
}

const notAFieldSet = (text: string) =>
  new Error(`A field set must be a selection of fields, but is "${text.slice(0, MAX_QUOTED)}".`);

const MAX_QUOTED = 100;
