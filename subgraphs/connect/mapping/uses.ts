import { matchesNull } from './method-calls.ts';
import type { Expression, MethodStep, Path, Selection } from './syntax-tree.ts';

/** A use of a variable: `$this.address.city` is `{ variable: '$this', path: ['address', 'city'] }`. */
export interface VariableUse {
  /** The name with its `$`; `$` alone is the input. */
  readonly variable: string;
  /** Keys, through lists too. */
  readonly path: readonly string[];
  /** Whether the mapping handles a null or missing value: by `?`, `??`, `?!`, or by a `->match` with null. */
  readonly optional: boolean;
  /** Number of characters before it in the mapping text. */
  readonly position: number;
}

type Origin = Omit<VariableUse, 'position'>;

interface Scope {
  /** The origins of `$` and `@`; undefined if they have more than one. */
  readonly root: Origin | undefined;
  readonly current: Origin | undefined;
  /** The origins of the variables of `->as`. */
  readonly locals: ReadonlyMap<string, Origin | undefined>;
  readonly optional: boolean;
}

/** Methods that return their input or a part of it: keys after them are keys of that input. */
const PASS_ON = new Set(['as', 'filter', 'find', 'first', 'get', 'last', 'slice']);

/** Methods that read of their input what their argument uses by `@`; without an argument, whether it exists. */
const SEEN_BY_ARGUMENT = new Set(['echo', 'map']);

/** The variables that an expression uses, in the order of the text. */
export function usesOfExpression(expression: Expression): VariableUse[] {
  const uses: VariableUse[] = [];
  const input: Origin = { variable: '$', path: [], optional: false };
  visit(
    expression,
    { root: input, current: input, locals: new Map(), optional: false },
    (use) => void uses.push(use),
  );
  return uses;
}

type Found = (use: VariableUse) => void;

function visit(expression: Expression, scope: Scope, found: Found): Origin | undefined {
  switch (expression.kind) {
    case 'literal':
      return undefined;
    case 'list':
      for (const item of expression.items) visit(item, scope, found);
      return undefined;
    case 'object':
      visitSelection(expression.selection, scope, found);
      return undefined;
    case 'choice':
      for (const operand of expression.operands) {
        const isLast = operand === expression.operands.at(-1);
        visit(operand, { ...scope, optional: scope.optional || !isLast }, found);
      }
      return undefined;
    case 'path':
      return visitPath(expression, scope, found);
  }
}

function visitSelection({ entries }: Selection, scope: Scope, found: Found): void {
  for (const { expression } of entries) visit(expression, scope, found);
}

/** @returns the origin of the whole path's value */
function visitPath(
  { start, steps, position }: Path,
  outer: Scope,
  found: Found,
): Origin | undefined {
  let origin = originOf(start, outer, found);
  let scope = outer;
  const use = () => {
    if (origin === undefined) return;
    found({ ...origin, optional: origin.optional || outer.optional, position });
  };
  for (const step of steps) {
    if (step.kind === 'key') {
      if (origin !== undefined) origin = { ...origin, path: [...origin.path, step.key] };
    } else if (step.kind === 'optional') {
      if (origin !== undefined) origin = { ...origin, optional: true };
    } else if (step.kind === 'selection') {
      if (step.selection.entries.length === 0) use();
      visitSelection(step.selection, { ...scope, root: origin, current: origin }, found);
      return undefined;
    } else {
      if (origin !== undefined && matchesNull(step)) origin = { ...origin, optional: true };
      const of = origin;
      const inside: VariableUse[] = [];
      scope = visitMethod(step, { ...scope, current: of }, (one) => void inside.push(one));
      inside.forEach(found);
      if (PASS_ON.has(step.name)) continue;
      const isInside = inside.some((one) => of !== undefined && isWithin(one, of));
      if (!isInside || !SEEN_BY_ARGUMENT.has(step.name)) use();
      origin = undefined;
    }
  }
  use();
  return origin;
}

const isWithin = ({ variable, path }: Origin, outer: Origin) =>
  variable === outer.variable && outer.path.every((key, index) => path[index] === key);

function originOf(start: Path['start'], scope: Scope, found: Found): Origin | undefined {
  switch (start.kind) {
    case 'root':
      return scope.root;
    case 'current':
      return scope.current;
    case 'expression':
      visit(start.expression, scope, found);
      return undefined;
    case 'variable':
      return scope.locals.has(start.name)
        ? scope.locals.get(start.name)
        : { variable: start.name, path: [], optional: false };
  }
}

/** @returns the scope of the following steps */
function visitMethod(step: MethodStep, scope: Scope, found: Found): Scope {
  const values = step.arguments ?? [];
  if (step.name !== 'as') {
    for (const value of values) visit(value, scope, found);
    return scope;
  }
  const [name, bound] = values;
  if (name?.kind !== 'path' || name.start.kind !== 'variable') return scope;
  const origin = bound === undefined ? scope.current : visit(bound, scope, found);
  return { ...scope, locals: new Map(scope.locals).set(name.start.name, origin) };
}
