import { isObjectType } from 'graphql';
import { ownValue } from './own-value.ts';
import type { Data, Run } from './run.ts';

type MergedRun = Pick<Run, 'schema' | 'absent'>;

/** Adds what a fetch gave to each of the objects for which it was made. */
export function mergeInto(run: Run, targets: Iterable<Data>, source: Data): void {
  for (const target of targets) merge(run, target, run.keepsApart ? copy(run, source) : source);
}

/** A deep copy, in which unknown objects are unknown too. */
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
 * Adds what another fetch gave of an object, whatever its depth. A type's name stays where the other is not more exact: a subgraph with an
 * `@interfaceObject` calls an object by its interface, and no object has two types.
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
