import {
  type ASTNode,
  type DefinitionNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type OperationDefinitionNode,
  print,
  stripIgnoredCharacters,
  visit,
} from 'graphql';

/** One operation of a document, and the fragments that it uses. */
export interface DecidedOperation {
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
}

/** The variables that decide which fields an operation has. */
export function conditionVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive: ({ name, arguments: given = [] }) => {
      const value = given[0]?.value;
      if (isCondition(name.value) && value?.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

/**
 * Leaves out what is skipped. Apollo's planner gives silent nulls where a field with `@requires` is conditional beside a
 * field of the same entity and subgraph with other requirements; without conditions it has nothing to get wrong.
 */
export function decideConditions(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): DecidedOperation {
  const fragments = new Map<string, FragmentDefinitionNode>();
  const decide = <T extends OperationDefinitionNode | FragmentDefinitionNode>(definition: T): T => {
    const decided = visit<T>(definition, { enter: (node) => ('directives' in node ? decideNode(node, variables) : undefined) });
    // What only other operations of the document use may be about variables that this one does not have.
    for (const name of spreadsIn(decided)) {
      const fragment = fragments.has(name) ? undefined : document.definitions.find((node) => isFragment(node, name));
      if (fragment?.kind !== Kind.FRAGMENT_DEFINITION) continue;
      // First itself, for one that is spread in itself would have no end.
      fragments.set(name, fragment);
      fragments.set(name, decide(fragment));
    }
    return decided;
  };
  return { operation: decide(operation), fragments };
}

function spreadsIn(definition: ASTNode): Set<string> {
  const names = new Set<string>();
  visit(definition, { FragmentSpread: ({ name }) => void names.add(name.value) });
  return names;
}

const isFragment = (node: DefinitionNode, name: string) => node.kind === Kind.FRAGMENT_DEFINITION && node.name.value === name;

const isCondition = (name: string) => name === 'skip' || name === 'include';

function decideNode(
  node: Parameters<typeof getDirectiveValues>[1] & { readonly kind: Kind },
  variables: Readonly<Record<string, unknown>>,
) {
  if (node.directives === undefined || node.directives.length === 0) return undefined;
  if (getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] === true) return null;
  if (getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] === false) return null;
  return { ...node, directives: node.directives.filter(({ name }) => !isCondition(name.value)) };
}

/**
 * The name under which a field is planned and fetched. Apollo's planner takes an alias for the field of that name, and
 * then leaves the aliased field out.
 */
export const plannedName = ({ name, alias }: FieldNode) =>
  alias === undefined || alias.value === name.value ? name.value : PREFIX + alias.value;

const PREFIX = '_as_';

/** The name that the client knows. */
export const clientName = (planned: string) => (planned.startsWith(PREFIX) ? planned.slice(PREFIX.length) : planned);

/** The operation as text for the planner. */
export function planningText({ operation, fragments }: DecidedOperation): string {
  const root = withPlannedNames({ kind: Kind.OPERATION_DEFINITION, operation: operation.operation, selectionSet: operation.selectionSet });
  const used = [...fragments.values()].map(withPlannedNames);
  const variables = new Set<string>();
  for (const node of [root, ...used]) visit(node, { Variable: ({ name }) => void variables.add(name.value) });
  const variableDefinitions = operation.variableDefinitions?.filter(({ variable }) => variables.has(variable.name.value)) ?? [];
  return stripIgnoredCharacters(print({ kind: Kind.DOCUMENT, definitions: [{ ...root, variableDefinitions }, ...used] }));
}

function withPlannedNames<T extends OperationDefinitionNode | FragmentDefinitionNode>(definition: T): T {
  return visit<T>(definition, {
    Field: (field) => {
      const name = plannedName(field);
      return name === field.name.value ? undefined : { ...field, alias: { kind: Kind.NAME, value: name } };
    },
    // An object of which nothing is left must still be there.
    SelectionSet: (node) => (node.selections.length > 0 ? undefined : { ...node, selections: [TYPENAME] }),
  });
}

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
