import type { Connector } from './connector-file.ts';
import { valueOf } from './objects.ts';
import type { ObjectTypes } from './object-types.ts';
import { type GivenObject, givenObjects } from './selection-fields.ts';

/** Makes what the selection of a connector gave complete. */
export type Complete = (value: unknown) => unknown;

/**
 * Makes objects complete whose type has connectors that find it by a key. A field that the selection names and the source left out is null, so
 * that it is not read again. An object without the key is null: there is nothing to find.
 */
export function createCompletion(
  types: ObjectTypes,
  connectors: readonly Connector[],
): (connector: Connector) => Complete {
  const keys = new Map(
    connectors.flatMap(({ entity }) =>
      entity === undefined ? [] : [[entity.type, entity.fields] as const],
    ),
  );
  return (connector) => {
    const plan: Plan = { below: new Map() };
    for (const given of givenObjects(connector, types)) addTo(plan, given, keys);
    return (value) => complete(value, plan);
  };
}

/** What to do with the objects at one place of a selection. */
interface Plan {
  fields?: readonly string[];
  key?: readonly string[];
  readonly below: Map<string, Plan>;
}

function addTo(
  root: Plan,
  { type, path, fields }: GivenObject,
  keys: ReadonlyMap<string, readonly string[]>,
): void {
  const key = keys.get(type);
  if (key === undefined || fields === undefined) return;
  let plan = root;
  for (const name of path) {
    const next = plan.below.get(name) ?? { below: new Map<string, Plan>() };
    plan.below.set(name, next);
    plan = next;
  }
  plan.fields = [...fields.keys()];
  // A key that the selection does not give is known from the request.
  if (key.every((name) => fields.has(name))) plan.key = key;
}

/** Copies what it changes, and nothing else: most responses are complete. */
function complete(value: unknown, plan: Plan | undefined): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return completeList(value, plan);
  // A cast: it is an object of JSON.
  const object = value as Readonly<Record<string, unknown>>;
  if (plan?.key?.some((name) => valueOf(object, name) == null) === true) return null;
  let completed: Record<string, unknown> | undefined;
  for (const name of plan?.fields ?? [])
    if (!Object.hasOwn(object, name)) (completed ??= { ...object })[name] = null;
  for (const name of Object.keys(object)) {
    const field = object[name];
    if (typeof field !== 'object' && typeof field !== 'bigint') continue;
    const changed = complete(field, plan?.below.get(name));
    if (changed !== field) (completed ??= { ...object })[name] = changed;
  }
  return completed ?? object;
}

function completeList(list: readonly unknown[], plan: Plan | undefined): readonly unknown[] {
  let completed: unknown[] | undefined;
  for (const [index, item] of list.entries()) {
    const changed = complete(item, plan);
    if (changed !== item) (completed ??= [...list])[index] = changed;
  }
  return completed ?? list;
}
