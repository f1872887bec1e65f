import {
  noSuch,
  notAChoice,
  notAnInteger,
  tooManyValues,
  unknownParameters,
} from './stripe-errors.ts';
import { namesOf, type Params, textOf, valuesOf } from './stripe-form.ts';
import type { JsonObject, Kind } from './stripe-json.ts';
import type { Store } from './stripe-store.ts';

type Predicate = (object: JsonObject) => boolean;

/** Reads a parameter's value and says which objects it keeps. */
export type Filter = (value: string | Params, param: string, store: Store) => Predicate;

/** Keeps what has exactly this value at the field. */
export const equals =
  (field: string): Filter =>
  (value) => {
    const read = readerOf(field);
    return (object) => String(read(object)) === value;
  };

/** Keeps what has exactly this value at the field, or begins with what comes before a `*`: `charge.*`. */
export const matching =
  (field: string): Filter =>
  (value, param) => {
    const wanted = textOf(value, param);
    const read = readerOf(field);
    return (object) => {
      const text = String(read(object));
      return wanted.endsWith('*') ? text.startsWith(wanted.slice(0, -1)) : text === wanted;
    };
  };

/** Keeps what has one of several values at the field. */
export const anyOf =
  (field: string, most: number): Filter =>
  (value, param) => {
    const wanted = valuesOf(value);
    if (wanted.length > most) throw tooManyValues(param, most);
    const read = readerOf(field);
    return (object) => wanted.includes(String(read(object)));
  };

/** Keeps what refers to an object, which has to exist. */
export const refersTo =
  (kind: Kind, field: string): Filter =>
  (value, param, store) => {
    const id = textOf(value, param);
    if (store.find(kind, id) === undefined) throw noSuch(kind, id, { param, status: 400 });
    const read = readerOf(field);
    return (object) => read(object) === id;
  };

/** Keeps what one of some words stands for. */
export const oneOf =
  (
    field: string,
    choices: readonly string[],
    meaning: (choice: string, value: unknown) => boolean = (choice, value) => choice === value,
  ): Filter =>
  (choice, param) => {
    if (typeof choice !== 'string' || !choices.includes(choice)) throw notAChoice(param, choices);
    const read = readerOf(field);
    return (object) => meaning(choice, read(object));
  };

const COMPARISONS: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  gt: (value, bound) => value > bound,
  gte: (value, bound) => value >= bound,
  lt: (value, bound) => value < bound,
  lte: (value, bound) => value <= bound,
};

/** Keeps what lies within bounds, or is exactly at a time: `created[gte]=1`, `created=1`. */
export const range =
  (field: string): Filter =>
  (value, param) => {
    const read = readerOf(field);
    if (typeof value === 'string') {
      const exact = readInteger(value, param);
      return (object) => read(object) === exact;
    }
    const bounds = Object.entries(value).map(([name, bound]) => {
      const comparison = Object.hasOwn(COMPARISONS, name) ? COMPARISONS[name] : undefined;
      if (comparison === undefined || typeof bound !== 'string')
        throw unknownParameters([`${param}[${name}]`]);
      const limit = readInteger(bound, `${param}[${name}]`);
      return (time: number) => comparison(time, limit);
    });
    return (object) => {
      const time = read(object);
      return typeof time === 'number' && bounds.every((holds) => holds(time));
    };
  };

/** Reads nested parameters by a filter each: `payment[type]=payment_intent`. */
export const nested =
  (filters: Readonly<Record<string, Filter>>): Filter =>
  (value, param, store) => {
    const unknown =
      typeof value === 'string'
        ? param
        : namesOf(value).find((name) => !Object.hasOwn(filters, name));
    if (typeof value === 'string' || unknown !== undefined)
      throw unknownParameters([`${param}[${String(unknown)}]`]);
    const predicates = Object.entries(value).flatMap(
      ([name, inner]) => filters[name]?.(inner, `${param}[${name}]`, store) ?? [],
    );
    return (object) => predicates.every((matches) => matches(object));
  };

export function readInteger(value: string, param: string): number {
  if (!/^-?\d{1,15}$/.test(value)) throw notAnInteger(param, value);
  return Number(value);
}

/** A list of thousands is read for each answer, so the path to a field is taken apart once. @param field its path: `recurring.interval`. */
function readerOf(field: string): (object: JsonObject) => unknown {
  const [first = '', ...inner] = field.split('.');
  if (inner.length === 0) return (object) => object[first];
  return (object) =>
    inner.reduce<unknown>(
      (value, key) => (value as JsonObject | null | undefined)?.[key],
      object[first],
    ); // Fields are ours.
}
