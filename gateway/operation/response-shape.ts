import {
  type FieldNode,
  type GraphQLError,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  Kind,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import type { OperationWithoutConditions } from './operation-without-conditions.ts';

/** A field of an answer. */
export interface FieldShape {
  readonly responseName: string;
  /** Its name in what subgraphs give, where they are asked by operations of their own. */
  readonly plannedName: string;
  readonly name: string;
  /** `Type.field`; of an interface where only that is known. */
  readonly coordinate: string;
  readonly type: GraphQLOutputType;
  readonly nodes: readonly FieldNode[];
  /** What is selected of its objects. */
  readonly below: SelectionShape;
}

/** The type of an object; an interface where subgraphs know no more of it than that. */
export type DataType = GraphQLObjectType | GraphQLInterfaceType;

/** What an operation selects at one place, read once for each type of object that comes there. */
export interface SelectionShape {
  fieldsOf(type: DataType): readonly FieldShape[];
  /** Why nothing can be selected of an object of the type: a condition has no value. Undefined if something can. */
  failureOf(type: DataType): GraphQLError | undefined;
}

/** @param plannedName gives the name under which subgraphs are asked for a field. */
export function responseShape(
  schema: GraphQLSchema,
  operationParts: OperationWithoutConditions,
  plannedName: (node: FieldNode) => string,
): SelectionShape {
  const shapeOf = (sets: readonly SelectionSetNode[]): SelectionShape => {
    const byType = new Map<DataType, TypeShape>();
    const read = (type: DataType): TypeShape => {
      const { fields: collected, failure } = collectFields(schema, operationParts, sets, type);
      const fields = [...collected].flatMap(([responseName, nodes]) => {
        const [node] = nodes;
        const definition = node && fieldOf(type, node.name.value);
        if (node === undefined || definition === undefined) return [];
        const name = node.name.value;
        const below = shapeOf(nodes.flatMap(({ selectionSet }) => selectionSet ?? []));
        const coordinate = `${type.name}.${name}`;
        return [
          {
            responseName,
            plannedName: plannedName(node),
            name,
            coordinate,
            type: definition.type,
            nodes,
            below,
          },
        ];
      });
      return { fields, failure };
    };
    const known = (type: DataType): TypeShape => {
      const shape = byType.get(type) ?? read(type);
      byType.set(type, shape);
      return shape;
    };
    return {
      fieldsOf: (type) => known(type).fields,
      failureOf: (type) => known(type).failure,
    };
  };
  return shapeOf([operationParts.operation.selectionSet]);
}

interface Collected {
  readonly fields: ReadonlyMap<string, readonly FieldNode[]>;
  readonly failure: GraphQLError | undefined;
}

interface TypeShape {
  readonly fields: readonly FieldShape[];
  readonly failure: GraphQLError | undefined;
}

function collectFields(
  schema: GraphQLSchema,
  { fragments, undecided }: Pick<OperationWithoutConditions, 'fragments' | 'undecided'>,
  sets: readonly SelectionSetNode[],
  type: DataType,
): Collected {
  const fields = new Map<string, FieldNode[]>();
  let failure: GraphQLError | undefined;
  const seen = new Set<string>();
  const add = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const name = (selection.alias ?? selection.name).value;
        const nodes = fields.get(name);
        if (nodes === undefined) fields.set(name, [selection]);
        else nodes.push(selection);
        continue;
      }
      failure ??= undecided?.get(selection);
      if (selection.kind === Kind.FRAGMENT_SPREAD && seen.has(selection.name.value)) continue;
      if (selection.kind === Kind.FRAGMENT_SPREAD) seen.add(selection.name.value);
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection;
      if (fragment !== undefined && applies(schema, fragment.typeCondition?.name.value, type))
        add(fragment.selectionSet);
    }
  };
  sets.forEach(add);
  return { fields, failure };
}

/** Whether a fragment on a type, by its name, has to do with objects of another. */
function applies(schema: GraphQLSchema, condition: string | undefined, type: DataType): boolean {
  if (condition === undefined || condition === type.name) return true;
  const wanted = schema.getType(condition);
  return isAbstractType(wanted) && schema.isSubType(wanted, type);
}

/** A field of a type, `__typename`, `__schema` and `__type` included. */
export function fieldOf(type: DataType, name: string): GraphQLField<unknown, unknown> | undefined {
  return (
    [TypeNameMetaFieldDef, SchemaMetaFieldDef, TypeMetaFieldDef].find(
      (meta) => meta.name === name,
    ) ?? type.getFields()[name]
  );
}
