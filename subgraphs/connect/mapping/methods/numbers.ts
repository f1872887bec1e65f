import type { Run } from '../run.ts';
import { isNumber, type Maybe, toInteger, typeName, type Value } from '../values.ts';
import { type Apply, argument, type Method, type MethodSite, withArguments } from './method.ts';

/** Methods of numbers. Integers are exact within 64 bits; numbers with a fraction are IEEE 754 doubles. */
export const NUMBER_METHODS: Readonly<Record<string, Method>> = {
  add: {
    apply: arithmetic(
      (a, b) => a + b,
      (a, b) => a + b,
    ),
  },
  div: { apply: arithmetic((a, b) => a / b) },
  mod: {
    apply: arithmetic(
      (a, b) => a % b,
      (a, b) => (b === 0n ? undefined : a % b),
    ),
  },
  mul: {
    apply: arithmetic(
      (a, b) => a * b,
      (a, b) => a * b,
    ),
  },
  parseInt: { apply: withArguments(0, 1, parseInteger) },
  sub: {
    apply: arithmetic(
      (a, b) => a - b,
      (a, b) => a - b,
    ),
  },
};

type OnFractions = (a: number, b: number) => number;
type OnIntegers = (a: bigint, b: bigint) => bigint | undefined;

function arithmetic(onFractions: OnFractions, onIntegers?: OnIntegers): Apply {
  return withArguments(1, Infinity, (value, site, run, root) => {
    if (!isNumber(value)) return notNumber(value, site, run);
    let result = value;
    for (const evaluate of site.arguments ?? []) {
      const operand = evaluate(run, root, value);
      if (!isNumber(operand)) return notNumber(operand, site, run);
      const next = calculate(result, operand, onFractions, onIntegers);
      if (next === undefined) {
        return run.problem(
          site,
          `->${site.name} of ${String(result)} and ${String(operand)} is no 64-bit number`,
        );
      }
      result = next;
    }
    return result;
  });
}

const notNumber = (value: Maybe, site: MethodSite, run: Run) =>
  run.problem(site, `->${site.name} takes numbers, but got ${typeName(value)}`);

type Numeric = number | bigint;

function calculate(
  a: Numeric,
  b: Numeric,
  onFractions: OnFractions,
  onIntegers?: OnIntegers,
): Numeric | undefined {
  const rounded = onFractions(Number(a), Number(b));
  if (onIntegers === undefined || !isInteger(a) || !isInteger(b)) {
    return Number.isFinite(rounded) ? rounded : undefined;
  }
  if (Number.isSafeInteger(rounded) && typeof a === 'number' && typeof b === 'number')
    // Integers have no negative zero.
    return rounded + 0;
  const exact = onIntegers(BigInt(a), BigInt(b));
  return exact === undefined || BigInt.asIntN(64, exact) !== exact ? undefined : toInteger(exact);
}

const isInteger = (value: Numeric) => typeof value === 'bigint' || Number.isInteger(value);

function parseInteger(value: Value, site: MethodSite, run: Run, root: Maybe): Maybe {
  if (typeof value !== 'string' && !isNumber(value)) {
    return run.problem(site, `->parseInt takes a text or a number, but got ${typeName(value)}`);
  }
  const base = site.arguments?.length === 1 ? argument(0, site, run, root, value) : 10;
  if (base === undefined) return undefined;
  if (!isNumber(base) || !Number.isInteger(Number(base)) || base < 2 || base > 36) {
    return run.problem(site, 'The base of ->parseInt must be an integer from 2 to 36');
  }
  const text = typeof value === 'number' ? String(Math.trunc(value)) : String(value);
  const parsed = integerOf(text, Number(base));
  if (parsed !== undefined) return parsed;
  return run.problem(
    site,
    `->parseInt found no 64-bit integer of base ${String(base)} in ${JSON.stringify(text.slice(0, 40))}`,
  );
}

/** Maximum length of a 64-bit integer with its sign: 2^63 in base 2. */
const MAX_DIGITS = 65;

function integerOf(text: string, base: number): number | bigint | undefined {
  const digits = text.replace(/^[+-]/, '');
  if (digits === '' || text.length > MAX_DIGITS) return undefined;
  let sum = 0n;
  for (const digit of digits) {
    const worth = /[\da-z]/i.test(digit) ? Number.parseInt(digit, 36) : base;
    if (worth >= base) return undefined;
    sum = sum * BigInt(base) + BigInt(worth);
  }
  const signed = text.startsWith('-') ? -sum : sum;
  return BigInt.asIntN(64, signed) === signed ? toInteger(signed) : undefined;
}
