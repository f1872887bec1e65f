import {
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type ListTypeNode,
  type TypeNode,
} from 'graphql';

/** The fields of each object type of a document, by their names; its extensions included. */
export type ObjectTypes = ReadonlyMap<string, ReadonlyMap<string, FieldDefinitionNode>>;

export function readObjectTypes({ definitions }: DocumentNode): ObjectTypes {
  const types = new Map<string, Map<string, FieldDefinitionNode>>();
  for (const node of definitions) {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.OBJECT_TYPE_EXTENSION)
      continue;
    const fields = types.get(node.name.value) ?? new Map<string, FieldDefinitionNode>();
    for (const field of node.fields ?? []) fields.set(field.name.value, field);
    types.set(node.name.value, fields);
  }
  return types;
}

/** The name of a type without its lists and non-nulls. */
export function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

/** The list that a type is, nullable or not; undefined for others. */
export function listOf(type: TypeNode): ListTypeNode | undefined {
  const nullable = type.kind === Kind.NON_NULL_TYPE ? type.type : type;
  return nullable.kind === Kind.LIST_TYPE ? nullable : undefined;
}
