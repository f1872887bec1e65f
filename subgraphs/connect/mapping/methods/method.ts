import type { Evaluate, Run, Site } from '../run.ts';
import type { Expression } from '../syntax-tree.ts';
import type { Maybe, Value } from '../values.ts';

/** One call of a method in a mapping text. */
export interface MethodSite extends Site {
  readonly name: string;
  /** undefined where there are no parentheses, which is not the same as empty ones. */
  readonly arguments: readonly Evaluate[] | undefined;
  readonly written: readonly Expression[] | undefined;
  /** The pairs of `->match`. */
  readonly pairs: readonly { readonly candidate: Evaluate; readonly value: Evaluate }[];
  /** What one evaluation of all arguments costs. */
  readonly weight: number;
}

export type Apply = (value: Value, site: MethodSite, run: Run, root: Maybe) => Maybe;

export interface Method {
  readonly apply: Apply;
}

/** A method that has no arguments; not even empty parentheses are allowed, as in Apollo Router. */
export const withoutArguments =
  (apply: Apply): Apply =>
  (value, site, run, root) =>
    site.arguments === undefined
      ? apply(value, site, run, root)
      : run.problem(site, `->${site.name} takes no arguments and no parentheses`);

/** A method that has so many arguments. */
export const withArguments =
  (least: number, most: number, apply: Apply): Apply =>
  (value, site, run, root) => {
    const count = site.arguments?.length ?? 0;
    if (count >= least && count <= most) return apply(value, site, run, root);
    return run.problem(
      site,
      `->${site.name} takes ${words(least, most)}, but got ${String(count)}`,
    );
  };

function words(least: number, most: number): string {
  if (most === Infinity) return `at least ${plural(least)}`;
  return least === most ? plural(least) : `${String(least)} to ${plural(most)}`;
}

const plural = (count: number) => `${String(count)} argument${count === 1 ? '' : 's'}`;

/** The value of an argument, in which `@` is `current`. */
export const argument = (
  index: number,
  site: MethodSite,
  run: Run,
  root: Maybe,
  current: Value,
): Maybe => site.arguments?.[index]?.(run, root, current);
