import type { FetchDataRewrite } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { ownValue } from './own-value.ts';
import { isOfType } from './type-conditions.ts';
import type { Data } from './run.ts';

/** Applies a plan's rewrites to an object: fixed values and renamed keys. */
export function applyRewrites(
  schema: GraphQLSchema,
  rewrites: readonly FetchDataRewrite[],
  value: Data,
): void {
  for (const rewrite of rewrites) {
    const key = rewrite.path.at(-1);
    if (key === undefined) continue;
    atPath(schema, rewrite.path.slice(0, -1), value, (object) => {
      if (rewrite.kind === 'ValueSetter') {
        object[key] = rewrite.setValueTo;
      } else if (ownValue(object, key) !== undefined) {
        object[rewrite.renameKeyTo] = ownValue(object, key);
        Reflect.deleteProperty(object, key);
      }
    });
  }
}

const FRAGMENT = '... on ';

function atPath(
  schema: GraphQLSchema,
  path: readonly string[],
  value: unknown,
  change: (object: Data) => void,
): void {
  if (Array.isArray(value)) {
    for (const item of value) atPath(schema, path, item, change);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  // The cast is safe: an object from JSON that is not a list.
  const object = value as Data;
  const [first, ...rest] = path;
  if (first === undefined) change(object);
  else if (!first.startsWith(FRAGMENT)) atPath(schema, rest, ownValue(object, first), change);
  else if (
    ownValue(object, '__typename') === undefined ||
    isOfType(schema, object, first.slice(FRAGMENT.length))
  )
    atPath(schema, rest, object, change);
}
