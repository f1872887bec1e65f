import { refuseArguments, refuseUnknownMethod } from './methods/method-table.ts';
import type { Expression, MethodStep, Path, Step } from './syntax-tree.ts';

/** A method call in a mapping text, with its path. */
export interface MethodCall {
  readonly method: MethodStep;
  readonly path: Path;
  /** Number of steps of the path before the method. */
  readonly index: number;
  /** Whether it is inside a `->match` with a case for null. */
  readonly isGuarded: boolean;
}

/** A call that fails for any input. */
export interface InvalidCall {
  readonly kind: 'unknown' | 'arguments';
  readonly message: string;
  /** Characters before the name of the method. */
  readonly position: number;
}

/** Unknown methods, and arguments that a method never accepts. */
export const invalidCallsOf = (expression: Expression): readonly InvalidCall[] =>
  methodCallsOf(expression).flatMap(({ method }): readonly InvalidCall[] => {
    const { name, position } = method;
    const unknown = refuseUnknownMethod(name);
    if (unknown !== undefined) return [{ kind: 'unknown', message: unknown, position }];
    const message = refuseArguments(name, method.arguments?.length) ?? refusePairs(method);
    return message === undefined ? [] : [{ kind: 'arguments', message, position }];
  });

function refusePairs({ name, arguments: pairs = [] }: MethodStep): string | undefined {
  const isPair = (pair: Expression) => pair.kind === 'list' && pair.items.length === 2;
  return name === 'match' && !pairs.every(isPair)
    ? '->match takes pairs: ->match([candidate, value], [@, value for all others])'
    : undefined;
}

/** A nullable value that `->jsonStringify` writes. */
export interface NullText {
  /** The path: `$.size`. */
  readonly written: string;
  /** Characters before the name of the method. */
  readonly position: number;
}

/** Only for paths of keys: other methods rarely return null. */
export const nullTextsOf = (expression: Expression): readonly NullText[] =>
  methodCallsOf(expression).flatMap(({ method, path, index, isGuarded }) => {
    const { start, steps } = path;
    const before = steps.slice(Math.max(0, index - MAX_KEYS), index);
    const isOfKeys = before.length > 0 && before.every(({ kind }) => kind === 'key');
    if (method.name !== 'jsonStringify' || isGuarded || !isOfKeys || start.kind === 'variable')
      return [];
    const keys = before.map((step) => (step.kind === 'key' ? step.key : ''));
    return [{ written: keys.join('.'), position: method.position }];
  });

/** Maximum number of keys of a path in a message. */
const MAX_KEYS = 5;

/** The method calls of an expression, in the order of the text. */
function methodCallsOf(expression: Expression): readonly MethodCall[] {
  const calls: MethodCall[] = [];
  visit(expression, false, calls);
  return calls;
}

function visit(expression: Expression, isGuarded: boolean, found: MethodCall[]): void {
  switch (expression.kind) {
    case 'literal':
      return;
    case 'list':
      for (const item of expression.items) visit(item, isGuarded, found);
      return;
    case 'object':
      for (const entry of expression.selection.entries) visit(entry.expression, isGuarded, found);
      return;
    case 'choice':
      for (const operand of expression.operands) visit(operand, isGuarded, found);
      return;
    case 'path': {
      const { start, steps } = expression;
      if (start.kind === 'expression') visit(start.expression, isGuarded, found);
      for (const [index, step] of steps.entries())
        visitStep(step, { path: expression, index, isGuarded }, found);
    }
  }
}

function visitStep(step: Step, place: Omit<MethodCall, 'method'>, found: MethodCall[]): void {
  if (step.kind === 'selection')
    for (const entry of step.selection.entries) visit(entry.expression, place.isGuarded, found);
  if (step.kind !== 'method') return;
  found.push({ method: step, ...place });
  const isGuarded = place.isGuarded || matchesNull(step);
  for (const argument of step.arguments ?? []) visit(argument, isGuarded, found);
}

/** Whether a `->match` has a pair for null. */
export function matchesNull({ name, arguments: pairs = [] }: MethodStep): boolean {
  return (
    name === 'match' &&
    pairs.some((pair) => {
      const candidate = pair.kind === 'list' ? pair.items[0] : undefined;
      return candidate?.kind === 'literal' && candidate.value === null;
    })
  );
}
