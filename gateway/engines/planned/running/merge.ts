import type { Data } from './run.ts';

/** Adds what another fetch gave of an object, whatever its depth. */
export function merge(target: Data, source: Readonly<Data>): void {
  for (const key of Object.keys(source)) {
    const given = source[key];
    const present = target[key];
    if (key === '__proto__') continue;
    if (Array.isArray(present) && Array.isArray(given)) mergeLists(present, given);
    else if (isObject(present) && isObject(given)) merge(present, given);
    else target[key] = given;
  }
}

function mergeLists(target: unknown[], source: readonly unknown[]): void {
  for (const [index, given] of source.entries()) {
    const present = target[index];
    if (Array.isArray(present) && Array.isArray(given)) mergeLists(present, given);
    else if (isObject(present) && isObject(given)) merge(present, given);
    else target[index] = given;
  }
}

const isObject = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
