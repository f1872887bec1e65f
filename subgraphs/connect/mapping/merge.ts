import type { Run, Site } from './run.ts';
import { isList, isObject, type Maybe, setProperty, typeName, type Value } from './values.ts';

/**
 * Merges the values of two entries of a selection: objects by key, lists by index, null takes precedence. Otherwise the later value counts.
 */
export function merge(first: Maybe, second: Maybe, run: Run, site: Site): Maybe {
  if (first === undefined || second === undefined) return first ?? second;
  run.charge(1);
  if (first === null || second === null) return null;
  if (isObject(first) && isObject(second)) {
    return run.nested(() => {
      const merged: Record<string, Value> = { ...first };
      for (const key of Object.keys(second)) {
        const own = Object.hasOwn(merged, key) ? merged[key] : undefined;
        setProperty(merged, key, merge(own, second[key], run, site) ?? null);
      }
      return merged;
    });
  }
  if (isList(first) && isList(second)) {
    return run.nested(() => {
      const longer = first.length > second.length ? first : second;
      return longer.map((_item, index) => merge(first[index], second[index], run, site) ?? null);
    });
  }
  if (typeName(first) !== typeName(second)) {
    run.problem(
      site,
      `Two values have this name, ${typeName(first)} and ${typeName(second)}: the later one stays`,
    );
  }
  return second;
}
