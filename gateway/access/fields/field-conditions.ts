import {
  getNamedType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import type { AccessRules, Condition } from '../../supergraph/access-rules.ts';

/** The conditions for selecting a field. */
export interface FieldConditions {
  of(parent: GraphQLNamedType, field: string): readonly Condition[];
}

/**
 * The conditions of the field, its parent type and its result type. A field of an interface has the conditions of all implementing types,
 * because the type of an object is unknown before it is read.
 */
export function fieldConditions(schema: GraphQLSchema, rules: AccessRules): FieldConditions {
  const known = new Map<string, readonly Condition[]>();
  const read = (parent: GraphQLNamedType, field: string): Condition[] => {
    const definition =
      isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[field] : undefined;
    // Meta fields such as `__typename` reveal only the type.
    if (definition === undefined) return [...rules.ofType(parent.name)];
    const behind = isAbstractType(parent) ? schema.getPossibleTypes(parent) : [];
    const ofTypes = [parent, ...behind].flatMap(({ name }) => [
      ...rules.ofType(name),
      ...rules.ofField(name, field),
    ]);
    return [...new Set([...ofTypes, ...rules.ofType(getNamedType(definition.type).name)])];
  };
  return {
    of: (parent, field) => {
      const place = `${parent.name}.${field}`;
      const conditions = known.get(place) ?? read(parent, field);
      known.set(place, conditions);
      return conditions;
    },
  };
}
