import {
  type FragmentDefinitionNode,
  getNamedType,
  GraphQLIncludeDirective,
  type GraphQLCompositeType,
  type GraphQLNamedType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  isCompositeType,
  isObjectType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** Names of fields by the name of the object type they are selected on. */
export type SelectedFields = ReadonlyMap<string, ReadonlySet<string>>;

export interface SelectedFieldsOptions {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  /** Values of the operation's variables, for `@skip` and `@include`. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** All fields that an operation selects, by object type. A field of an interface counts for every implementing type. */
export function selectedFields({
  schema,
  operation,
  fragments,
  variables,
}: SelectedFieldsOptions): SelectedFields {
  const selected = new Map<string, Set<string>>();
  const entered = new Set<string>();

  const enter = (type: GraphQLNamedType | null | undefined, { selections }: SelectionSetNode) => {
    if (!isCompositeType(type)) return;
    for (const selection of selections)
      if (isIncluded(selection, variables)) visit(type, selection);
  };
  const visit = (type: GraphQLCompositeType, selection: SelectionNode) => {
    if (selection.kind === Kind.FIELD) {
      visitField(type, selection.name.value, selection.selectionSet);
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      enter(
        selection.typeCondition ? schema.getType(selection.typeCondition.name.value) : type,
        selection.selectionSet,
      );
    } else {
      const fragment = fragments[selection.name.value];
      if (fragment === undefined || entered.has(fragment.name.value)) return;
      entered.add(fragment.name.value);
      enter(schema.getType(fragment.typeCondition.name.value), fragment.selectionSet);
    }
  };
  const visitField = (
    type: GraphQLCompositeType,
    name: string,
    selectionSet: SelectionSetNode | undefined,
  ) => {
    for (const objectType of isObjectType(type) ? [type] : schema.getPossibleTypes(type)) {
      const names = selected.get(objectType.name) ?? new Set();
      selected.set(objectType.name, names.add(name));
    }
    if (selectionSet === undefined) return;
    // The only field of a union is `__typename`, which has no selection set.
    const field = isUnionType(type) ? undefined : type.getFields()[name];
    if (field !== undefined) enter(getNamedType(field.type), selectionSet);
  };

  enter(schema.getRootType(operation.operation), operation.selectionSet);
  return selected;
}

function isIncluded(
  selection: SelectionNode,
  variables: Readonly<Record<string, unknown>>,
): boolean {
  if (selection.directives === undefined || selection.directives.length === 0) return true;
  return (
    getDirectiveValues(GraphQLSkipDirective, selection, variables)?.['if'] !== true &&
    getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.['if'] !== false
  );
}
