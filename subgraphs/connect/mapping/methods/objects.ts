import type { Run } from '../run.ts';
import {
  isList,
  isObject,
  type Maybe,
  type ObjectValue,
  setProperty,
  typeName,
  type Value,
} from '../values.ts';
import { type Apply, type Method, type MethodSite, withoutArguments } from './method.ts';

/** Methods of objects. */
export const OBJECT_METHODS: Readonly<Record<string, Method>> = {
  entries: {
    apply: ofObject((value) => Object.entries(value).map(([key, item]) => ({ key, value: item }))),
  },
  keysToCamelCase: {
    apply: ofObject((value, site, run) => renameKeys(value, site, run, (item) => item)),
  },
  keysToCamelCaseDeep: { apply: ofObject(renameDeep) },
};

function ofObject(apply: (value: ObjectValue, site: MethodSite, run: Run) => Maybe): Apply {
  return withoutArguments((value, site, run) => {
    if (!isObject(value)) {
      return run.problem(site, `->${site.name} takes an object, but got ${typeName(value)}`);
    }
    run.charge(Object.keys(value).length);
    return apply(value, site, run);
  });
}

function renameDeep(value: Value, site: MethodSite, run: Run): Value {
  run.charge(1);
  if (isList(value)) return run.nested(() => value.map((item) => renameDeep(item, site, run)));
  if (!isObject(value)) return value;
  return run.nested(() => renameKeys(value, site, run, (item) => renameDeep(item, site, run)));
}

function renameKeys(
  value: ObjectValue,
  site: MethodSite,
  run: Run,
  rename: (item: Value) => Value,
): Value {
  const renamed: Record<string, Value> = {};
  for (const [key, item] of Object.entries(value)) {
    run.charge(key.length);
    const name = toCamelCase(key);
    if (Object.hasOwn(renamed, name)) {
      run.problem(
        site,
        `->${site.name} gives two properties the name ${JSON.stringify(name.slice(0, 40))}`,
      );
    }
    setProperty(renamed, name, rename(item));
  }
  return renamed;
}

/** `first_name`, `FirstName` and `FIRST_NAME` become `firstName`, `XMLDocument` becomes `xmlDocument`. */
export function toCamelCase(key: string): string {
  const words = key
    .replace(/(\p{Ll}\p{N}*)(?=\p{Lu})/gu, '$1_')
    .replace(/(\p{Lu})(?=\p{Lu}\p{Ll})/gu, '$1_')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  return words
    .map((word, index) => {
      const lower = word.toLowerCase();
      return index === 0 ? lower : lower.charAt(0).toUpperCase() + lower.slice(1);
    })
    .join('');
}
