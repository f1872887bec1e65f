import type { World } from '../world/world.ts';
import { CUSTOM_OBJECTS } from './hubspot-custom-objects.ts';
import { CUSTOM_TYPES, OBJECT_TYPES, recordId, type ObjectType } from './hubspot-ids.ts';
import {
  ADDITIONAL_EMAILS,
  buildRecords,
  MERGED_IDS,
  type HubSpotRecord,
} from './hubspot-records.ts';

/** Every record, and what is associated with what. */
export interface HubSpotStore {
  /** In order of id, without archived ones. */
  all(type: ObjectType): readonly HubSpotRecord[];
  /**
   * By id, or by the value of another property. Values are compared without regard to case. A record that was merged is found by each of
   * its former ids.
   */
  find(type: ObjectType, value: string, idProperty?: string | null): HubSpotRecord | undefined;
  /** Adds the record, or replaces the one of its id. */
  put(type: ObjectType, record: HubSpotRecord): void;
  /** An id that no record has had. */
  nextId(type: ObjectType): string;
  /** Moves the record to the recycling bin, and ends its associations. */
  archive(type: ObjectType, id: string, archivedAt: string): void;
  archived(type: ObjectType): readonly HubSpotRecord[];
  /** Takes the record out of the recycling bin, without its associations. @returns whether it was there */
  restore(type: ObjectType, id: string): boolean;
  /** Removes the record for good, from the recycling bin too. @returns whether it was there */
  erase(type: ObjectType, id: string): boolean;
  /** Puts one record in the place of two, with the associations of both. */
  merge(type: ObjectType, ids: readonly string[], merged: HubSpotRecord): void;
  /** Ids at the other end, in the order in which they were associated. */
  associated(end: End, type: ObjectType): readonly string[];
  associate(end: End, other: End): void;
  dissociate(end: End, other: End): void;
  /** Numbers of the account's own labels that the one end has to the other. */
  labels(end: End, other: End): readonly number[];
  /** @param inverse the label that the other end has to the one then */
  addLabels(end: End, other: End, label: number, inverse: number): void;
  removeLabels(end: End, other: End, label: number, inverse: number): void;
}

/** One end of an association. */
export interface End {
  readonly type: ObjectType;
  readonly id: string;
}

export function createHubSpotStore(world: World): HubSpotStore {
  const records = createRecordStore(world);
  const links = createLinkStore();
  const store: HubSpotStore = {
    ...records,
    ...links,
    archive(type, id, archivedAt) {
      const record = records.find(type, id);
      if (record === undefined) return;
      for (const end of endsOf(links, { type, id: record.id }))
        links.dissociate({ type, id: record.id }, end);
      records.archive(type, record, archivedAt);
    },
    erase(type, id) {
      for (const end of endsOf(links, { type, id })) links.dissociate({ type, id }, end);
      return records.erase(type, id);
    },
    merge(type, ids, merged) {
      const end = { type, id: merged.id };
      for (const id of ids) {
        const before = { type, id };
        for (const other of endsOf(links, before)) {
          links.associate(end, other);
          const inverse = links.labels(other, before);
          for (const [index, label] of links.labels(before, other).entries())
            links.addLabels(end, other, label, inverse[index] ?? label);
          links.dissociate(before, other);
        }
      }
      records.merge(type, ids, merged);
    },
  };
  associateAll(store, world);
  return store;
}

const endsOf = (links: LinkStore, end: End): readonly End[] =>
  OBJECT_TYPES.flatMap((type) => links.associated(end, type).map((id) => ({ type, id })));

type RecordStore = Pick<
  HubSpotStore,
  'all' | 'find' | 'put' | 'nextId' | 'archived' | 'restore' | 'erase'
> & {
  archive(type: ObjectType, record: HubSpotRecord, archivedAt: string): void;
  merge(type: ObjectType, ids: readonly string[], merged: HubSpotRecord): void;
};

function createRecordStore(world: World): RecordStore {
  const records = buildRecords(world);
  const bin: Record<ObjectType, HubSpotRecord[]> = {
    contacts: [],
    companies: [],
    deals: [],
    machines: [],
    service_visits: [],
  };
  const counts = {
    contacts: records.contacts.size,
    companies: records.companies.size,
    deals: records.deals.size,
    machines: records.machines.size,
    service_visits: records.service_visits.size,
  };
  const lists = new Map<ObjectType, readonly HubSpotRecord[]>();
  /** The id of the record that is left, by type and former id. */
  const survivors = new Map<string, string>();

  const all = (type: ObjectType) => {
    const list = lists.get(type) ?? [...records[type].values()];
    lists.set(type, list);
    return list;
  };
  const put = (type: ObjectType, record: HubSpotRecord) => {
    records[type].set(record.id, record);
    lists.delete(type);
  };
  const remove = (type: ObjectType, id: string) => {
    records[type].delete(id);
    lists.delete(type);
  };
  return {
    all,
    put,
    find(type, value, idProperty) {
      if (idProperty === null || idProperty === undefined || idProperty === 'hs_object_id')
        return (
          records[type].get(value) ?? records[type].get(survivors.get(`${type}/${value}`) ?? '')
        );
      const wanted = value.toLowerCase();
      const has = (property: string, { properties }: HubSpotRecord) =>
        properties[property]?.toLowerCase().split(';').includes(wanted) === true;
      return (
        all(type).find((record) => has(idProperty, record)) ??
        (idProperty === 'email'
          ? all(type).find((record) => has(ADDITIONAL_EMAILS, record))
          : undefined)
      );
    },
    nextId: (type) => recordId(type, counts[type]++),
    archived: (type) => bin[type],
    archive(type, record, archivedAt) {
      remove(type, record.id);
      bin[type].push({ ...record, archivedAt });
    },
    restore(type, id) {
      const found = bin[type].find((record) => record.id === id);
      if (found === undefined) return false;
      bin[type] = bin[type].filter((one) => one !== found);
      const { createdAt, properties, updatedAt } = found;
      put(type, { id, createdAt, properties, updatedAt });
      return true;
    },
    erase(type, id) {
      const isThere = records[type].has(id) || bin[type].some((record) => record.id === id);
      remove(type, id);
      bin[type] = bin[type].filter((record) => record.id !== id);
      return isThere;
    },
    merge(type, ids, merged) {
      for (const id of ids) remove(type, id);
      for (const id of merged.properties[MERGED_IDS]?.split(';') ?? [])
        survivors.set(`${type}/${id}`, merged.id);
      put(type, merged);
    },
  };
}

type LinkStore = Pick<
  HubSpotStore,
  'associated' | 'associate' | 'dissociate' | 'labels' | 'addLabels' | 'removeLabels'
>;

function createLinkStore(): LinkStore {
  const associations = new Map<string, readonly string[]>();
  const labels = new Map<string, readonly number[]>();

  const keyOf = ({ type, id }: End, other: ObjectType) => `${type}/${id}/${other}`;
  const pairOf = (end: End, other: End) => `${keyOf(end, other.type)}/${other.id}`;
  const associated = (end: End, other: ObjectType) => associations.get(keyOf(end, other)) ?? [];
  const labelsOf = (end: End, other: End) => labels.get(pairOf(end, other)) ?? [];
  const without = <Value>(values: readonly Value[], value: Value) =>
    values.filter((one) => one !== value);

  return {
    associated,
    associate(end, other) {
      if (associated(end, other.type).includes(other.id)) return;
      associations.set(keyOf(end, other.type), [...associated(end, other.type), other.id]);
      associations.set(keyOf(other, end.type), [...associated(other, end.type), end.id]);
    },
    dissociate(end, other) {
      associations.set(keyOf(end, other.type), without(associated(end, other.type), other.id));
      associations.set(keyOf(other, end.type), without(associated(other, end.type), end.id));
      labels.delete(pairOf(end, other));
      labels.delete(pairOf(other, end));
    },
    labels: labelsOf,
    addLabels(end, other, label, inverse) {
      labels.set(pairOf(end, other), [...new Set([...labelsOf(end, other), label])]);
      labels.set(pairOf(other, end), [...new Set([...labelsOf(other, end), inverse])]);
    },
    removeLabels(end, other, label, inverse) {
      labels.set(pairOf(end, other), without(labelsOf(end, other), label));
      labels.set(pairOf(other, end), without(labelsOf(other, end), inverse));
    },
  };
}

function associateAll(store: HubSpotStore, world: World) {
  const { people, deals } = world;
  const end = (type: ObjectType, key: number): End => ({ type, id: recordId(type, key) });
  for (const { key, company } of people)
    if (company !== null) store.associate(end('contacts', key), end('companies', company));
  for (const { key, company } of deals)
    if (company !== null) store.associate(end('deals', key), end('companies', company));
  for (const deal of deals)
    for (const person of deal.people)
      store.associate(end('deals', deal.key), end('contacts', person));
  for (const type of CUSTOM_TYPES) {
    const { count, linksOf } = CUSTOM_OBJECTS[type];
    for (let key = 0; key < count; key += 1) {
      const links = linksOf(key, world);
      for (const other of OBJECT_TYPES)
        for (const linked of links[other] ?? [])
          store.associate(end(type, key), end(other, linked));
    }
  }
}
