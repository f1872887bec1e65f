import type { Run } from '../run.ts';
import { isList, isNumber, isObject, type Value } from '../values.ts';

/** Whether two values are equal JSON. Numbers compare by value, including a large integer with a fraction. */
export function equals(first: Value, second: Value, run: Run): boolean {
  if (typeof first === 'string' && typeof second === 'string') {
    if (first.length === second.length) run.chargeText(first);
    return first === second;
  }
  run.charge(1);
  if (first === second) return true;
  // `number` and `bigint` are never strictly equal.
  if (isNumber(first) && isNumber(second)) return first == second;
  if (isList(first) && isList(second)) {
    return (
      first.length === second.length &&
      run.nested(() => first.every((item, index) => equals(item, second[index] ?? null, run)))
    );
  }
  if (!isObject(first) || !isObject(second)) return false;
  const keys = Object.keys(first);
  return (
    keys.length === Object.keys(second).length &&
    run.nested(() =>
      keys.every(
        (key) => Object.hasOwn(second, key) && equals(first[key] ?? null, second[key] ?? null, run),
      ),
    )
  );
}
