import type { Run } from '../run.ts';
import {
  isList,
  isNumber,
  isObject,
  type Maybe,
  propertyOf,
  scalarText,
  typeName,
  type Value,
} from '../values.ts';
import {
  argument,
  type Method,
  type MethodSite,
  withArguments,
  withoutArguments,
} from './method.ts';

/** Methods of lists; most of them also accept a text, or one value instead of a list. */
export const LIST_METHODS: Readonly<Record<string, Method>> = {
  filter: { apply: withArguments(1, Infinity, filter) },
  find: { apply: withArguments(1, Infinity, find) },
  first: { apply: withoutArguments((value, site, run) => end(value, 0, site, run)) },
  get: { apply: withArguments(1, Infinity, get) },
  joinNotNull: { apply: withArguments(1, Infinity, joinNotNull) },
  last: { apply: withoutArguments((value, site, run) => end(value, -1, site, run)) },
  map: { apply: withArguments(1, Infinity, map) },
  size: { apply: withoutArguments(size) },
  slice: { apply: slice },
};

function map(value: Value, site: MethodSite, run: Run, root: Maybe): Maybe {
  if (!isList(value)) {
    const only = argument(0, site, run, root, value);
    return only === undefined ? undefined : [only];
  }
  run.charge(value.length * site.weight);
  return value.map((item, index) => ofItem(item, index, site, run, root) ?? null);
}

/** Evaluates the argument for one item of the list. */
function ofItem(item: Value, index: number, site: MethodSite, run: Run, root: Maybe): Maybe {
  run.path.push(...site.path, index);
  const value = argument(0, site, run, root, item);
  run.path.length -= site.path.length + 1;
  return value;
}

function filter(value: Value, site: MethodSite, run: Run, root: Maybe): Maybe {
  const items = isList(value) ? value : [value];
  run.charge(items.length * site.weight);
  const passed: Value[] = [];
  let isWhole = true;
  for (const [index, item] of items.entries()) {
    const passes = condition(item, index, site, run, root);
    if (passes === undefined) isWhole = false;
    if (passes) passed.push(item);
  }
  return isWhole ? passed : undefined;
}

function find(value: Value, site: MethodSite, run: Run, root: Maybe): Maybe {
  const items = isList(value) ? value : [value];
  for (const [index, item] of items.entries()) {
    run.charge(site.weight);
    const passes = condition(item, index, site, run, root);
    if (passes === undefined) return undefined;
    if (passes) return item;
  }
  return undefined;
}

function condition(
  item: Value,
  index: number,
  site: MethodSite,
  run: Run,
  root: Maybe,
): boolean | undefined {
  const passes = ofItem(item, index, site, run, root);
  if (typeof passes === 'boolean') return passes;
  const actual = typeName(passes);
  run.problem(site, `The condition of ->${site.name} must give true or false, but gave ${actual}`);
  return undefined;
}

function end(value: Value, index: 0 | -1, site: MethodSite, run: Run): Maybe {
  if (isList(value)) return value.at(index);
  if (typeof value === 'string') return characterAt(value, index, run);
  run.problem(site, `->${site.name} takes a list or a text, but got ${typeName(value)}`);
  return value;
}

function get(value: Value, site: MethodSite, run: Run, root: Maybe): Maybe {
  const isIndexed = isList(value) || typeof value === 'string';
  if (!isIndexed && !isObject(value)) {
    return run.problem(site, `->get takes a list, a text or an object, but got ${typeName(value)}`);
  }
  const wanted = argument(0, site, run, root, value);
  if (wanted === undefined) return undefined;
  const index = isNumber(wanted) ? Number(wanted) : Number.NaN;
  if (isIndexed ? !Number.isInteger(index) : typeof wanted !== 'string') {
    const expected = isIndexed ? 'an integer' : 'a property name';
    return run.problem(site, `->get needs ${expected} here, but got ${typeName(wanted)}`);
  }
  const key = scalarText(wanted) ?? '';
  const found = isIndexed ? elementOf(value, index, run) : propertyOf(value, key);
  if (found !== undefined) return found;
  return run.problem(site, `->get found nothing at ${key.slice(0, 40)} of the ${typeName(value)}`);
}

const elementOf = (value: readonly Value[] | string, index: number, run: Run): Maybe =>
  typeof value === 'string' ? characterAt(value, index, run) : value.at(index);

/** Characters are code points: an emoji is one. Reads only up to the index. */
function characterAt(text: string, index: number, run: Run): string | undefined {
  // A surrogate pair is one character, so at least this many units from the end are needed.
  const reach = 2 * (index < 0 ? -index : index + 1);
  run.charge(Math.min(reach, text.length));
  const part = index < 0 ? text.slice(-reach) : text.slice(0, reach);
  // A surrogate at the start can belong to a character that was cut.
  return Array.from(part).at(index);
}

function size(value: Value, site: MethodSite, run: Run): Maybe {
  if (isList(value)) return value.length;
  if (typeof value === 'string') {
    run.charge(value.length);
    return Array.from(value).length;
  }
  if (isObject(value)) {
    const { length } = Object.keys(value);
    run.charge(length);
    return length;
  }
  return run.problem(site, `->size takes a list, a text or an object, but got ${typeName(value)}`);
}

function slice(value: Value, site: MethodSite, run: Run, root: Maybe): Maybe {
  if (!isList(value) && typeof value !== 'string') {
    return run.problem(site, `->slice takes a list or a text, but got ${typeName(value)}`);
  }
  run.charge(value.length);
  const [start, end] = [0, 1].map((index) => bound(argument(index, site, run, root, value)));
  if (isList(value)) return value.slice(start, end);
  return Array.from(value).slice(start, end).join('');
}

/** A bound that is not an integer is ignored; a negative one is the start. */
function bound(value: Maybe): number | undefined {
  return isNumber(value) && Number.isInteger(Number(value))
    ? Math.max(0, Number(value))
    : undefined;
}

function joinNotNull(value: Value, site: MethodSite, run: Run, root: Maybe): Maybe {
  const separator = argument(0, site, run, root, value);
  if (typeof separator !== 'string') {
    return run.problem(
      site,
      `->joinNotNull needs a text between the items, but got ${typeName(separator)}`,
    );
  }
  const items = isList(value) ? value : [value];
  run.charge(items.length);
  const texts = items.map(scalarText);
  if (texts.includes(undefined)) {
    return run.problem(
      site,
      '->joinNotNull takes texts, numbers and booleans, but got a list or an object',
    );
  }
  const known = texts.filter((text) => text !== null);
  run.charge(known.reduce((sum, text) => sum + (text?.length ?? 0) + separator.length, 0));
  return known.join(separator);
}
