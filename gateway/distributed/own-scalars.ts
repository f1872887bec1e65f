import { type GraphQLSchema, isScalarType } from 'graphql';
import { SCALARS } from '../../subgraphs/scalars.ts';

/**
 * Lets the gateway read our own graph's scalars as its subgraphs do. Without it a value that cannot be would be found out by
 * a service only, and cost the client an answer where embedded execution refuses the operation.
 */
export function giveOwnScalars(schema: GraphQLSchema): void {
  for (const [name, { parseValue, parseLiteral }] of Object.entries(SCALARS)) {
    const type = schema.getType(name);
    if (isScalarType(type)) Object.assign(type, { parseValue, parseLiteral });
  }
}
