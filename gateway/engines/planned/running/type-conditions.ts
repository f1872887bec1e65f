import { type GraphQLSchema, isAbstractType, isInterfaceType, isObjectType } from 'graphql';

/** Whether an object's `__typename` is a type, or belongs to an interface or union. */
export function isOfType(
  schema: GraphQLSchema,
  object: Readonly<Record<string, unknown>>,
  condition: string,
): boolean {
  const name = object['__typename'];
  return typeof name === 'string' && belongsTo(schema, name, condition);
}

export function belongsTo(schema: GraphQLSchema, name: string, condition: string): boolean {
  if (name === condition) return true;
  const type = schema.getType(name);
  const wanted = schema.getType(condition);
  return (
    isAbstractType(wanted) &&
    (isObjectType(type) || isInterfaceType(type)) &&
    schema.isSubType(wanted, type)
  );
}
