import {
  type DocumentNode,
  Kind,
  parse,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
} from 'graphql';

/** The fields of a `@key` or `@requires`: https://specs.apollo.dev/join/v0.5/#FieldSet */
export type FieldSet = SelectionSetNode;

/** @throws Error for text that is not a selection of fields */
export function parseFieldSet(text: string): FieldSet {
  const [definition, ...others] = parseSelection(text).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION || others.length > 0) throw notAFieldSet(text);
  return definition.selectionSet;
}

/** The shortest text of a field set. */
export const printFieldSet = (fields: FieldSet): string =>
  stripIgnoredCharacters(print(fields)).slice(1, -1);

/** The path to each leaf: `id` and `owner.id` for `id owner { id }`. */
export function leafPaths({ selections }: FieldSet): (readonly string[])[] {
  return selections.flatMap((selection) => leafPathsOf(selection));
}

/**
 * Whether an object has a value at each path: neither the value nor an object on the path is null or missing. In a list, each item must have one.
 * @param paths the paths to the fields of a key. An entity with a null in its key cannot be represented.
 */
export const isComplete = (object: unknown, paths: readonly (readonly string[])[]): boolean =>
  paths.every((path) => hasValue(object, path, 0));

function hasValue(value: unknown, path: readonly string[], depth: number): boolean {
  if (value === null || value === undefined) return false;
  if (Array.isArray(value)) return value.every((item) => hasValue(item, path, depth));
  const name = path[depth];
  if (name === undefined) return true;
  if (typeof value !== 'object' || !Object.hasOwn(value, name)) return false;
  // The cast is safe: property values are `unknown`.
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
    // The parser's error contains the whole text.
    throw notAFieldSet(text);
  }
}

const notAFieldSet = (text: string) =>
  new Error(`A field set must be a selection of fields, but is "${text.slice(0, MAX_QUOTED)}".`);

const MAX_QUOTED = 100;
