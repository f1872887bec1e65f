import { merge } from './merge.ts';
import { METHODS, type MethodSite, refuseUnknownMethod } from './methods/method-table.ts';
import { type Evaluate, propertyNotFound, type Run, type Site } from './run.ts';
import type {
  Entry,
  Expression,
  KeyStep,
  MethodStep,
  Path,
  PathStart,
  Selection,
  Step,
} from './syntax-tree.ts';
import {
  isList,
  isObject,
  type Maybe,
  propertyOf,
  setProperty,
  typeName,
  type Value,
} from './values.ts';

/** One step of a path: from a value to the next. */
type Take = (run: Run, root: Maybe, value: Value) => Maybe;

/** Compiles an expression into a function: decisions about the text are made once, not in each evaluation. */
export function compileExpression(expression: Expression): Evaluate {
  switch (expression.kind) {
    case 'literal': {
      const { value } = expression;
      return () => value;
    }
    case 'list': {
      const items = expression.items.map(compileExpression);
      return (run, root, current) => items.map((item) => item(run, root, current) ?? null);
    }
    case 'object':
      return compileEntries(expression.selection);
    case 'choice': {
      const operands = expression.operands.map(compileExpression);
      const isAcceptable =
        expression.operator === '??'
          ? (value: Maybe) => value !== undefined && value !== null
          : (value: Maybe) => value !== undefined;
      return (run, root, current) =>
        run.firstOf(
          operands.map((operand) => () => operand(run, root, current)),
          isAcceptable,
        );
    }
    case 'path':
      return compilePath(expression);
  }
}

function compilePath({ start, steps, position }: Path): Evaluate {
  const begin = compileStart(start, position);
  const path: string[] = [];
  const takes = steps.map((step, index) => {
    if (step.kind === 'key') path.push(step.key);
    return compileStep(step, { path: [...path], next: steps[index + 1], start });
  });
  const binds = steps.some((step) => step.kind === 'method' && step.name === 'as');
  const [only] = takes;
  // Most entries of a selection are single keys.
  if (!binds && start.kind === 'root' && takes.length === 1 && only !== undefined) {
    return (run, root) => (root === undefined ? undefined : only(run, root, root));
  }
  const follow: Evaluate = (run, root, current) => {
    let value = begin(run, root, current);
    for (const take of takes) {
      if (value === undefined) return undefined;
      value = take(run, root, value);
    }
    return value;
  };
  return binds ? withOwnLocals(follow) : follow;
}

/** Limits variables of `->as` to the rest of their path. */
function withOwnLocals(follow: Evaluate): Evaluate {
  return (run, root, current) => {
    const outside = run.locals;
    const value = follow(run, root, current);
    run.locals = outside;
    return value;
  };
}

function compileStart(start: PathStart, position: number): Evaluate {
  switch (start.kind) {
    case 'root':
      return (_run, root) => root;
    case 'current':
      return (_run, _root, current) => current;
    case 'expression':
      return compileExpression(start.expression);
    case 'variable': {
      const { name } = start;
      const site: Site = { kind: 'missing_variable', position, path: [] };
      return (run) => {
        const local = run.locals.get(name);
        if (local !== undefined) return local;
        const value = Object.hasOwn(run.variables, name) ? run.variables[name] : undefined;
        return value === undefined ? run.problem(site, `There is no variable ${name} here`) : value;
      };
    }
  }
}

interface StepContext {
  readonly path: readonly string[];
  readonly next: Step | undefined;
  readonly start: PathStart;
}

function compileStep(step: Step, { path, next, start }: StepContext): Take {
  switch (step.kind) {
    case 'key':
      return compileKey(step, next?.kind === 'optional', {
        kind:
          start.kind === 'variable' && INPUTS.has(start.name)
            ? 'missing_input'
            : 'missing_property',
        position: step.position,
        path: path.slice(0, -1),
      });
    case 'method':
      return compileMethod(step, path);
    case 'optional':
      return (_run, _root, value) => value ?? undefined;
    case 'selection':
      return compileSelection(step.selection, path);
  }
}

/** Variables with content from the client. */
const INPUTS: ReadonlySet<string> = new Set(['$args', '$batch', '$context', '$request', '$this']);

function compileKey({ key }: KeyStep, optional: boolean, site: Site): Take {
  const isInherited = key in Object.prototype;
  const property = (run: Run, value: Value, index?: number): Maybe => {
    const isSelectable = isObject(value);
    if (isSelectable) {
      const child = isInherited ? propertyOf(value, key) : value[key];
      if (child !== undefined) return child;
    }
    if (!(optional && isSelectable) && !run.again(site)) {
      const inside = index === undefined ? [key] : [index, key];
      run.problem(site, propertyNotFound(key, value), inside);
    }
    return undefined;
  };
  const ofItems = (run: Run, list: readonly Value[]): Value => {
    run.charge(list.length);
    return run.nested(() =>
      list.map((item, index) =>
        isList(item) ? ofItems(run, item) : (property(run, item, index) ?? null),
      ),
    );
  };
  return (run, _root, value) => (isList(value) ? ofItems(run, value) : property(run, value));
}

function compileMethod(step: MethodStep, path: readonly string[]): Take {
  const { name, position } = step;
  const site: MethodSite = {
    kind: name === 'match' ? 'no_match' : 'method',
    name,
    position,
    path,
    written: step.arguments,
    arguments: step.arguments?.map(compileExpression),
    pairs: name === 'match' ? compilePairs(step) : [],
    weight: 1 + (step.arguments ?? []).reduce((sum, argument) => sum + weightOf(argument), 0),
  };
  const refusal = refuseUnknownMethod(name);
  const method = refusal === undefined ? METHODS[name] : undefined;
  if (method === undefined) return (run) => run.problem(site, refusal ?? '');
  return (run, root, value) => method.apply(value, site, run, root);
}

/** The candidates of `->match` with their values. Other arguments never match. */
function compilePairs(step: MethodStep): MethodSite['pairs'] {
  return (step.arguments ?? []).flatMap((argument) => {
    if (argument.kind !== 'list' || argument.items.length !== 2) return [];
    const [candidate, value] = argument.items.map(compileExpression);
    return candidate === undefined || value === undefined ? [] : [{ candidate, value }];
  });
}

function compileSelection(selection: Selection, path: readonly string[]): Take {
  const build = compileEntries(selection);
  const weight = 1 + weightOfSelection(selection);
  const isPlain = (output: Maybe) => isObject(output) && Object.keys(output).length === 0;
  const select = (run: Run, value: Value): Maybe => {
    if (!isList(value)) {
      run.charge(weight);
      const output = build(run, value, value);
      // A scalar without selected properties stays unchanged.
      return !isObject(value) && isPlain(output) ? value : output;
    }
    return run.nested(() =>
      value.map((item, index) => {
        run.path.push(index);
        const output = select(run, item);
        run.path.pop();
        return output ?? null;
      }),
    );
  };
  return (run, _root, value) => {
    const { length } = run.path;
    for (const key of path) run.path.push(key);
    const output = select(run, value);
    run.path.length = length;
    return output;
  };
}

interface NamedValue {
  readonly key: string;
  readonly evaluate: Evaluate;
}

function compileEntries({ entries }: Selection): Evaluate {
  const names = entries.flatMap((entry) => (entry.kind === 'named' ? [entry.key] : []));
  if (new Set(names).size < entries.length) return compileMerged(entries);
  const named: NamedValue[] = entries.map((entry) => ({
    key: names.shift() ?? '',
    evaluate: compileExpression(entry.expression),
  }));
  return (run, root, current) => {
    const output: Record<string, Value> = {};
    for (const { key, evaluate } of named) {
      const value = evaluate(run, root, current);
      if (value === undefined) continue;
      if (key === '__proto__') setProperty(output, key, value);
      else output[key] = value;
    }
    return output;
  };
}

/** Entries that may set the same property. */
function compileMerged(entries: readonly Entry[]): Evaluate {
  const parts = entries.map((entry) => {
    const evaluate = compileExpression(entry.expression);
    const site: Site = { kind: 'conflict', position: entry.position, path: [] };
    return { entry, evaluate, site };
  });
  return (run, root, current) => {
    let output: Maybe = {};
    for (const { entry, evaluate, site } of parts) {
      const value = partOf(entry, evaluate(run, root, current), run, site);
      output = merge(output, value, run, site);
    }
    return output;
  };
}

function partOf(entry: Entry, value: Maybe, run: Run, site: Site): Maybe {
  if (entry.kind === 'named' && value !== undefined) {
    const part: Record<string, Value> = {};
    setProperty(part, entry.key, value);
    return part;
  }
  if (entry.kind !== 'spread' || value === null || isObject(value)) return value;
  return run.problem(site, `Only an object or null can be spread, but got ${typeName(value)}`);
}

/** Number of nodes of an expression: the cost of one evaluation, without loops. */
function weightOf(expression: Expression): number {
  switch (expression.kind) {
    case 'literal':
      return 1;
    case 'list':
      return expression.items.reduce((sum, item) => sum + weightOf(item), 1);
    case 'choice':
      return expression.operands.reduce((sum, operand) => sum + weightOf(operand), 1);
    case 'object':
      return 1 + weightOfSelection(expression.selection);
    case 'path': {
      const { start, steps } = expression;
      const first = start.kind === 'expression' ? weightOf(start.expression) : 1;
      return steps.reduce((sum, step) => sum + weightOfStep(step), first);
    }
  }
}

const weightOfSelection = ({ entries }: Selection): number =>
  entries.reduce((sum, { expression }) => sum + weightOf(expression), 0);

function weightOfStep(step: Step): number {
  if (step.kind !== 'method') return 1;
  return (step.arguments ?? []).reduce((sum, argument) => sum + weightOf(argument), 1);
}
