import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  print,
  stripIgnoredCharacters,
  type VariableNode,
  visit,
} from 'graphql';
import type { OperationWithoutConditions } from '../../../operation/operation-without-conditions.ts';

/**
 * The name under which a field is planned and fetched. Apollo's planner confuses an alias with the field of that name and omits the
 * aliased field.
 */
export function plannedName({ name, alias = name }: FieldNode): string {
  const isField = alias.value === name.value && !name.value.startsWith(PREFIX);
  return isField ? name.value : PREFIX + alias.value;
}

const PREFIX = '_as_';

/** The client's name of a field or variable. */
export const clientName = (planned: string) =>
  planned.startsWith(PREFIX) ? planned.slice(PREFIX.length) : planned;

/**
 * The name of a variable in a plan. Entity fetches have the variable `$representations`, so a client's variable of that name is renamed,
 * and so is a variable that would clash with the new name.
 */
const plannedVariable = (name: string) =>
  name === ENTITIES_VARIABLE || name.startsWith(PREFIX) ? PREFIX + name : name;

/** The planner's variable for representations. */
const ENTITIES_VARIABLE = 'representations';

/** The operation for the planner, without introspection fields: no subgraph resolves them. */
export function planningText({ operation, fragments }: OperationWithoutConditions): string {
  const root = planned({
    kind: Kind.OPERATION_DEFINITION,
    operation: operation.operation,
    selectionSet: operation.selectionSet,
  });
  const used = usedFragments(root, fragments);
  const variables = new Set<string>();
  for (const node of [root, ...used])
    visit(node, { Variable: ({ name }) => void variables.add(name.value) });
  const variableDefinitions =
    operation.variableDefinitions?.filter(({ variable }) => variables.has(variable.name.value)) ??
    [];
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [{ ...root, variableDefinitions }, ...used],
  };
  return stripIgnoredCharacters(print(visit(document, { Variable: withPlannedVariable })));
}

const planned = <T extends OperationDefinitionNode | FragmentDefinitionNode>(definition: T): T =>
  withPlannedNames(
    visit<T>(definition, { Field: ({ name }) => (isIntrospection(name.value) ? null : undefined) }),
  );

/** Whether a root field is an introspection field. */
export const isIntrospection = (name: string) => name === '__schema' || name === '__type';

function usedFragments(
  root: OperationDefinitionNode,
  fragments: OperationWithoutConditions['fragments'],
): FragmentDefinitionNode[] {
  const used = new Map<string, FragmentDefinitionNode>();
  const addFrom = (node: OperationDefinitionNode | FragmentDefinitionNode): void => {
    visit(node, {
      FragmentSpread: ({ name: { value: name } }) => {
        const fragment = used.has(name) ? undefined : fragments.get(name);
        if (fragment === undefined) return;
        const definition = planned(fragment);
        used.set(name, definition);
        addFrom(definition);
      },
    });
  };
  addFrom(root);
  return [...used.values()];
}

function withPlannedVariable(variable: VariableNode): VariableNode | undefined {
  const name = plannedVariable(variable.name.value);
  return name === variable.name.value
    ? undefined
    : { ...variable, name: { kind: Kind.NAME, value: name } };
}

/** Selects each field under its planned name. */
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
    // An object without remaining fields must still be selected.
    SelectionSet: (node) =>
      node.selections.length > 0 ? undefined : { ...node, selections: [TYPENAME] },
  });
}

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
