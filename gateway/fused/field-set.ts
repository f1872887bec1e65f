import { Kind, parse, type SelectionSetNode } from 'graphql';

/** The fields that a `@key` or `@requires` names. */
export type FieldSet = SelectionSetNode;

export function parseFieldSet(text: string): FieldSet {
  const [definition] = parse(`{ ${text} }`, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`A field set must be a selection of fields, but is "${text}".`);
  return definition.selectionSet;
}
