import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  getNamedType,
  getNullableType,
  GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type VariableDefinitionNode,
} from 'graphql';

/** Fields that an answer may have. A page of a hundred customers with a hundred payments each, ten fields of each, is within it. */
const MAX_ANSWER_FIELDS = 250_000;

/**
 * Tells which operations are to be refused because their answer could be too large, before anything is asked of a vendor: a few
 * nested lists of a hundred fit into a very short text, and completing their answer would keep the process from everybody else.
 */
export class AnswerSizes {
  readonly #known = new WeakMap<OperationDefinitionNode, number>();

  exceedLimit(schema: GraphQLSchema, { document, operation }: OperationInDocument, variables: Variables = {}): boolean {
    const count = this.#known.get(operation) ?? countAnswerFields(schema, document, operation, variables);
    // Variables may say something else next time.
    if (!(operation.variableDefinitions ?? []).some(canBeSize)) this.#known.set(operation, count);
    return count > MAX_ANSWER_FIELDS;
  }
}

interface OperationInDocument {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

export function tooLargeAnswer(): GraphQLError {
  const limit = String(MAX_ANSWER_FIELDS);
  return new GraphQLError(
    `The answer could have more than ${limit} fields, counting each list in full. Ask for smaller pages, or in several queries.`,
    { extensions: { code: 'OPERATION_TOO_COMPLEX', http: { status: 400 } } },
  );
}

function canBeSize({ type }: VariableDefinitionNode): boolean {
  const nullable = type.kind === Kind.NON_NULL_TYPE ? type.type : type;
  return nullable.kind === Kind.NAMED_TYPE && nullable.name.value === 'Int';
}

type Variables = Readonly<Record<string, unknown>>;

/** How many fields an answer can have at most. Conditions are taken to hold; lists without a size are taken to have ten items. */
export function countAnswerFields(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): number {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const node of document.definitions) if (node.kind === Kind.FRAGMENT_DEFINITION) fragments.set(node.name.value, node);
  const defaults = new Map((operation.variableDefinitions ?? []).map((one) => [one.variable.name.value, one.defaultValue]));
  // A fragment is counted once, however often it is spread: else counting would take as long as answering.
  const known = new Map<string, number>();

  const countAll = (type: GraphQLNamedType | null | undefined, { selections }: SelectionSetNode, pageSize: number): number => {
    let sum = 0;
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) sum += countField(type, selection, pageSize);
      else if (selection.kind === Kind.FRAGMENT_SPREAD) sum += countFragment(selection.name.value, pageSize);
      else
        sum += countAll(
          selection.typeCondition ? schema.getType(selection.typeCondition.name.value) : type,
          selection.selectionSet,
          pageSize,
        );
    }
    return sum;
  };
  const countFragment = (name: string, pageSize: number): number => {
    const key = `${name} ${String(pageSize)}`;
    const fragment = fragments.get(name);
    const count =
      known.get(key) ?? (fragment ? countAll(schema.getType(fragment.typeCondition.name.value), fragment.selectionSet, pageSize) : 0);
    known.set(key, count);
    return count;
  };
  const countField = (type: GraphQLNamedType | null | undefined, node: FieldNode, pageSize: number): number => {
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
    if (field === undefined || node.selectionSet === undefined) return 1;
    const target = getNamedType(field.type);
    if (!isCompositeType(target)) return 1;
    return 1 + itemsOf(field, pageSize) * countAll(target, node.selectionSet, readPageSize(field, node));
  };
  const readPageSize = (field: GraphQLField<unknown, unknown>, node: FieldNode): number => {
    const argument = field.args.find(({ name }) => name === 'first');
    if (argument === undefined) return UNKNOWN_LIST_SIZE;
    const value = node.arguments?.find(({ name }) => name.value === 'first')?.value;
    const variable = value?.kind === Kind.VARIABLE ? value.name.value : undefined;
    const literal = variable === undefined ? value : defaults.get(variable);
    const written = literal?.kind === Kind.INT ? Number(literal.value) : argument.defaultValue;
    const size = variable === undefined ? written : (variables[variable] ?? written);
    // A size that cannot be is refused where the list is read.
    return Math.max(1, Math.min(MAX_PAGE_SIZE, Number(size) || UNKNOWN_LIST_SIZE));
  };
  return countAll(schema.getRootType(operation.operation), operation.selectionSet, UNKNOWN_LIST_SIZE);
}

function itemsOf({ name, type }: GraphQLField<unknown, unknown>, pageSize: number): number {
  // A gateway that sends many representations has counted them.
  if (!isListType(getNullableType(type)) || name === '_entities') return 1;
  return name === 'edges' || name === 'nodes' ? pageSize : UNKNOWN_LIST_SIZE;
}

const MAX_PAGE_SIZE = 100;
const UNKNOWN_LIST_SIZE = 10;
