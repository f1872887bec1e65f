import { isPrimaryOf } from './hubspot-association-types.ts';
import { createdProperty, modifiedProperty, type ObjectType, SINGULAR } from './hubspot-ids.ts';
import type { HubSpotRecord } from './hubspot-records.ts';
import type { End, HubSpotStore } from './hubspot-store.ts';

/** A change as in an event, without the receiver's ids: https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide */
export interface HubSpotChange {
  /** `contact.propertyChange` */
  readonly subscriptionType: string;
  /** Of a propertyChange. */
  readonly propertyName?: string;
  /** What else the event has. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Types with event types of their own. Other types would have the generic `object.*` events. */
const TYPES_WITH_EVENTS: ReadonlySet<ObjectType> = new Set(['contacts', 'companies', 'deals']);

/** A store that remembers what is changed in it. */
export function recordHubSpotChanges(store: HubSpotStore) {
  const before = new Map<
    string,
    { readonly type: ObjectType; readonly record: HubSpotRecord | undefined }
  >();
  const changes: (() => readonly HubSpotChange[])[] = [];

  const note = (type: ObjectType, id: string) => {
    const key = `${type}/${id}`;
    if (!TYPES_WITH_EVENTS.has(type) || before.has(key)) return;
    const record = store.find(type, id);
    before.set(key, { type, record });
    changes.push(() => changesOf(type, record, store.find(type, id)));
  };
  const noteLink = (end: End, other: End, isRemoved: boolean) => {
    const isPrimary = isPrimaryOf(end, other, store) || isPrimaryOf(other, end, store);
    const isNow = () => isPrimaryOf(end, other, store) || isPrimaryOf(other, end, store);
    changes.push(() =>
      [
        [end, other],
        [other, end],
      ].flatMap(([from, to]) => linkChange(from, to, isRemoved, isRemoved ? isPrimary : isNow())),
    );
  };

  const recorded: HubSpotStore = {
    ...store,
    put(type, record) {
      note(type, record.id);
      store.put(type, record);
    },
    archive(type, id, archivedAt) {
      const found = store.find(type, id);
      store.archive(type, id, archivedAt);
      if (found !== undefined && TYPES_WITH_EVENTS.has(type))
        changes.push(() => [objectChange(type, found.id, 'deletion', 'DELETED')]);
    },
    restore(type, id) {
      const isRestored = store.restore(type, id);
      if (isRestored && TYPES_WITH_EVENTS.has(type))
        changes.push(() => [objectChange(type, id, 'restore', 'CREATED')]);
      return isRestored;
    },
    erase(type, id) {
      const isErased = store.erase(type, id);
      if (isErased && TYPES_WITH_EVENTS.has(type))
        changes.push(() => [objectChange(type, id, 'privacyDeletion', 'DELETED')]);
      return isErased;
    },
    merge(type, ids, merged) {
      const [primary = '', ...others] = ids;
      const moved = movedProperties(store.find(type, primary), merged);
      store.merge(type, ids, merged);
      if (TYPES_WITH_EVENTS.has(type))
        changes.push(() => [mergeChange(type, primary, others, merged.id, moved)]);
    },
    associate(end, other) {
      if (store.associated(end, other.type).includes(other.id)) return;
      store.associate(end, other);
      noteLink(end, other, false);
    },
    dissociate(end, other) {
      if (!store.associated(end, other.type).includes(other.id)) return;
      noteLink(end, other, true);
      store.dissociate(end, other);
    },
  };
  return {
    store: recorded,
    /** What has changed since they were taken before. */
    take(): readonly HubSpotChange[] {
      const taken = changes.splice(0).flatMap((readChanges) => readChanges());
      before.clear();
      return taken;
    },
  };
}

/** Of a new record: that it is there, and each property that it has. */
function changesOf(
  type: ObjectType,
  before: HubSpotRecord | undefined,
  after: HubSpotRecord | undefined,
): readonly HubSpotChange[] {
  if (after === undefined) return [];
  const created = before === undefined ? [objectChange(type, after.id, 'creation', 'CREATED')] : [];
  const unreported = new Set(['hs_object_id', createdProperty(type), modifiedProperty(type)]);
  const names = Object.keys(after.properties).filter(
    (name) =>
      !unreported.has(name) &&
      (after.properties[name] ?? null) !== (before?.properties[name] ?? null),
  );
  return [
    ...created,
    ...names.map((name) => ({
      subscriptionType: `${SINGULAR[type]}.propertyChange`,
      propertyName: name,
      fields: {
        objectId: Number(after.id),
        propertyName: name,
        // A value that was cleared is an empty text.
        propertyValue: after.properties[name] ?? '',
        isSensitive: false,
      },
    })),
  ];
}

const objectChange = (
  type: ObjectType,
  id: string,
  name: 'creation' | 'deletion' | 'privacyDeletion' | 'restore',
  changeFlag: 'CREATED' | 'DELETED',
): HubSpotChange => ({
  subscriptionType: `${SINGULAR[type]}.${name}`,
  fields: { objectId: Number(id), changeFlag },
});

const mergeChange = (
  type: ObjectType,
  primary: string,
  others: readonly string[],
  merged: string,
  moved: number,
): HubSpotChange => ({
  subscriptionType: `${SINGULAR[type]}.merge`,
  fields: {
    primaryObjectId: Number(primary),
    mergedObjectIds: others.map(Number),
    newObjectId: Number(merged),
    numberOfPropertiesMoved: moved,
  },
});

const movedProperties = (primary: HubSpotRecord | undefined, merged: HubSpotRecord) =>
  Object.entries(merged.properties).filter(
    ([name, value]) => value !== null && (primary?.properties[name] ?? null) === null,
  ).length;

function linkChange(
  from: End | undefined,
  to: End | undefined,
  associationRemoved: boolean,
  isPrimaryAssociation: boolean,
): readonly HubSpotChange[] {
  if (
    from === undefined ||
    to === undefined ||
    !TYPES_WITH_EVENTS.has(from.type) ||
    !TYPES_WITH_EVENTS.has(to.type)
  )
    return [];
  return [
    {
      subscriptionType: `${SINGULAR[from.type]}.associationChange`,
      fields: {
        associationType: `${SINGULAR[from.type]}_to_${SINGULAR[to.type]}`.toUpperCase(),
        fromObjectId: Number(from.id),
        toObjectId: Number(to.id),
        associationRemoved,
        isPrimaryAssociation,
      },
    },
  ];
}
