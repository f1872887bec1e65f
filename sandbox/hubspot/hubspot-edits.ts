import { z } from 'zod';
import { OBJECT_TYPES, type ObjectType } from './hubspot-ids.ts';
import { isPrimary, makeLink, replacePrimaryCompany, setPrimaryCompany } from './hubspot-links.ts';
import { findAssociationType, isPrimaryOf } from './hubspot-association-types.ts';
import { mergedRecord } from './hubspot-merge.ts';
import {
  type Change,
  NEW_RECORD,
  PROPERTIES,
  type RecordChanges,
} from './hubspot-record-changes.ts';
import type { HubSpotRecord } from './hubspot-records.ts';
import type { End, HubSpotStore } from './hubspot-store.ts';
import type { HubSpotWebhooks } from './hubspot-webhooks.ts';

/**
 * What people change on HubSpot's pages. Their events have the source `CRM_UI`. Each throws an Error for an unknown id
 * and for values that HubSpot rejects.
 */
export interface HubSpotEdits {
  /** @returns the new record's id */
  create(type: ObjectType, properties: Properties): string;
  update(type: ObjectType, id: string, properties: Properties): void;
  /** To the recycling bin. */
  archive(type: ObjectType, id: string): void;
  /** Out of the recycling bin. */
  restore(type: ObjectType, id: string): void;
  /** Permanently, on a privacy request of the data subject. */
  erase(type: ObjectType, id: string): void;
  /** @returns the id of the record that the two become */
  merge(type: ObjectType, primaryId: string, otherId: string): string;
  /** @param typeId a number of HubSpot's own: 1 makes a company the primary one of a contact */
  associate(from: End, to: End, typeId: number): void;
  dissociate(from: End, to: End): void;
  /** Another client secret of the app. @returns it */
  rollSecret(): string;
}

type Properties = Readonly<Record<string, string | number | boolean | null>>;

export function createHubSpotEdits({
  store,
  changes,
  webhooks,
  settle,
}: {
  readonly store: HubSpotStore;
  readonly changes: RecordChanges;
  readonly webhooks: HubSpotWebhooks;
  /** Sends the event of the change. */
  readonly settle: () => void;
}): HubSpotEdits {
  const find = (type: ObjectType, id: string): HubSpotRecord => {
    const found = store.find(type, id);
    if (found === undefined) throw new Error(`There is no record ${id} among ${type}.`);
    return found;
  };
  const withEvent = <Result>(result: Result): Result => {
    changes.count();
    settle();
    return result;
  };

  return {
    create(type, properties) {
      const input = NEW_RECORD.parse({ properties });
      return withEvent(createRecord(changes.create(type, input, UNENFORCED)).id);
    },
    update(type, id, properties) {
      const record = find(type, id);
      // HubSpot's pages do not save a value that has not changed.
      const values = Object.fromEntries(
        Object.entries(PROPERTIES.parse(properties)).filter(
          ([name, value]) => record.properties[name] !== value,
        ),
      );
      if (Object.keys(values).length === 0) return;
      withEvent(createRecord(changes.update(type, record, values, UNENFORCED)));
    },
    archive(type, id) {
      const record = find(type, id);
      store.archive(type, record.id, changes.nextTime());
      if (type === 'companies') replacePrimaryCompany(store, [record.id], null);
      withEvent(undefined);
    },
    restore(type, id) {
      if (!store.restore(type, id))
        throw new Error(`There is no record ${id} in the recycling bin of ${type}.`);
      withEvent(undefined);
    },
    erase(type, id) {
      if (!store.erase(type, id)) throw new Error(`There is no record ${id} among ${type}.`);
      if (type === 'companies') replacePrimaryCompany(store, [id], null);
      withEvent(undefined);
    },
    merge(type, primaryId, otherId) {
      const [primary, other] = [find(type, primaryId), find(type, otherId)];
      if (primary.id === other.id) throw new Error('A record cannot be merged with itself.');
      const merged = mergedRecord(type, store.nextId(type), [primary, other], changes.nextTime());
      store.merge(type, [primary.id, other.id], merged);
      if (type === 'companies') replacePrimaryCompany(store, [primary.id, other.id], merged.id);
      return withEvent(merged.id);
    },
    associate(from, to, typeId) {
      find(from.type, from.id);
      find(to.type, to.id);
      const type = findAssociationType(from.type, {
        associationCategory: 'HUBSPOT_DEFINED',
        associationTypeId: typeId,
      });
      if (type?.to !== to.type)
        throw new Error(
          `${String(typeId)} is no type of association from ${from.type} to ${to.type}.`,
        );
      makeLink(store, from, { to, type });
      withEvent(isPrimary({ to, type }));
    },
    dissociate(from, to) {
      if (isPrimaryOf(from, to, store)) setPrimaryCompany(store, from, null);
      if (isPrimaryOf(to, from, store)) setPrimaryCompany(store, to, null);
      store.dissociate(from, to);
      withEvent(undefined);
    },
    rollSecret: () => webhooks.rollSecret(),
  };
}

const UNENFORCED = { areEnforced: false };

function createRecord(change: Change): { readonly id: string } {
  if (!change.success) {
    const { message } = change.answer.body as { readonly message: string }; // Of an error, always.
    throw new Error(message);
  }
  return change.make() as { readonly id: string }; // A record's answer has its id.
}

/** Carries out an edit that came as JSON: `{ "edit": "update", "type": "deals", "id": "1", "properties": { "dealstage": "closedwon" } }`. */
export function readHubSpotEdit(
  edits: HubSpotEdits,
  change: Readonly<Record<string, unknown>>,
): string | undefined {
  const read = EDIT.parse(change);
  switch (read.edit) {
    case 'create':
      return edits.create(read.type, read.properties);
    case 'update':
      edits.update(read.type, read.id, read.properties);
      return undefined;
    case 'archive':
    case 'erase':
    case 'restore':
      edits[read.edit](read.type, read.id);
      return undefined;
    case 'merge':
      return edits.merge(read.type, read.primaryId, read.otherId);
    case 'associate':
      edits.associate(read.from, read.to, read.typeId);
      return undefined;
    case 'dissociate':
      edits.dissociate(read.from, read.to);
      return undefined;
    case 'rollSecret':
      return edits.rollSecret();
  }
}

const TYPE = z.enum(OBJECT_TYPES);
const VALUES = z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]));
const END = z.object({ type: TYPE, id: z.string() });

const EDIT = z.discriminatedUnion('edit', [
  z.object({ edit: z.literal('create'), type: TYPE, properties: VALUES }),
  z.object({ edit: z.literal('update'), type: TYPE, id: z.string(), properties: VALUES }),
  z.object({ edit: z.enum(['archive', 'erase', 'restore']), type: TYPE, id: z.string() }),
  z.object({
    edit: z.literal('merge'),
    type: TYPE,
    primaryId: z.string(),
    otherId: z.string(),
  }),
  z.object({ edit: z.literal('associate'), from: END, to: END, typeId: z.int() }),
  z.object({ edit: z.literal('dissociate'), from: END, to: END }),
  z.object({ edit: z.literal('rollSecret') }),
]);
