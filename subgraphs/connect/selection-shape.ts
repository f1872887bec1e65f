import type { Mapping } from './mapping/mapping.ts';
import type { Expression, Path, Selection } from './mapping/syntax-tree.ts';

/** The fields of the objects that a mapping gives; lists are as their items. */
export type Shape = ReadonlyMap<string, Shape | undefined>;

/** @returns undefined where the mapping does not name the fields of what it gives */
export const shapeOfSelection = ({ expression }: Mapping): Shape | undefined => shapeOf(expression);

function shapeOf(expression: Expression): Shape | undefined {
  if (expression.kind === 'object') return shapeOfEntries(expression.selection);
  return expression.kind === 'path' ? shapeOfPath(expression) : undefined;
}

/** These give their input or a part of it. */
const PASS_ON = new Set(['filter', 'find', 'first', 'get', 'last', 'slice']);

function shapeOfPath({ start, steps }: Path): Shape | undefined {
  let shape = start.kind === 'expression' ? shapeOf(start.expression) : undefined;
  for (const step of steps) {
    if (step.kind === 'selection') shape = shapeOfEntries(step.selection);
    else if (step.kind === 'key') shape = shape?.get(step.key);
    else if (step.kind === 'method' && step.name === 'map') {
      const [item] = step.arguments ?? [];
      shape = item && shapeOf(item);
    } else if (step.kind === 'method' && !PASS_ON.has(step.name)) shape = undefined;
  }
  return shape;
}

function shapeOfEntries({ entries }: Selection): Shape | undefined {
  const fields = new Map<string, Shape | undefined>();
  for (const entry of entries) {
    const below = shapeOf(entry.expression);
    if (entry.kind === 'named') fields.set(entry.key, below);
    else if (entry.kind === 'whole') return below;
    else if (below === undefined) return undefined;
    else for (const [name, shape] of below) fields.set(name, shape);
  }
  return fields;
}
