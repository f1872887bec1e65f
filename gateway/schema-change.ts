import {
  type GraphQLSchema,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  printType,
} from 'graphql';

/** Describes the difference between two schemas: `+2 fields, -1 field`. */
export function describeSchemaChange(before: GraphQLSchema, after: GraphQLSchema): string {
  const [old, current] = [fieldsOf(before), fieldsOf(after)];
  const added = [...current].filter(([name]) => !old.has(name)).length;
  const removed = [...old].filter(([name]) => !current.has(name)).length;
  const changed = [...current].filter(([name, text]) => (old.get(name) ?? text) !== text).length;
  const parts = [
    ...(added > 0 ? [`+${counted(added)}`] : []),
    ...(removed > 0 ? [`-${counted(removed)}`] : []),
    ...(changed > 0 ? [`${counted(changed)} changed`] : []),
  ];
  if (parts.length > 0) return parts.join(', ');
  return textOf(before) === textOf(after) ? 'same schema' : 'other types changed';
}

const counted = (count: number) => `${String(count)} field${count === 1 ? '' : 's'}`;

/** The type and arguments of each field, by coordinate. */
function fieldsOf(schema: GraphQLSchema): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  for (const type of typesOf(schema)) {
    if (isInputObjectType(type))
      for (const field of Object.values(type.getFields()))
        fields.set(`${type.name}.${field.name}`, String(field.type));
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const args = field.args.map((arg) => `${arg.name}: ${String(arg.type)}`);
      fields.set(`${type.name}.${field.name}`, `(${args.join()}): ${String(field.type)}`);
    }
  }
  return fields;
}

const typesOf = (schema: GraphQLSchema) =>
  Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));

const textOf = (schema: GraphQLSchema) => typesOf(schema).map(printType).sort().join('\n');
