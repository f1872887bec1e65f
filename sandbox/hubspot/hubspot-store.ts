import type { World } from '../world/world.ts';
import { recordId, type ObjectType } from './hubspot-ids.ts';
import { buildRecords, type HubSpotRecord } from './hubspot-records.ts';

/** Every record, and what is associated with what. */
export interface HubSpotStore {
  /** In order of id. */
  all(type: ObjectType): readonly HubSpotRecord[];
  /** By id, or by the value of another property. Values are compared without regard to case. */
  find(type: ObjectType, value: string, idProperty?: string | null): HubSpotRecord | undefined;
  /** Adds the record, or replaces the one of its id. */
  put(type: ObjectType, record: HubSpotRecord): void;
  nextId(type: ObjectType): string;
  /** Ids at the other end, in the order in which they were associated. */
  associated(end: End, type: ObjectType): readonly string[];
  associate(end: End, other: End): void;
  dissociate(end: End, other: End): void;
}

/** One end of an association. */
export interface End {
  readonly type: ObjectType;
  readonly id: string;
}

export function createHubSpotStore(world: World): HubSpotStore {
  const kept = buildRecords(world);
  const lists = new Map<ObjectType, readonly HubSpotRecord[]>();
  const associations = new Map<string, string[]>();

  const keyOf = ({ type, id }: End, other: ObjectType) => `${type}/${id}/${other}`;

  const idsAt = (end: End, other: ObjectType) => {
    const key = keyOf(end, other);
    const ids = associations.get(key) ?? [];
    associations.set(key, ids);
    return ids;
  };

  const store: HubSpotStore = {
    all(type) {
      const list = lists.get(type) ?? [...kept[type].values()];
      lists.set(type, list);
      return list;
    },
    find(type, value, idProperty) {
      if (idProperty === null || idProperty === undefined || idProperty === 'hs_object_id')
        return kept[type].get(value);
      return store
        .all(type)
        .find(({ properties }) => properties[idProperty]?.toLowerCase() === value.toLowerCase());
    },
    put(type, record) {
      kept[type].set(record.id, record);
      lists.delete(type);
    },
    nextId: (type) => recordId(type, kept[type].size),
    associated: (end, other) => associations.get(keyOf(end, other)) ?? [],
    associate(end, other) {
      if (store.associated(end, other.type).includes(other.id)) return;
      idsAt(end, other.type).push(other.id);
      idsAt(other, end.type).push(end.id);
    },
    dissociate(end, other) {
      const without = (ids: readonly string[], id: string) => ids.filter((one) => one !== id);
      associations.set(
        keyOf(end, other.type),
        without(store.associated(end, other.type), other.id),
      );
      associations.set(keyOf(other, end.type), without(store.associated(other, end.type), end.id));
    },
  };
  associateAll(store, world);
  return store;
}

function associateAll(store: HubSpotStore, { people, deals }: World) {
  const end = (type: ObjectType, key: number): End => ({ type, id: recordId(type, key) });
  for (const { key, company } of people)
    if (company !== null) store.associate(end('contacts', key), end('companies', company));
  for (const { key, company } of deals)
    if (company !== null) store.associate(end('deals', key), end('companies', company));
  for (const deal of deals)
    for (const person of deal.people)
      store.associate(end('deals', deal.key), end('contacts', person));
}
