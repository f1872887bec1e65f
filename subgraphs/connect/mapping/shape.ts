import { toCamelCase } from './methods/objects.ts';
import type { Entry, Expression, Literal, MethodStep, Path, Step } from './syntax-tree.ts';

/** The possible results of a mapping, derived from its text. The input and the variables can be anything. */
export type Shape =
  | { readonly kind: 'anything' }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'literal'; readonly value: Literal['value']; readonly position: number }
  | { readonly kind: 'scalar'; readonly type: 'boolean' | 'integer' | 'number' | 'string' }
  | { readonly kind: 'list'; readonly of: Shape }
  | ObjectShape
  /** `of`, or lists of it: the result of a sub-selection depends on its input. */
  | { readonly kind: 'each'; readonly of: Shape }
  | { readonly kind: 'either'; readonly shapes: readonly Shape[] };

export interface ObjectShape {
  readonly kind: 'object';
  readonly fields: ReadonlyMap<string, Shape>;
  /** Positions of the fields in the text: number of characters before each. */
  readonly positions: ReadonlyMap<string, number>;
  /** Whether it may have more properties: an unknown value was spread. */
  readonly open: boolean;
}

interface Scope {
  readonly root: Shape;
  readonly current: Shape;
  readonly locals: ReadonlyMap<string, Shape>;
  /** Remaining number of expressions to visit: nested alternatives multiply. */
  readonly budget: { left: number };
}

const ANYTHING: Shape = { kind: 'anything' };
const NOTHING: Shape = { kind: 'nothing' };
const BOOLEAN: Shape = { kind: 'scalar', type: 'boolean' };
const INTEGER: Shape = { kind: 'scalar', type: 'integer' };
const NUMBER: Shape = { kind: 'scalar', type: 'number' };
const STRING: Shape = { kind: 'scalar', type: 'string' };

/** Maximum number of alternatives; more count as `anything`. */
const MAX_ALTERNATIVES = 100;
const MAX_EXPRESSIONS = 100_000;

export const shapeOfExpression = (expression: Expression): Shape =>
  shapeIn(expression, {
    root: ANYTHING,
    current: ANYTHING,
    locals: new Map(),
    budget: { left: MAX_EXPRESSIONS },
  });

function shapeIn(expression: Expression, scope: Scope): Shape {
  scope.budget.left -= 1;
  if (scope.budget.left < 0) return ANYTHING;
  switch (expression.kind) {
    case 'literal':
      return expression;
    case 'list':
      return { kind: 'list', of: either(expression.items.map((item) => shapeIn(item, scope))) };
    case 'object':
      return shapeOfEntries(expression.selection.entries, scope);
    case 'choice':
      return either(expression.operands.map((operand) => shapeIn(operand, scope)));
    case 'path':
      return shapeOfPath(expression, scope);
  }
}

function shapeOfPath({ start, steps }: Path, outer: Scope): Shape {
  let scope = outer;
  let shape = shapeOfStart(start, scope);
  for (const step of steps) {
    if (step.kind === 'method' && step.name === 'as') scope = withBound(step, shape, scope);
    else shape = distribute(shape, (each) => shapeAfter(step, each, scope));
  }
  return shape;
}

function shapeOfStart(start: Path['start'], scope: Scope): Shape {
  switch (start.kind) {
    case 'root':
      return scope.root;
    case 'current':
      return scope.current;
    case 'expression':
      return shapeIn(start.expression, scope);
    case 'variable':
      return scope.locals.get(start.name) ?? ANYTHING;
  }
}

function withBound(step: MethodStep, current: Shape, scope: Scope): Scope {
  const [name, bound] = step.arguments ?? [];
  if (name?.kind !== 'path' || name.start.kind !== 'variable') return scope;
  const shape = bound === undefined ? current : shapeIn(bound, { ...scope, current });
  return { ...scope, locals: new Map(scope.locals).set(name.start.name, shape) };
}

function shapeAfter(step: Step, shape: Shape, scope: Scope): Shape {
  if (shape.kind === 'nothing') return NOTHING;
  switch (step.kind) {
    case 'optional':
      return shape.kind === 'literal' && shape.value === null ? NOTHING : shape;
    case 'key':
      return property(shape, step.key);
    case 'selection':
      return select(shape, step.selection.entries, scope);
    case 'method':
      return METHOD_SHAPES[step.name]?.(shape, step, { ...scope, current: shape }) ?? ANYTHING;
  }
}

function property(shape: Shape, key: string): Shape {
  switch (shape.kind) {
    case 'object':
      return shape.fields.get(key) ?? (shape.open ? ANYTHING : NOTHING);
    case 'list':
    case 'each':
      return { kind: shape.kind, of: distribute(shape.of, (item) => property(item, key)) };
    case 'anything':
      return ANYTHING;
    case 'either':
    case 'literal':
    case 'nothing':
    case 'scalar':
      return NOTHING;
  }
}

function select(shape: Shape, entries: readonly Entry[], scope: Scope): Shape {
  if (shape.kind === 'list' || shape.kind === 'each') {
    return { kind: shape.kind, of: distribute(shape.of, (item) => select(item, entries, scope)) };
  }
  const selected = shapeOfEntries(entries, { ...scope, root: shape, current: shape });
  return shape.kind === 'anything' ? { kind: 'each', of: selected } : selected;
}

function shapeOfEntries(entries: readonly Entry[], scope: Scope): Shape {
  let shape: Shape = { kind: 'object', fields: new Map(), positions: new Map(), open: false };
  for (const entry of entries) {
    const value = shapeIn(entry.expression, scope);
    const part: Shape =
      entry.kind === 'named'
        ? {
            kind: 'object',
            fields: new Map([[entry.key, value]]),
            positions: new Map([[entry.key, entry.position]]),
            open: false,
          }
        : value;
    shape = distribute(shape, (first) => distribute(part, (second) => join(first, second)));
  }
  return shape;
}

/** The shape of two merged entries of a selection. */
function join(first: Shape, second: Shape): Shape {
  if (second.kind === 'nothing' || isNull(first)) return first;
  if (isNull(second)) return second;
  if (second.kind === 'each') return distribute(second.of, (item) => join(first, item));
  if (first.kind !== 'object') return second;
  if (second.kind !== 'object')
    return second.kind === 'anything' ? { ...first, open: true } : second;
  const fields = new Map(first.fields);
  for (const [key, value] of second.fields) {
    const known = fields.get(key);
    // Incompatible alternatives of two spreads.
    if (key === '__typename' && isOther(known, value)) return NOTHING;
    fields.set(key, known === undefined ? value : join(known, value));
  }
  const positions = new Map([...second.positions, ...first.positions]);
  return { kind: 'object', fields, positions, open: first.open || second.open };
}

const isOther = (known: Shape | undefined, value: Shape) =>
  known?.kind === 'literal' && value.kind === 'literal' && known.value !== value.value;

const isNull = (shape: Shape) => shape.kind === 'literal' && shape.value === null;

/** Applies a function to each alternative. */
function distribute(shape: Shape, follow: (each: Shape) => Shape): Shape {
  return shape.kind === 'either' ? either(shape.shapes.map(follow)) : follow(shape);
}

function either(shapes: readonly Shape[]): Shape {
  const flat = shapes.flatMap((shape) => (shape.kind === 'either' ? shape.shapes : [shape]));
  const distinct = [...new Set(flat)];
  const [only] = distinct;
  if (only === undefined) return NOTHING;
  if (distinct.length === 1) return only;
  return distinct.length > MAX_ALTERNATIVES ? ANYTHING : { kind: 'either', shapes: distinct };
}

type MethodShape = (shape: Shape, step: MethodStep, scope: Scope) => Shape;

const always =
  (shape: Shape): MethodShape =>
  () =>
    shape;

const argumentShape = (step: MethodStep, scope: Scope): Shape => {
  const [first] = step.arguments ?? [];
  return first === undefined ? NOTHING : shapeIn(first, scope);
};

/** The shape of a list's item, or of a text's character. */
function itemOf(shape: Shape): Shape {
  if (shape.kind === 'list') return shape.of;
  return isText(shape) ? STRING : ANYTHING;
}

const isText = (shape: Shape) =>
  (shape.kind === 'scalar' && shape.type === 'string') ||
  (shape.kind === 'literal' && typeof shape.value === 'string');

const itemOrNothing: MethodShape = (shape) => either([itemOf(shape), NOTHING]);

/** Methods that accept one value instead of a list treat it as a list of one. */
const itemsOf = (shape: Shape): Shape =>
  shape.kind === 'object' || shape.kind === 'literal' || shape.kind === 'scalar'
    ? shape
    : itemOf(shape);

const match: MethodShape = (_shape, { arguments: pairs = [] }, scope) => {
  const shapes: Shape[] = [];
  for (const pair of pairs) {
    if (pair.kind !== 'list' || pair.items.length !== 2) continue;
    const [candidate, value] = pair.items;
    if (candidate === undefined || value === undefined) continue;
    shapes.push(shapeIn(value, scope));
    const matchesAll = candidate.kind === 'path' && candidate.start.kind === 'current';
    if (matchesAll && candidate.steps.length === 0) return either(shapes);
  }
  return either([...shapes, NOTHING]);
};

const renamed = (shape: Shape, deep: boolean): Shape => {
  if (shape.kind === 'list' && deep) return { kind: 'list', of: renamed(shape.of, deep) };
  if (shape.kind === 'either') return either(shape.shapes.map((each) => renamed(each, deep)));
  if (shape.kind !== 'object') return shape;
  const fields = [...shape.fields].map(
    ([key, value]) => [toCamelCase(key), deep ? renamed(value, deep) : value] as const,
  );
  const positions = new Map(
    [...shape.positions].map(([key, position]) => [toCamelCase(key), position] as const),
  );
  return { ...shape, fields: new Map(fields), positions };
};

const entriesShape: MethodShape = (shape) => {
  const values =
    shape.kind === 'object' && !shape.open ? either([...shape.fields.values()]) : ANYTHING;
  const fields = new Map<string, Shape>([
    ['key', STRING],
    ['value', values],
  ]);
  return { kind: 'list', of: { kind: 'object', fields, positions: new Map(), open: false } };
};

export const METHOD_SHAPES: Readonly<Record<string, MethodShape>> = {
  add: always(NUMBER),
  and: always(BOOLEAN),
  contains: always(BOOLEAN),
  div: always(NUMBER),
  echo: (_shape, step, scope) => argumentShape(step, scope),
  entries: entriesShape,
  eq: always(BOOLEAN),
  filter: (shape) => ({ kind: 'list', of: itemsOf(shape) }),
  find: (shape) => either([itemsOf(shape), NOTHING]),
  first: itemOrNothing,
  get: itemOrNothing,
  gt: always(BOOLEAN),
  gte: always(BOOLEAN),
  in: always(BOOLEAN),
  joinNotNull: always(STRING),
  jsonParse: always(ANYTHING),
  jsonStringify: always(STRING),
  keysToCamelCase: (shape) => renamed(shape, false),
  keysToCamelCaseDeep: (shape) => renamed(shape, true),
  last: itemOrNothing,
  lt: always(BOOLEAN),
  lte: always(BOOLEAN),
  map: (shape, step, scope) => ({
    kind: 'list',
    of: argumentShape(step, { ...scope, current: itemsOf(shape) }),
  }),
  match,
  mod: always(NUMBER),
  mul: always(NUMBER),
  ne: always(BOOLEAN),
  not: always(BOOLEAN),
  or: always(BOOLEAN),
  parseInt: always(INTEGER),
  size: always(INTEGER),
  slice: (shape) => (isText(shape) ? STRING : shape.kind === 'list' ? shape : ANYTHING),
  split: always({ kind: 'list', of: STRING }),
  sub: always(NUMBER),
  toString: always(STRING),
  trim: always(STRING),
  trimEnd: always(STRING),
  trimStart: always(STRING),
};
