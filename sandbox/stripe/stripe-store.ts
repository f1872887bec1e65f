import type { Kind, WireObject } from './stripe-json.ts';

/** The state of the sandbox vendor. */
export interface Store {
  find(kind: Kind, id: string): WireObject | undefined;
  /** Newest first; of the same second, the one that was put last comes first. */
  all(kind: Kind): readonly WireObject[];
  /** Adds the object, or replaces the one of its kind and id. */
  put(...objects: readonly WireObject[]): void;
  remove(object: WireObject): void;
}

export function createStore(): Store {
  const byKind = new Map<Kind, Map<string, WireObject>>();
  const sorted = new Map<Kind, readonly WireObject[]>();
  return {
    find: (kind, id) => byKind.get(kind)?.get(id),
    all(kind) {
      const list = sorted.get(kind) ?? newestFirst(byKind.get(kind));
      sorted.set(kind, list);
      return list;
    },
    put(...objects) {
      for (const object of objects) {
        const ofKind = byKind.get(object.object) ?? new Map<string, WireObject>();
        byKind.set(object.object, ofKind.set(object.id, object));
        sorted.delete(object.object);
      }
    },
    remove({ object, id }) {
      byKind.get(object)?.delete(id);
      sorted.delete(object);
    },
  };
}

function newestFirst(objects: ReadonlyMap<string, WireObject> = new Map()): readonly WireObject[] {
  return [...objects.values()].reverse().sort((a, b) => b.created - a.created);
}
