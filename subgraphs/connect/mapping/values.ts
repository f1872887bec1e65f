/** JSON. An integer that `number` would round is a `bigint`, to keep its digits. */
export type Value =
  null | boolean | number | bigint | string | readonly Value[] | { readonly [key: string]: Value };

/** `undefined`: there is no value, which differs from null. */
export type Maybe = Value | undefined;

export interface ObjectValue {
  readonly [key: string]: Value;
}

export const isList = (value: Maybe): value is readonly Value[] => Array.isArray(value);

export const isObject = (value: Maybe): value is ObjectValue =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isNumber = (value: Maybe): value is number | bigint =>
  typeof value === 'number' || typeof value === 'bigint';

/** The type's name in messages. */
export function typeName(value: Maybe): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (isList(value)) return 'list';
  return isNumber(value) ? 'number' : typeof value;
}

/** An object's own property, never one that every JavaScript object inherits. */
export function propertyOf(value: ObjectValue, key: string): Maybe {
  return key in Object.prototype && !Object.hasOwn(value, key) ? undefined : value[key];
}

/** Sets a property of a new object, including `__proto__`, which an assignment would treat as the prototype. */
export function setProperty(target: Record<string, Value>, key: string, value: Value): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else {
    target[key] = value;
  }
}

/** An integer as `number` if exact, otherwise as `bigint`. */
export function toInteger(digits: string | bigint): number | bigint {
  const rounded = Number(digits);
  return Number.isSafeInteger(rounded) ? rounded : BigInt(digits);
}

/** The text of a scalar; null for null, undefined for a list or an object. */
export function scalarText(value: Value): string | null | undefined {
  if (value === null) return null;
  return typeof value === 'object' ? undefined : String(value);
}
