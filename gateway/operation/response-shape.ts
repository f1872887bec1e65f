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

/** A field of a response. */
export interface FieldShape {
  readonly responseName: string;
  /** The name in data of subgraphs, if a plan fetches it. */
  readonly plannedName: string;
  readonly name: string;
  /** `Type.field`; the interface's, if the object type is unknown. */
  readonly coordinate: string;
  readonly type: GraphQLOutputType;
  readonly nodes: readonly FieldNode[];
  /** The selections of its objects. */
  readonly below: SelectionShape;
}

/** The type of an object; an interface if subgraphs know no object type. */
export type DataType = GraphQLObjectType | GraphQLInterfaceType;

/** The selections at one response position, collected once for each object type. */
export interface SelectionShape {
  fieldsOf(type: DataType): readonly FieldShape[];
  /** Why objects of the type fail: a condition has no value. Undefined if all conditions have values. */
  failureOf(type: DataType): GraphQLError | undefined;
}

/** @param plannedName returns the name under which a plan fetches a field */
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

/** Whether a fragment with a type condition applies to objects of a type. */
function applies(schema: GraphQLSchema, condition: string | undefined, type: DataType): boolean {
  if (condition === undefined || condition === type.name) return true;
  const wanted = schema.getType(condition);
  return isAbstractType(wanted) && schema.isSubType(wanted, type);
}

/** A field of a type, with `__typename`, `__schema` and `__type`. */
export function fieldOf(type: DataType, name: string): GraphQLField<unknown, unknown> | undefined {
  return (
    [TypeNameMetaFieldDef, SchemaMetaFieldDef, TypeMetaFieldDef].find(
      (meta) => meta.name === name,
    ) ?? type.getFields()[name]
  );
}
