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

/** A mapping that was read and can be evaluated any number of times, also at the same time. */
export interface Mapping {
  readonly text: string;
  readonly version: MappingVersion;
  readonly expression: Expression;
  readonly run: Evaluate;
  /** Its output may be much larger than its input, and is counted. */
  readonly isMeasured: boolean;
}

export interface Evaluation {
  /** undefined: there is no value, which is not the same as null. */
  readonly value: Maybe;
  /** What could not be done, at most a hundred; each place of the mapping once, with how often. */
  readonly problems: readonly Problem[];
}

/**
 * Reads a mapping: the text of `selection`, `body`, `queryParams`, `isSuccess` and `errors`.
 * @throws MappingSyntaxError with the place in the text
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
 * Applies a mapping to JSON. Never throws; ends after a bounded amount of work with a problem.
 * @param input the value of `$`: the body of a response. undefined: there is none.
 * @param variables by their names: `{ $args: { id: '1' }, $status: 200 }`
 */
export function evaluate(
  mapping: Mapping,
  input: unknown,
  variables: Readonly<Record<string, unknown>> = {},
): Evaluation {
  // Whoever calls has read both from JSON; anything else counts as an object without properties.
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
    // Names can be taken from variables where there is no input: `id: $args.id`.
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

/** Where a mapping reads which variables, in the order of the text: for keys, checks, and calls that would need a null. */
export const usesOf = (mapping: Mapping): readonly VariableUse[] =>
  usesOfExpression(mapping.expression);

/** Calls of methods that can never work, in the order of the text. */
export const invalidCallsIn = (mapping: Mapping): readonly InvalidCall[] =>
  invalidCallsOf(mapping.expression);

/** Where a mapping would write null as the text "null". */
export const nullTextsIn = (mapping: Mapping): readonly NullText[] =>
  nullTextsOf(mapping.expression);

/** What a mapping can give, whatever its input and variables are: for checks against declared types. */
export const shapeOf = (mapping: Mapping): Shape => shapeOfExpression(mapping.expression);
