import type { GraphQLSchema } from 'graphql';
import type { Requirement } from '../planning/plan.ts';
import { merge } from './merge.ts';
import type { Data } from './run.ts';
import { isOfType } from './type-conditions.ts';

/** What names an entity to a subgraph, or the object of which a required value never came. */
export type Representation = { readonly value: Data } | { readonly incomplete: Data };

export function representationOf(
  schema: GraphQLSchema,
  entity: Data,
  requirements: readonly Requirement[],
): Representation {
  const value: Data = {};
  for (const requirement of requirements) {
    if (requirement.kind === 'Fragment') {
      if (requirement.type !== undefined && !isOfType(schema, entity, requirement.type)) continue;
      const part = representationOf(schema, entity, requirement.selections);
      if ('incomplete' in part) return part;
      merge(schema, value, part.value);
      continue;
    }
    const given = entity[requirement.from];
    if (given === undefined) return { incomplete: entity };
    const part =
      requirement.selections === undefined
        ? { value: given }
        : partOf(schema, given, requirement.selections);
    if ('incomplete' in part) return part;
    value[requirement.to] = part.value;
  }
  return { value };
}

function partOf(
  schema: GraphQLSchema,
  given: unknown,
  selections: readonly Requirement[],
): { value: unknown } | { incomplete: Data } {
  if (typeof given !== 'object' || given === null) return { value: given };
  // A cast: an object that is no list, out of JSON.
  if (!Array.isArray(given)) return representationOf(schema, given as Data, selections);
  const items: unknown[] = [];
  for (const item of given) {
    const part = partOf(schema, item, selections);
    if ('incomplete' in part) return part;
    items.push(part.value);
  }
  return { value: items };
}
