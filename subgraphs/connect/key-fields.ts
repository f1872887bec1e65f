import {
  type ConstDirectiveNode,
  type DocumentNode,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';
import type { ObjectTypes } from './object-types.ts';
import { namedType } from './object-types.ts';

/** Fields by type name. */
export type FieldsOfTypes = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * The fields in directives such as `@key`, including those of nested types.
 * @param names the directive's names in the document
 */
export function fieldsOfKeys(
  { definitions }: DocumentNode,
  names: ReadonlySet<string>,
  types: ObjectTypes,
): FieldsOfTypes {
  const found = new Map<string, Set<string>>();
  for (const node of definitions) {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.OBJECT_TYPE_EXTENSION)
      continue;
    for (const directive of node.directives ?? []) {
      if (!names.has(directive.name.value)) continue;
      for (const [type, field] of fieldsIn(directive, node.name.value, types)) {
        const known = found.get(type) ?? new Set<string>();
        found.set(type, known.add(field));
      }
    }
  }
  return found;
}

/** The fields in the argument `fields` of a directive, with their types: `[["Product", "store"], ["Store", "id"]]`. */
export function fieldsIn(
  directive: ConstDirectiveNode,
  type: string,
  types: ObjectTypes,
): readonly (readonly [type: string, field: string])[] {
  const argument = directive.arguments?.find(({ name }) => name.value === 'fields')?.value;
  const selection = argument?.kind === Kind.STRING ? parseFields(argument.value) : undefined;
  const found: [string, string][] = [];
  const visit = (of: string, { selections }: SelectionSetNode) => {
    for (const node of selections) {
      if (node.kind !== Kind.FIELD) continue;
      found.push([of, node.name.value]);
      const below = types.get(of)?.get(node.name.value)?.type;
      if (below !== undefined && node.selectionSet !== undefined)
        visit(namedType(below), node.selectionSet);
    }
  };
  if (selection !== undefined) visit(type, selection);
  return found;
}

/** Composition reports invalid ones. */
function parseFields(text: string): SelectionSetNode | undefined {
  try {
    const [operation] = parse(`{ ${text} }`, { noLocation: true, maxTokens: 1000 }).definitions;
    return operation?.kind === Kind.OPERATION_DEFINITION ? operation.selectionSet : undefined;
  } catch {
    return undefined;
  }
}
