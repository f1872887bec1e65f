import {
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  getDirectiveValues,
  GraphQLError,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';

/** One operation of a document with the fragments that it uses. */
export interface OperationWithoutConditions {
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /**
   * Placeholders for selections whose condition has no value: null in a variable with a default. An object with a matching placeholder fails.
   * @default none
   */
  readonly undecided?: ReadonlyMap<SelectionNode, GraphQLError>;
}

/** The variables of `@skip` and `@include`. */
export function conditionVariables(document: DocumentNode): readonly string[] {
  const names = new Set<string>();
  visit(document, {
    Directive: ({ name, arguments: args = [] }) => {
      const value = args[0]?.value;
      if (isCondition(name.value) && value?.kind === Kind.VARIABLE) names.add(value.name.value);
    },
  });
  return [...names];
}

/** Removes skipped selections. @param variables coerced variables */
export function applyConditions(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): OperationWithoutConditions {
  const known = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [],
    ),
  );
  const fragments = new Map<string, FragmentDefinitionNode>();
  const undecided = new Map<SelectionNode, GraphQLError>();
  const decide = <T extends OperationDefinitionNode | FragmentDefinitionNode>(definition: T): T => {
    const withoutConditions = visit<T>(definition, {
      enter: (node) => ('directives' in node ? applyToNode(node, variables, undecided) : undefined),
    });
    // Fragments of other operations are left out: they can use variables that this one does not have.
    for (const name of spreadsIn(withoutConditions)) {
      const fragment = fragments.has(name) ? undefined : known.get(name);
      if (fragment === undefined) continue;
      // Set before the recursive call, so that a circular fragment ends.
      fragments.set(name, fragment);
      fragments.set(name, decide(fragment));
    }
    return withoutConditions;
  };
  return { operation: decide(operation), fragments, undecided };
}

function spreadsIn(definition: ASTNode): Set<string> {
  const names = new Set<string>();
  visit(definition, { FragmentSpread: ({ name }) => void names.add(name.value) });
  return names;
}

const isCondition = (name: string) => name === 'skip' || name === 'include';

function applyToNode(
  node: Parameters<typeof getDirectiveValues>[1] & { readonly kind: Kind },
  variables: Readonly<Record<string, unknown>>,
  undecided: Map<SelectionNode, GraphQLError>,
) {
  if (node.directives === undefined || node.directives.length === 0) return undefined;
  try {
    if (!isIncluded(node, variables)) return null;
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const mark: SelectionNode = { kind: Kind.INLINE_FRAGMENT, selectionSet: ONLY_TYPENAME };
    undecided.set(mark, error);
    return mark;
  }
  return { ...node, directives: node.directives.filter(({ name }) => !isCondition(name.value)) };
}

/** @throws GraphQLError if a condition has no value */
function isIncluded(
  node: Parameters<typeof getDirectiveValues>[1],
  variables: Readonly<Record<string, unknown>>,
): boolean {
  return (
    getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] !== true &&
    getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] !== false
  );
}

const ONLY_TYPENAME: SelectionSetNode = {
  kind: Kind.SELECTION_SET,
  selections: [{ kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }],
};
