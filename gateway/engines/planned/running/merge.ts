import { type GraphQLSchema, isObjectType } from 'graphql';
import { ownValue } from './own-value.ts';
import type { Data, Run } from './run.ts';

/** Adds what a fetch gave to each of the objects for which it was made. */
export function mergeInto(
  { schema, keepsApart }: Pick<Run, 'schema' | 'keepsApart'>,
  targets: Iterable<Data>,
  source: Data,
): void {
  for (const target of targets)
    merge(schema, target, keepsApart ? structuredClone(source) : source);
}

/**
 * Adds what another fetch gave of an object, whatever its depth. A type's name stays where the other is less exact: a subgraph with an
 * `@interfaceObject` calls an object by its interface.
 */
export function merge(schema: GraphQLSchema, target: Data, source: Readonly<Data>): void {
  for (const key of Object.keys(source)) {
    const given = source[key];
    const present = ownValue(target, key);
    if (key === '__proto__') continue;
    if (
      key === '__typename' &&
      present !== undefined &&
      !isObjectType(schema.getType(String(given)))
    )
      continue;
    if (Array.isArray(present) && Array.isArray(given)) mergeLists(schema, present, given);
    else if (isObject(present) && isObject(given)) merge(schema, present, given);
    else target[key] = given;
  }
}

function mergeLists(schema: GraphQLSchema, target: unknown[], source: readonly unknown[]): void {
  for (const [index, given] of source.entries()) {
    const present = target[index];
    if (Array.isArray(present) && Array.isArray(given)) mergeLists(schema, present, given);
    else if (isObject(present) && isObject(given)) merge(schema, present, given);
    else target[index] = given;
  }
}

const isObject = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
