import {
  getNamedType,
  type GraphQLNamedType,
  type GraphQLSchema,
  isAbstractType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import type { AccessRules, Condition } from '../../supergraph/access-rules.ts';

/** What a caller has to meet to see a field that it selects. */
export interface FieldConditions {
  of(parent: GraphQLNamedType, field: string): readonly Condition[];
}

/**
 * All that counts for a field: what is said of it, of the type that it is selected of, and of the type that it leads to. A field of an interface is that of
 * each type that can implement it, because the type of an object is unknown before it is read.
 */
export function fieldConditions(schema: GraphQLSchema, rules: AccessRules): FieldConditions {
  const known = new Map<string, readonly Condition[]>();
  const read = (parent: GraphQLNamedType, field: string): Condition[] => {
    const definition =
      isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[field] : undefined;
    // `__typename` and the like say nothing of an object but what it is.
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
