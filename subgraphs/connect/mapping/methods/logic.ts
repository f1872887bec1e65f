import type { Run } from '../run.ts';
import { isList, isNumber, type Maybe, typeName, type Value } from '../values.ts';
import { equals } from './equality.ts';
import {
  type Apply,
  argument,
  type Method,
  type MethodSite,
  withArguments,
  withoutArguments,
} from './method.ts';

/** Methods whose result is true or false. */
export const LOGIC_METHODS: Readonly<Record<string, Method>> = {
  and: { apply: withArguments(1, Infinity, chain(false)) },
  contains: { apply: withArguments(1, 1, contains) },
  eq: { apply: compared((value, other, run) => equals(value, other, run)) },
  gt: { apply: ordered((order) => order > 0) },
  gte: { apply: ordered((order) => order >= 0) },
  in: { apply: withArguments(1, 1, isIn) },
  lt: { apply: ordered((order) => order < 0) },
  lte: { apply: ordered((order) => order <= 0) },
  ne: { apply: compared((value, other, run) => !equals(value, other, run)) },
  not: { apply: withoutArguments(not) },
  or: { apply: withArguments(1, Infinity, chain(true)) },
};

/** `and` stops at the first false, `or` at the first true: later arguments are not evaluated. */
function chain(decisive: boolean): Apply {
  return (value, site, run, root) => {
    if (typeof value !== 'boolean') return notBoolean(value, site, run);
    let result = value;
    for (const evaluate of site.arguments ?? []) {
      if (result === decisive) break;
      const next = evaluate(run, root, value);
      if (next === undefined) return undefined;
      if (typeof next === 'boolean') result = next;
      else
        run.problem(
          site,
          `An argument of ->${site.name} must be true or false, but is ${typeName(next)}`,
        );
    }
    return result;
  };
}

function not(value: Value, site: MethodSite, run: Run): Maybe {
  return typeof value === 'boolean' ? !value : notBoolean(value, site, run);
}

const notBoolean = (value: Value, site: MethodSite, run: Run) =>
  run.problem(site, `->${site.name} takes true or false, but got ${typeName(value)}`);

function compared(compare: (value: Value, other: Value, run: Run) => boolean): Apply {
  return withArguments(1, 1, (value, site, run, root) => {
    const other = argument(0, site, run, root, value);
    return other === undefined ? undefined : compare(value, other, run);
  });
}

function ordered(isTrue: (order: number) => boolean): Apply {
  return withArguments(1, Infinity, (value, site, run, root) => {
    const other = argument(0, site, run, root, value);
    if (other === undefined) return undefined;
    const areNumbers = isNumber(value) && isNumber(other);
    if (!areNumbers && (typeof value !== 'string' || typeof other !== 'string')) {
      const types = `${typeName(value)} and ${typeName(other)}`;
      return run.problem(
        site,
        `->${site.name} compares two numbers or two texts, but got ${types}`,
      );
    }
    if (typeof value === 'string') run.chargeText(value);
    return isTrue(value < other ? -1 : Number(value > other));
  });
}

function contains(value: Value, site: MethodSite, run: Run, root: Maybe): Maybe {
  const wanted = argument(0, site, run, root, value);
  if (wanted === undefined) return undefined;
  if (isList(value)) return value.some((item) => equals(item, wanted, run));
  return run.problem(site, `->contains takes a list, but got ${typeName(value)}`);
}

function isIn(value: Value, site: MethodSite, run: Run, root: Maybe): Maybe {
  const list = argument(0, site, run, root, value);
  if (list === undefined) return undefined;
  if (isList(list)) return list.some((item) => equals(item, value, run));
  return run.problem(site, `The argument of ->in must be a list, but is ${typeName(list)}`);
}
