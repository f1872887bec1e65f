import { isObjectType } from 'graphql';
import { ownValue } from './own-value.ts';
import type { Data, Run } from './run.ts';

type MergedRun = Pick<Run, 'schema' | 'absent'>;

/** Merges the data of a fetch into each of its target objects. */
export function mergeInto(run: Run, targets: Iterable<Data>, source: Data): void {
  for (const target of targets)
    merge(run, target, run.hasSeparateEntities ? copy(run, source) : source);
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
    const added = source[key];
    const present = ownValue(target, key);
    if (key === '__proto__') continue;
    if (key === '__typename' && present !== undefined && !isMoreExact(run, added, present))
      continue;
    if (Array.isArray(present) && Array.isArray(added)) mergeLists(run, present, added);
    else if (isObject(present) && isObject(added)) merge(run, present, added);
    else target[key] = added;
  }
}

const isMoreExact = ({ schema }: MergedRun, added: unknown, present: unknown) =>
  isObjectType(schema.getType(String(added))) && !isObjectType(schema.getType(String(present)));

function mergeLists(run: MergedRun, target: unknown[], source: readonly unknown[]): void {
  for (const [index, added] of source.entries()) {
    const present = target[index];
    if (Array.isArray(present) && Array.isArray(added)) mergeLists(run, present, added);
    else if (isObject(present) && isObject(added)) merge(run, present, added);
    else target[index] = added;
  }
}

const isObject = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
