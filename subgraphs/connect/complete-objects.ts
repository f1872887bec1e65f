import type { Connector } from './connector-file.ts';
import type { ObjectTypes } from './object-types.ts';
import { abstractPlaces, type GivenObject, givenObjects } from './selection-fields.ts';

/**
 * Makes what the selection of a connector gave complete.
 * @param unknownType is called for each object of a union or an interface whose `__typename` is none of its types
 */
export type Complete = (value: unknown, unknownType: (path: readonly string[]) => void) => unknown;

/**
 * Makes objects complete whose type has connectors that find it by a key. A field that the selection names and the source left out is null, so
 * that it is not read again. An object without the key is null: there is nothing to find. So is one of a type that its field cannot have.
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
    for (const { path, members } of abstractPlaces(connector, types))
      planAt(plan, path).abstract = { path, members };
    for (const given of givenObjects(connector, types)) addTo(plan, given, keys);
    return (value, unknownType) => complete(value, plan, unknownType);
  };
}

/** What to do with the objects at one place of a selection. */
interface Plan {
  fields?: readonly string[];
  key?: readonly string[];
  /** Where they are of a union or an interface; what to do with each type is below, as `...Book`. */
  abstract?: { readonly path: readonly string[]; readonly members: ReadonlySet<string> };
  readonly below: Map<string, Plan>;
}

function planAt(root: Plan, path: readonly string[]): Plan {
  let plan = root;
  for (const name of path) {
    const next = plan.below.get(name) ?? { below: new Map<string, Plan>() };
    plan.below.set(name, next);
    plan = next;
  }
  return plan;
}

function addTo(
  root: Plan,
  { type, path, fields }: GivenObject,
  keys: ReadonlyMap<string, readonly string[]>,
): void {
  const key = keys.get(type);
  if (key === undefined || fields === undefined) return;
  const plan = planAt(root, path);
  // Of alternatives, those that all of them name.
  plan.fields = [...fields.keys()].filter((name) => plan.fields?.includes(name) !== false);
  // A key that the selection does not give is known from the request.
  if (key.every((name) => fields.has(name))) plan.key = key;
}

function complete(value: unknown, plan: Plan, unknownType: Parameters<Complete>[1]): unknown {
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: unknown) => complete(item, plan, unknownType));
  // A cast: it is an object of JSON.
  const object = value as Readonly<Record<string, unknown>>;
  if (plan.abstract === undefined) return completeObject(object, plan, unknownType);
  const { path, members } = plan.abstract;
  const { __typename: type } = object;
  if (typeof type === 'string' && members.has(type))
    return completeObject(object, plan.below.get(`...${type}`) ?? NOTHING, unknownType);
  unknownType(path);
  return null;
}

function completeObject(
  object: Readonly<Record<string, unknown>>,
  plan: Plan,
  unknownType: Parameters<Complete>[1],
): unknown {
  if (plan.key?.some((name) => object[name] == null) === true) return null;
  const completed: Record<string, unknown> = {};
  for (const name of plan.fields ?? []) completed[name] = null;
  for (const [name, field] of Object.entries(object))
    completed[name] = complete(field, plan.below.get(name) ?? NOTHING, unknownType);
  return completed;
}

const NOTHING: Plan = { below: new Map() };
