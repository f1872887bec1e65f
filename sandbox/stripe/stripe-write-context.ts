import { noSuch } from './stripe-errors.ts';
import { expand, readExpansions } from './stripe-expand.ts';
import type { JsonObject, Kind, WireObject } from './stripe-json.ts';
import type { ParamReader } from './stripe-param-reader.ts';
import type { Store } from './stripe-store.ts';

/** What a write needs besides its parameters. */
export interface WriteContext {
  readonly store: Store;
  /** Unique among all writes. */
  readonly key: string;
  /** Seconds since 1970. */
  readonly now: number;
  /** The id in the path; empty where it has none. */
  readonly id: string;
}

export type Write = (params: ParamReader, context: WriteContext) => JsonObject;

/** The object that a parameter names; a deleted one does not exist. */
export function findNamed(
  kind: Kind,
  id: string,
  param: string,
  { store }: WriteContext,
): WireObject {
  const found = store.find(kind, id);
  if (found === undefined || found['deleted'] === true)
    throw noSuch(kind, id, { param, status: 400 });
  return found;
}

/** What the path names; messages blame it on `param`, which differs between Stripe's endpoints. */
export function findInPath(kind: Kind, param: string, { store, id }: WriteContext): WireObject {
  const found = store.find(kind, id);
  if (found === undefined) throw noSuch(kind, id, { param, status: 404 });
  return found;
}

/** Metadata is changed key by key; an empty value removes a key, and an empty text all of them. */
export function mergedMetadata(object: WireObject, params: ParamReader): JsonObject {
  if (params.has('metadata') && params.inner('metadata') === null) return {};
  const merged = { ...(object['metadata'] as JsonObject), ...params.metadata() }; // An object always.
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ''));
}

/** Stores the written objects, and responds with the first, with the requested expansions. */
export function save(
  params: ParamReader,
  { store }: WriteContext,
  object: WireObject,
  ...others: readonly WireObject[]
): JsonObject {
  // A path that cannot be expanded is refused before anything is kept.
  const expansions = readExpansions(object.object, params.expansions());
  store.put(object, ...others);
  return expand(store.find(object.object, object.id) ?? object, expansions, store);
}
