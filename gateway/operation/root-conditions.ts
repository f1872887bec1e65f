import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  OperationTypeNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * Refuses a condition on the root field of a subscription: the number of root fields must not depend on variables. Call it before validation,
 * whose single-root-field rule throws at a condition with a variable.
 * https://spec.graphql.org/draft/#sec-Single-Root-Field
 * @returns undefined if there is no such condition
 */
export function refuseRootConditions({ definitions }: DocumentNode): string | undefined {
  const fragments = new Map(
    definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [],
    ),
  );
  const isConditional = definitions.some(
    (node) =>
      node.kind === Kind.OPERATION_DEFINITION &&
      node.operation === OperationTypeNode.SUBSCRIPTION &&
      hasCondition(node.selectionSet, fragments, new Set()),
  );
  return isConditional
    ? 'A subscription must not have @skip or @include on its root field or on a fragment around it.'
    : undefined;
}

function hasCondition(
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  entered: Set<string>,
): boolean {
  return selections.some((selection) => {
    const { directives = [] } = selection;
    if (directives.some(({ name }) => name.value === 'skip' || name.value === 'include'))
      return true;
    if (selection.kind === Kind.FIELD) return false;
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return hasCondition(selection.selectionSet, fragments, entered);
    const name = selection.name.value;
    const fragment = entered.has(name) ? undefined : fragments.get(name);
    entered.add(name);
    return fragment !== undefined && hasCondition(fragment.selectionSet, fragments, entered);
  });
}
