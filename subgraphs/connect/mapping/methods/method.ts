import type { Evaluate, Run, Site } from '../run.ts';
import type { Expression } from '../syntax-tree.ts';
import type { Maybe, Value } from '../values.ts';

/** One call of a method in a mapping text. */
export interface MethodSite extends Site {
  readonly name: string;
  /** undefined without parentheses, which differs from empty ones. */
  readonly arguments: readonly Evaluate[] | undefined;
  readonly written: readonly Expression[] | undefined;
  /** The pairs of `->match`. */
  readonly pairs: readonly { readonly candidate: Evaluate; readonly value: Evaluate }[];
  /** The cost of one evaluation of all arguments. */
  readonly weight: number;
}

export interface Apply {
  (value: Value, site: MethodSite, run: Run, root: Maybe): Maybe;
  /** Undefined if the method accepts any number. */
  readonly accepts?: ArgumentCount;
}

/** The number of arguments of a method. */
export interface ArgumentCount {
  readonly least: number;
  readonly most: number;
  /** Whether even empty parentheses are refused. */
  readonly isBare: boolean;
}

export interface Method {
  readonly apply: Apply;
}

/** A method without arguments; even empty parentheses are refused, as in Apollo Router. */
export const withoutArguments = (apply: Apply): Apply =>
  counted({ least: 0, most: 0, isBare: true }, apply);

/** A method with a number of arguments. */
export const withArguments = (least: number, most: number, apply: Apply): Apply =>
  counted({ least, most, isBare: false }, apply);

function counted(accepts: ArgumentCount, apply: Apply): Apply {
  const checked = (value: Value, site: MethodSite, run: Run, root: Maybe) => {
    const refusal = refuseCount(site.name, site.arguments?.length, accepts);
    return refusal === undefined ? apply(value, site, run, root) : run.problem(site, refusal);
  };
  return Object.assign(checked, { accepts });
}

/**
 * @param count number of arguments; undefined without parentheses
 * @returns why a method does not accept this number; undefined if it does
 */
export function refuseCount(
  name: string,
  count: number | undefined,
  { least, most, isBare }: ArgumentCount,
): string | undefined {
  if (isBare)
    return count === undefined ? undefined : `->${name} takes no arguments and no parentheses`;
  const actual = count ?? 0;
  if (actual >= least && actual <= most) return undefined;
  return `->${name} takes ${countText(least, most)}, but got ${String(actual)}`;
}

function countText(least: number, most: number): string {
  if (most === Infinity) return `at least ${plural(least)}`;
  return least === most ? plural(least) : `${String(least)} to ${plural(most)}`;
}

const plural = (count: number) => `${String(count)} argument${count === 1 ? '' : 's'}`;

/** Evaluates an argument, in which `@` is `current`. */
export const argument = (
  index: number,
  site: MethodSite,
  run: Run,
  root: Maybe,
  current: Value,
): Maybe => site.arguments?.[index]?.(run, root, current);
