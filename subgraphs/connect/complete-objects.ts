import type { Connector } from './connector-file.ts';
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

function complete(value: unknown, plan: Plan): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => complete(item, plan));
  // A cast: it is an object of JSON.
  const object = value as Readonly<Record<string, unknown>>;
  if (plan.key?.some((name) => object[name] == null) === true) return null;
  const completed: Record<string, unknown> = {};
  for (const name of plan.fields ?? []) completed[name] = null;
  for (const [name, field] of Object.entries(object))
    completed[name] = complete(field, plan.below.get(name) ?? NOTHING);
  return completed;
}

const NOTHING: Plan = { below: new Map() };
