import {
  emptyParameter,
  missingParameter,
  notABoolean,
  notAChoice,
  outOfBounds,
  unknownParameters,
} from './stripe-errors.ts';
import { readInteger } from './stripe-filters.ts';
import { type Params, textOf, valuesOf } from './stripe-form.ts';
import type { JsonObject } from './stripe-json.ts';

/** Reads the parameters of a write, and names them in refusals as Stripe does: `items[0][price_data][currency]`. */
export interface ParamReader {
  /** The parameter's whole name. */
  nameOf(name: string): string;
  has(name: string): boolean;
  /** Of all parameters. */
  names(): string[];
  /** An empty text is null: it unsets. */
  text(name: string): string | null;
  requiredText(name: string): string;
  integer(name: string, least?: number): number | null;
  requiredInteger(name: string, least?: number): number;
  boolean(name: string): boolean | null;
  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | null;
  metadata(): JsonObject;
  /** What is in its brackets; null where there are none. */
  inner(name: string): ParamReader | null;
  /** The items of a list. */
  items(name: string): ParamReader[];
  /** The texts of a list. */
  texts(name: string): string[];
  expansions(): string[];
  refuseUnknown(known: readonly string[]): void;
}

export function createParamReader(params: Params, within = ''): ParamReader {
  const nameOf = (name: string) => (within === '' ? name : `${within}[${name}]`);
  const reader: ParamReader = {
    nameOf,
    has: (name) => params[name] !== undefined,
    names: () => Object.keys(params),
    text(name) {
      const value = params[name];
      return value === undefined || value === '' ? null : textOf(value, nameOf(name));
    },
    requiredText(name) {
      if (params[name] === '') throw emptyParameter(nameOf(name));
      const value = reader.text(name);
      if (value === null) throw missingParameter(nameOf(name));
      return value;
    },
    integer(name, least) {
      const value = reader.text(name);
      if (value === null) return null;
      return atLeast(least, readInteger(value, nameOf(name)), nameOf(name));
    },
    requiredInteger(name, least) {
      reader.requiredText(name);
      return reader.integer(name, least) ?? 0; // It is there.
    },
    boolean(name) {
      const value = reader.text(name);
      if (value !== null && value !== 'true' && value !== 'false')
        throw notABoolean(nameOf(name), value);
      return value === null ? null : value === 'true';
    },
    choice(name, choices) {
      const value = reader.text(name);
      const choice = choices.find((one) => one === value);
      if (value !== null && choice === undefined) throw notAChoice(nameOf(name), choices);
      return choice ?? null;
    },
    metadata() {
      const value = params['metadata'];
      if (typeof value !== 'object') return {};
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [
          key,
          textOf(inner, `${nameOf('metadata')}[${key}]`),
        ]),
      );
    },
    inner(name) {
      const value = params[name];
      return typeof value === 'object' ? createParamReader(value, nameOf(name)) : null;
    },
    items(name) {
      const value = params[name];
      if (typeof value !== 'object') return [];
      return Object.entries(value).flatMap(([index, item]) =>
        typeof item === 'object' ? [createParamReader(item, `${nameOf(name)}[${index}]`)] : [],
      );
    },
    texts: (name) => valuesOf(params[name]),
    expansions: () => valuesOf(params['expand']),
    refuseUnknown(known) {
      const [first, ...others] = Object.keys(params).filter((name) => !known.includes(name));
      if (first !== undefined) throw unknownParameters([nameOf(first), ...others.map(nameOf)]);
    },
  };
  return reader;
}

function atLeast(least: number | undefined, integer: number, param: string): number {
  if (least !== undefined && integer < least)
    throw outOfBounds(param, `greater than or equal to ${String(least)}`);
  return integer;
}
