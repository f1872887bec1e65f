import {
  type FieldNode,
  getNamedType,
  type GraphQLOutputType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type { AccessTable } from './access-table.ts';
import { rootOf } from './operations.ts';

type Path = readonly (string | number)[];
type Scopes = ReadonlySet<string>;
type Data = Readonly<Record<string, unknown>>;

export interface Expected {
  readonly data: unknown;
  /** The paths of the errors, sorted: `customer.payments.nodes.0.customer.email`. */
  readonly refused: readonly string[];
  /** The operation without what is refused; undefined where nothing is left to ask for. */
  readonly allowed: OperationDefinitionNode | undefined;
}

/** What a caller with some scopes gets, by what a caller with all gets. The operation has fields alone, no fragments. */
export function expectAnswer(
  operation: OperationDefinitionNode,
  whole: unknown,
  scopes: Scopes,
  table: AccessTable,
): Expected {
  const root = rootOf(operation);
  const refused: string[] = [];

  /** Refused itself, or all of what is asked for below it; what changes something is done for all that. */
  const isRefused = (field: FieldNode, type: string): boolean => {
    if (!table.allows(type, field.name.value, scopes)) return true;
    const fields = fieldsOf(field);
    return (
      fields.length > 0 &&
      type !== 'Mutation' &&
      fields.every((one) => isRefused(one, targetOf(type, field)))
    );
  };
  const completeObject = (
    data: Data,
    fields: readonly FieldNode[],
    type: string,
    path: Path,
  ): Data | null => {
    const completed = fields.map((field) => {
      const name = nameOf(field);
      const isRemoved = isRefused(field, type);
      if (isRemoved) refused.push([...path, name].join('.'));
      const target = typeOf(type, field);
      const value = isRemoved
        ? null
        : target === undefined
          ? data[name]
          : complete(data[name], field, type, target, [...path, name]);
      return { name, value, isWrong: value === null && isNonNullType(target) };
    });
    return completed.some(({ isWrong }) => isWrong)
      ? null
      : Object.fromEntries(completed.map(({ name, value }) => [name, value]));
  };
  const complete = (
    value: unknown,
    field: FieldNode,
    parent: string,
    type: GraphQLOutputType,
    path: Path,
  ): unknown => {
    if (value === null || value === undefined || fieldsOf(field).length === 0) return value;
    if (isNonNullType(type)) return complete(value, field, parent, type.ofType, path);
    if (!isListType(type))
      return completeObject(value as Data, fieldsOf(field), targetOf(parent, field), path);
    const item: GraphQLOutputType = type.ofType;
    const items = (value as readonly unknown[]).map((one, index) =>
      complete(one, field, parent, item, [...path, index]),
    );
    return isNonNullType(item) && items.includes(null) ? null : items;
  };
  const typeOf = (type: string, { name }: FieldNode) => {
    const parent = table.schema.getType(type);
    return isObjectType(parent) ? parent.getFields()[name.value]?.type : undefined;
  };
  const targetOf = (type: string, field: FieldNode) => {
    const target = typeOf(type, field);
    return target === undefined ? '' : getNamedType(target).name;
  };
  const reduce = (fields: readonly FieldNode[], type: string): FieldNode[] =>
    fields
      .filter((field) => !isRefused(field, type))
      .map((field) =>
        fieldsOf(field).length === 0
          ? field
          : { ...field, selectionSet: setOf(reduce(fieldsOf(field), targetOf(type, field))) },
      );

  const fields = fieldsOf(operation);
  const data = completeObject(whole as Data, fields, root, []);
  const left = reduce(fields, root);
  const allowed =
    left.length === 0 ? undefined : withUsedVariables({ ...operation, selectionSet: setOf(left) });
  return { data, refused: refused.sort(), allowed };
}

const nameOf = ({ alias, name }: FieldNode) => (alias ?? name).value;

const fieldsOf = ({ selectionSet }: FieldNode | OperationDefinitionNode): readonly FieldNode[] =>
  (selectionSet?.selections ?? []).filter((selection) => selection.kind === Kind.FIELD);

/** What has nothing left tells its type. */
const setOf = (fields: readonly FieldNode[]): SelectionSetNode => ({
  kind: Kind.SELECTION_SET,
  selections: fields.length === 0 ? [TYPE_NAME] : fields,
});

export const TYPE_NAME: FieldNode = {
  kind: Kind.FIELD,
  name: { kind: Kind.NAME, value: '__typename' },
};

function withUsedVariables(operation: OperationDefinitionNode): OperationDefinitionNode {
  const used = new Set<string>();
  visit(operation.selectionSet, { Variable: ({ name }) => void used.add(name.value) });
  return {
    ...operation,
    variableDefinitions:
      operation.variableDefinitions?.filter(({ variable }) => used.has(variable.name.value)) ?? [],
  };
}
