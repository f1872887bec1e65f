import type { Path } from '../../../operation/errors-by-path.ts';
import type { PlanPath } from '../planning/plan.ts';
import { ownValue } from './own-value.ts';
import type { Data } from './run.ts';

/** The objects at a plan's path. */
export function objectsAt(root: Data, path: PlanPath): Data[] {
  const found: Data[] = [];
  walk(root, path, 0, (object) => found.push(object));
  return found;
}

/** The response paths of those objects. Called only for errors. */
export function pathsAt(root: Data, path: PlanPath): Map<Data, Path[]> {
  const found = new Map<Data, Path[]>();
  const at: (string | number)[] = [];
  walk(
    root,
    path,
    0,
    (object) => {
      const paths = found.get(object);
      if (paths === undefined) found.set(object, [[...at]]);
      else paths.push([...at]);
    },
    at,
  );
  return found;
}

function walk(
  value: unknown,
  path: PlanPath,
  depth: number,
  visit: (object: Data) => void,
  at?: (string | number)[],
): void {
  if (value === null || typeof value !== 'object') return;
  const key = path[depth];
  if (key === undefined) {
    if (!Array.isArray(value)) visit(value as Data);
  } else if (typeof key !== 'string') {
    // Items of lists were entered by a step before.
    const name = ownValue(value, '__typename');
    if (typeof name === 'string' && key.types.includes(name))
      walk(value, path, depth + 1, visit, at);
  } else if (key !== '@') {
    at?.push(key);
    walk(ownValue(value, key), path, depth + 1, visit, at);
    at?.pop();
  } else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) {
      at?.push(index);
      walk(item, path, depth + 1, visit, at);
      at?.pop();
    }
  }
}
