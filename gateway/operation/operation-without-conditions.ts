import {
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';

/** One operation of a document, and the fragments that it uses. */
export interface OperationWithoutConditions {
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

/** Leaves out what is skipped. @param variables are the coerced ones. */
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
  const decide = <T extends OperationDefinitionNode | FragmentDefinitionNode>(definition: T): T => {
    const withoutConditions = visit<T>(definition, {
      enter: (node) => ('directives' in node ? applyToNode(node, variables) : undefined),
    });
    // What only other operations of the document use may be about variables that this one does not have.
    for (const name of spreadsIn(withoutConditions)) {
      const fragment = fragments.has(name) ? undefined : known.get(name);
      if (fragment === undefined) continue;
      // First itself, for one that is spread in itself would have no end.
      fragments.set(name, fragment);
      fragments.set(name, decide(fragment));
    }
    return withoutConditions;
  };
  return { operation: decide(operation), fragments };
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
) {
  if (node.directives === undefined || node.directives.length === 0) return undefined;
  if (getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] === true) return null;
  if (getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] === false) return null;
  return { ...node, directives: node.directives.filter(({ name }) => !isCondition(name.value)) };
}
