import {
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  print,
  stripIgnoredCharacters,
  visit,
} from 'graphql';
import type { OperationWithoutConditions } from '../../../operation/operation-without-conditions.ts';

/**
 * The name under which a field is planned and fetched. Apollo's planner takes an alias for the field of that name, and
 * then leaves the aliased field out.
 */
export const plannedName = ({ name, alias }: FieldNode) =>
  alias === undefined || alias.value === name.value ? name.value : PREFIX + alias.value;

const PREFIX = '_as_';

/** The name that the client knows. */
export const clientName = (planned: string) =>
  planned.startsWith(PREFIX) ? planned.slice(PREFIX.length) : planned;

/** The operation as text for the planner. */
export function planningText({ operation, fragments }: OperationWithoutConditions): string {
  const root = withPlannedNames({
    kind: Kind.OPERATION_DEFINITION,
    operation: operation.operation,
    selectionSet: operation.selectionSet,
  });
  const used = [...fragments.values()].map(withPlannedNames);
  const variables = new Set<string>();
  for (const node of [root, ...used])
    visit(node, { Variable: ({ name }) => void variables.add(name.value) });
  const variableDefinitions =
    operation.variableDefinitions?.filter(({ variable }) => variables.has(variable.name.value)) ??
    [];
  return stripIgnoredCharacters(
    print({ kind: Kind.DOCUMENT, definitions: [{ ...root, variableDefinitions }, ...used] }),
  );
}

/** A definition that selects each field under its planned name. */
export function withPlannedNames<T extends OperationDefinitionNode | FragmentDefinitionNode>(
  definition: T,
): T {
  return visit<T>(definition, {
    Field: (field) => {
      const name = plannedName(field);
      return name === field.name.value
        ? undefined
        : { ...field, alias: { kind: Kind.NAME, value: name } };
    },
    // An object of which nothing is left must still be there.
    SelectionSet: (node) =>
      node.selections.length > 0 ? undefined : { ...node, selections: [TYPENAME] },
  });
}

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
