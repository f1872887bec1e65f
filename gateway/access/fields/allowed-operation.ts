import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  type GraphQLCompositeType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { OperationWithoutConditions } from '../../operation/operation-without-conditions.ts';
import type { Condition } from '../../supergraph/access-rules.ts';
import type { FieldConditions } from './field-conditions.ts';

/** What of an operation may be run. */
export interface AllowedOperation {
  /** Undefined where nothing is left. */
  readonly document: DocumentNode | undefined;
  readonly operation: OperationDefinitionNode;
  /** The fields that are left out, each with what its caller does not meet. */
  readonly refused: ReadonlyMap<FieldNode, Condition>;
}

/** Under this name objects of interfaces and unions tell their type. */
export const TYPE_OF_OBJECT = '_typeOfObject';

/**
 * Leaves out of an operation what its caller may not see. A field of which nothing may be seen is left out too, so that nobody is asked
 * for it; but not one that changes something.
 */
export function allowedOperation(
  { operation, fragments }: OperationWithoutConditions,
  unmet: ReadonlySet<Condition>,
  { schema, conditions }: { readonly schema: GraphQLSchema; readonly conditions: FieldConditions },
): AllowedOperation {
  const refused = new Map<FieldNode, Condition>();
  const allowed = new Map<string, FragmentDefinitionNode | undefined>();

  const allow = (
    { selections }: SelectionSetNode,
    parent: GraphQLNamedType,
    isChange = false,
  ): SelectionSetNode => {
    const left = selections.flatMap(
      (selection) => allowSelection(selection, parent, isChange) ?? [],
    );
    return { kind: Kind.SELECTION_SET, selections: left };
  };
  const allowSelection = (
    selection: SelectionNode,
    parent: GraphQLNamedType,
    isChange: boolean,
  ): SelectionNode | undefined => {
    if (selection.kind === Kind.FIELD) return allowField(selection, parent, isChange);
    if (selection.kind === Kind.FRAGMENT_SPREAD)
      return allowFragment(selection.name.value) && selection;
    const type = schema.getType(selection.typeCondition?.name.value ?? parent.name) ?? parent;
    return unlessEmpty({
      ...selection,
      selectionSet: allow(selection.selectionSet, type, isChange),
    });
  };
  const allowField = (
    field: FieldNode,
    parent: GraphQLNamedType,
    isChange: boolean,
  ): FieldNode | undefined => {
    const condition = conditions.of(parent, field.name.value).find((one) => unmet.has(one));
    if (condition !== undefined) {
      refuse(field, condition);
      return;
    }
    const type = targetOf(parent, field.name.value);
    if (field.selectionSet === undefined || type === undefined) return field;
    const { selections } = allow(field.selectionSet, type);
    const below = firstRefused(field.selectionSet, fragments, refused);
    if (selections.length === 0 && below !== undefined && !isChange) {
      refuse(field, below);
      return;
    }
    const isTypeOpen = selections.length === 0 || isAbstractType(type);
    return {
      ...field,
      selectionSet: {
        kind: Kind.SELECTION_SET,
        selections: isTypeOpen ? [...selections, TYPE_SELECTION] : selections,
      },
    };
  };
  const refuse = (field: FieldNode, condition: Condition): undefined =>
    void refused.set(field, condition);
  const allowFragment = (name: string): FragmentDefinitionNode | undefined => {
    const fragment = fragments.get(name);
    if (fragment === undefined || allowed.has(name)) return allowed.get(name);
    const type = schema.getType(fragment.typeCondition.name.value);
    const isRoot =
      type === schema.getMutationType() && operation.operation === OperationTypeNode.MUTATION;
    const left =
      type &&
      unlessEmpty({ ...fragment, selectionSet: allow(fragment.selectionSet, type, isRoot) });
    allowed.set(name, left);
    return left;
  };

  const root = schema.getRootType(operation.operation);
  if (root == null)
    throw new TypeError(`The schema was expected to have a ${operation.operation}.`);
  const rest = unlessEmpty({
    ...operation,
    selectionSet: allow(
      operation.selectionSet,
      root,
      operation.operation === OperationTypeNode.MUTATION,
    ),
  });
  const left = [...allowed.values()].filter((fragment) => fragment !== undefined);
  return {
    document: rest && { kind: Kind.DOCUMENT, definitions: [rest, ...left] },
    operation: rest ?? operation,
    refused,
  };
}

const TYPE_SELECTION: FieldNode = {
  kind: Kind.FIELD,
  alias: { kind: Kind.NAME, value: TYPE_OF_OBJECT },
  name: { kind: Kind.NAME, value: '__typename' },
};

const unlessEmpty = <Node extends { readonly selectionSet: SelectionSetNode }>(
  node: Node,
): Node | undefined => (node.selectionSet.selections.length === 0 ? undefined : node);

function targetOf(parent: GraphQLNamedType, field: string): GraphQLCompositeType | undefined {
  const definition =
    isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[field] : undefined;
  const type = definition && getNamedType(definition.type);
  return isCompositeType(type) ? type : undefined;
}

/** What the caller lacks for the first field in it that is left out. */
function firstRefused(
  { selections }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  refused: ReadonlyMap<FieldNode, Condition>,
): Condition | undefined {
  for (const selection of selections) {
    const set =
      selection.kind === Kind.FRAGMENT_SPREAD
        ? fragments.get(selection.name.value)?.selectionSet
        : selection.selectionSet;
    const condition =
      selection.kind === Kind.FIELD
        ? refused.get(selection)
        : set === undefined
          ? undefined
          : firstRefused(set, fragments, refused);
    if (condition !== undefined) return condition;
  }
  return undefined;
}
