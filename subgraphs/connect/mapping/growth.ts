import type { Expression, Path, Selection, Step } from './syntax-tree.ts';

/** Maximum number of copies of a value that an unmeasured mapping may make. */
const FEW_COPIES = 10_000;

/**
 * Whether a mapping can make its output much larger than its input: two `->echo([@, @])` make four copies, and forty exceed
 * any memory. The copies share memory until they are written out.
 */
export const mayGrow = (expression: Expression): boolean =>
  copiesIn(expression, false) > FEW_COPIES || repeats(expression, OUTSIDE);

/** The values that are equal for all items of the enclosing loop. */
interface Loop {
  readonly root: boolean;
  readonly current: boolean;
  readonly variables: boolean;
}

const OUTSIDE: Loop = { root: false, current: false, variables: false };
const OF_SELECTION: Loop = { root: false, current: false, variables: true };
const OF_MAP: Loop = { root: true, current: false, variables: true };

/** Methods whose arguments are not in their result. */
const TESTS = /^(?:and|contains|eq|filter|find|gte?|in|lte?|ne|not|or)$/;
/** Methods with a small result. */
const SMALL = /^(?:add|and|contains|div|eq|gte?|in|lte?|mod|mul|ne|not|or|parseInt|size|sub)$/;

/** Whether each item of a loop can get a value that is equal for all: `items->map($)` is the list, once for each of its items. */
function repeats(expression: Expression, loop: Loop): boolean {
  switch (expression.kind) {
    case 'literal':
      return false;
    case 'list':
      return expression.items.some((item) => repeats(item, loop));
    case 'object':
      return expressionsOf(expression.selection).some((one) => repeats(one, loop));
    case 'choice':
      return expression.operands.some((operand) => repeats(operand, loop));
    case 'path':
      return pathRepeats(expression, loop);
  }
}

function pathRepeats({ start, steps }: Path, loop: Loop): boolean {
  if (start.kind === 'expression' && repeats(start.expression, loop)) return true;
  const isShared =
    start.kind === 'variable' ? loop.variables : start.kind !== 'expression' && loop[start.kind];
  const last = steps.at(-1);
  const isSmall = last?.kind === 'selection' || (last?.kind === 'method' && SMALL.test(last.name));
  if (isShared && !isSmall) return true;
  return steps.some((step) => {
    if (step.kind === 'selection')
      return expressionsOf(step.selection).some((one) => repeats(one, OF_SELECTION));
    if (step.kind !== 'method' || TESTS.test(step.name)) return false;
    const inside = step.name === 'map' ? OF_MAP : { ...loop, current: isShared };
    return (step.arguments ?? []).some((argument) => repeats(argument, inside));
  });
}

/** @returns an upper bound of the copies that lists and objects in method arguments make */
function copiesIn(expression: Expression, inArgument: boolean): number {
  switch (expression.kind) {
    case 'literal':
      return 1;
    case 'list':
      return copiesOf(expression.items, inArgument);
    case 'object':
      return copiesOf(expressionsOf(expression.selection), inArgument);
    case 'choice':
      return product(expression.operands.map((operand) => copiesIn(operand, inArgument)));
    case 'path': {
      const { start, steps } = expression;
      const first = start.kind === 'expression' ? copiesIn(start.expression, inArgument) : 1;
      return first * product(steps.map((step) => copiesInStep(step, inArgument)));
    }
  }
}

function copiesOf(items: readonly Expression[], inArgument: boolean): number {
  const inside = product(items.map((item) => copiesIn(item, inArgument)));
  const read = items.filter(({ kind }) => kind !== 'literal').length;
  return inArgument && read > 0 ? inside * Math.max(2, read) : inside;
}

function copiesInStep(step: Step, inArgument: boolean): number {
  if (step.kind === 'selection') return copiesOf(expressionsOf(step.selection), inArgument);
  if (step.kind !== 'method') return 1;
  return product((step.arguments ?? []).map((argument) => copiesIn(argument, true)));
}

const expressionsOf = ({ entries }: Selection) => entries.map(({ expression }) => expression);

const product = (factors: readonly number[]) => factors.reduce((all, factor) => all * factor, 1);
