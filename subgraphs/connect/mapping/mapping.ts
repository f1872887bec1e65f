import { compileExpression } from './compile.ts';
import { mayGrow } from './growth.ts';
import { type NullText, nullTextsOf, type InvalidCall, invalidCallsOf } from './method-calls.ts';
import { parseText } from './parser.ts';
import { type Evaluate, LimitReached, type Problem, Run } from './run.ts';
import { type Shape, shapeOfExpression } from './shape.ts';
import { placeIn } from './syntax-error.ts';
import type { Expression, MappingVersion } from './syntax-tree.ts';
import { type VariableUse, usesOfExpression } from './uses.ts';
import type { Maybe } from './values.ts';

export { MappingSyntaxError } from './syntax-error.ts';
export type { Problem } from './run.ts';
export type { ObjectShape, Shape } from './shape.ts';
export type { MappingVersion } from './syntax-tree.ts';
export type { VariableUse } from './uses.ts';

/** A parsed mapping. It can be evaluated any number of times, also concurrently. */
export interface Mapping {
  readonly text: string;
  readonly version: MappingVersion;
  readonly expression: Expression;
  readonly run: Evaluate;
  /** Whether its output may be much larger than its input, and is measured. */
  readonly isMeasured: boolean;
}

export interface Evaluation {
  /** undefined: there is no value, which differs from null. */
  readonly value: Maybe;
  /** At most a hundred problems; each position of the mapping once, with its count. */
  readonly problems: readonly Problem[];
}

/**
 * Parses a mapping: the text of `selection`, `body`, `queryParams`, `isSuccess` and `errors`.
 * @throws MappingSyntaxError with the position in the text
 */
export function parseMapping(text: string, version: MappingVersion): Mapping {
  const expression = parseText(text, version);
  return {
    text,
    version,
    expression,
    run: compileExpression(expression),
    isMeasured: mayGrow(expression),
  };
}

/**
 * Applies a mapping to JSON. Never throws; ends with a problem after a bounded amount of work.
 * @param input the value of `$`: the body of a response. undefined: there is none
 * @param variables by name: `{ $args: { id: '1' }, $status: 200 }`
 */
export function evaluate(
  mapping: Mapping,
  input: unknown,
  variables: Readonly<Record<string, unknown>> = {},
): Evaluation {
  // The cast is safe: callers pass JSON; any other value counts as an object without properties.
  const run = new Run(variables as Readonly<Record<string, Maybe>>);
  const value = valueOf(mapping, input as Maybe, run);
  const problems = run.problems.map((problem) => ({
    ...problem,
    ...placeIn(mapping.text, problem.position),
  }));
  return { value, problems };
}

function valueOf(mapping: Mapping, input: Maybe, run: Run): Maybe {
  try {
    // Without an input, names can still use variables: `id: $args.id`.
    const current = input === undefined && isNames(mapping.expression) ? null : input;
    const result = mapping.run(run, current, current);
    const value = current !== input && result === null ? undefined : result;
    if (mapping.isMeasured) run.measure(value);
    return value;
  } catch (error) {
    if (!(error instanceof LimitReached)) throw error;
    return run.problem({ kind: 'limit', position: 0, path: [] }, error.message);
  }
}

const isNames = (expression: Expression) =>
  expression.kind === 'path' &&
  expression.start.kind === 'current' &&
  expression.steps[0]?.kind === 'selection';

/** The uses of variables in the order of the text: for keys, checks, and required values. */
export const usesOf = (mapping: Mapping): readonly VariableUse[] =>
  usesOfExpression(mapping.expression);

/** Method calls that always fail, in the order of the text. */
export const invalidCallsIn = (mapping: Mapping): readonly InvalidCall[] =>
  invalidCallsOf(mapping.expression);

/** Positions where a mapping would write null as the text "null". */
export const nullTextsIn = (mapping: Mapping): readonly NullText[] =>
  nullTextsOf(mapping.expression);

/** The possible results of a mapping for any input and variables: for checks against declared types. */
export const shapeOf = (mapping: Mapping): Shape => shapeOfExpression(mapping.expression);
