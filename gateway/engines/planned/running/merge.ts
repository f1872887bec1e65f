import { isObjectType } from 'graphql';
import { ownValue } from './own-value.ts';
import type { Data, Run } from './run.ts';

type MergedRun = Pick<Run, 'schema' | 'absent'>;

/** Merges the data of a fetch into each of its target objects. */
export function mergeInto(run: Run, targets: Iterable<Data>, source: Data): void {
  for (const target of targets) merge(run, target, run.keepsApart ? copy(run, source) : source);
}

/** A deep copy that also copies the marks of unknown objects. */
function copy(run: MergedRun, value: Data): Data {
  const copied: Data = {};
  for (const key of Object.keys(value))
    if (key !== '__proto__') copied[key] = copyValue(run, value[key]);
  if (run.absent.has(value)) run.absent.add(copied);
  return copied;
}

const copyValue = (run: MergedRun, value: unknown): unknown =>
  Array.isArray(value)
    ? value.map((item) => copyValue(run, item))
    : isObject(value)
      ? copy(run, value)
      : value;

/**
 * Deep-merges the data of another fetch into an object. Replaces the name of a type only by a more specific one: a subgraph with an
 * `@interfaceObject` returns the interface's name, and an object has only one type.
 */
export function merge(run: MergedRun, target: Data, source: Readonly<Data>): void {
  if (run.absent.has(source)) run.absent.add(target);
  for (const key of Object.keys(source)) {
    const given = source[key];
    const present = ownValue(target, key);
    if (key === '__proto__') continue;
    if (key === '__typename' && present !== undefined && !isMoreExact(run, given, present))
      continue;
    if (Array.isArray(present) && Array.isArray(given)) mergeLists(run, present, given);
    else if (isObject(present) && isObject(given)) merge(run, present, given);
    else target[key] = given;
  }
}

const isMoreExact = ({ schema }: MergedRun, given: unknown, present: unknown) =>
  isObjectType(schema.getType(String(given))) && !isObjectType(schema.getType(String(present)));

function mergeLists(run: MergedRun, target: unknown[], source: readonly unknown[]): void {
  for (const [index, given] of source.entries()) {
    const present = target[index];
    if (Array.isArray(present) && Array.isArray(given)) mergeLists(run, present, given);
    else if (isObject(present) && isObject(given)) merge(run, present, given);
    else target[index] = given;
  }
}

const isObject = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
