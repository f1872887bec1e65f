import {
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type ListTypeNode,
  type TypeNode,
} from 'graphql';

/** The fields of each object type of a document, by type name, including its extensions. */
export interface ObjectTypes extends ReadonlyMap<string, ReadonlyMap<string, FieldDefinitionNode>> {
  /** The object types of each union and interface. */
  readonly members: ReadonlyMap<string, ReadonlySet<string>>;
}

export function readObjectTypes({ definitions }: DocumentNode): ObjectTypes {
  const types = new Map<string, Map<string, FieldDefinitionNode>>();
  const members = new Map<string, Set<string>>();
  const addMember = (type: string, member: string) => {
    members.set(type, (members.get(type) ?? new Set()).add(member));
  };
  for (const node of definitions) {
    if (node.kind === Kind.UNION_TYPE_DEFINITION || node.kind === Kind.UNION_TYPE_EXTENSION)
      for (const { name } of node.types ?? []) addMember(node.name.value, name.value);
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.OBJECT_TYPE_EXTENSION)
      continue;
    for (const { name } of node.interfaces ?? []) addMember(name.value, node.name.value);
    const fields = types.get(node.name.value) ?? new Map<string, FieldDefinitionNode>();
    for (const field of node.fields ?? []) fields.set(field.name.value, field);
    types.set(node.name.value, fields);
  }
  return Object.assign(types, { members });
}

/** The values of each enum of a document, by type name, including its extensions. */
export function readEnums({ definitions }: DocumentNode): ReadonlyMap<string, ReadonlySet<string>> {
  const enums = new Map<string, Set<string>>();
  for (const node of definitions) {
    if (node.kind !== Kind.ENUM_TYPE_DEFINITION && node.kind !== Kind.ENUM_TYPE_EXTENSION) continue;
    const values = enums.get(node.name.value) ?? new Set<string>();
    for (const { name } of node.values ?? []) values.add(name.value);
    enums.set(node.name.value, values);
  }
  return enums;
}

/** The name of a type without list and non-null modifiers. */
export function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

/** The list type, nullable or not; undefined for other types. */
export function listOf(type: TypeNode): ListTypeNode | undefined {
  const nullable = type.kind === Kind.NON_NULL_TYPE ? type.type : type;
  return nullable.kind === Kind.LIST_TYPE ? nullable : undefined;
}
