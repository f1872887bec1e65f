import type { Expression, Selection, Step } from './syntax-tree.ts';

/** Copies of a value that a mapping may make without being measured. */
const FEW_COPIES = 10_000;

/**
 * Whether a mapping can make its output much larger than its input: `->echo([@, @])` twice is four copies, forty times
 * more than any memory holds. The copies share their memory until somebody writes them out.
 */
export const mayGrow = (expression: Expression): boolean =>
  copiesIn(expression, false) > FEW_COPIES;

/** @returns a bound of the copies that the lists and objects in arguments of methods make together */
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
