import type { Change, ChangeKind, RecordRef } from '../../../../../events/change.ts';
import type { WebhookEvent } from './hubspot-event-wire.ts';

/** The part of an event about one record. */
export type TouchedRecord = Pick<Change, 'type' | 'id' | 'kind' | 'related' | 'changed'> &
  Partial<Pick<Change, 'isErasure'>>;

export interface ReadChangesOptions {
  /** The property of contacts with the processor's customer id; null if there is none. */
  readonly referenceProperty: string | null;
}

/** @returns the records of an event; undefined if this graph does not use it */
export function touchedRecords(
  event: WebhookEvent,
  options: ReadChangesOptions,
): readonly TouchedRecord[] | undefined {
  const dot = event.subscriptionType.lastIndexOf('.');
  const [object, verb] = [
    event.subscriptionType.slice(0, dot),
    event.subscriptionType.slice(dot + 1),
  ];
  if (verb === 'associationChange') return associated(event);
  const type = typeNamed(object === 'object' ? event.objectTypeId : object);
  const reader = Object.hasOwn(READERS, verb) ? READERS[verb] : undefined;
  return type === undefined ? undefined : reader?.(type, event, options);
}

/** Events identify a type by its name or its number. */
const typeNamed = (name: string | undefined): RecordType | undefined =>
  name !== undefined && Object.hasOwn(TYPES, name) ? TYPES[name] : undefined;

type RecordType = 'Customer' | 'Company' | 'Deal';

const TYPES: Readonly<Record<string, RecordType>> = {
  contact: 'Customer',
  company: 'Company',
  deal: 'Deal',
  // https://developers.hubspot.com/docs/guides/crm/understanding-the-crm#object-type-ids
  '0-1': 'Customer',
  '0-2': 'Company',
  '0-3': 'Deal',
};

type Reader = (
  type: RecordType,
  event: WebhookEvent,
  options: ReadChangesOptions,
) => readonly TouchedRecord[] | undefined;

const READERS: Readonly<Record<string, Reader>> = {
  creation: (type, { objectId }) => touch(type, objectId, 'CREATED'),
  restore: (type, { objectId }) => touch(type, objectId, 'CREATED'),
  deletion: (type, { objectId }) => touch(type, objectId, 'DELETED'),
  // The person has requested erasure: https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide#webhook-subscriptions
  privacyDeletion: (type, { objectId }) =>
    touch(type, objectId, 'DELETED')?.map((record) => ({ ...record, isErasure: true })),
  propertyChange: (type, { objectId, propertyName = '' }, options) =>
    touch(type, objectId, 'UPDATED', changedBy(type, propertyName, options)),
  merge: (type, { objectId, primaryObjectId, newObjectId, mergedObjectIds = [] }) => {
    const remaining = newObjectId ?? primaryObjectId ?? objectId;
    if (remaining === undefined) return undefined;
    // If the merge made a new id, the primary record was merged into it too.
    const merged = new Set([...mergedObjectIds, primaryObjectId, objectId]);
    return [remaining, ...merged].flatMap((id, index) =>
      id === undefined || (index > 0 && id === remaining)
        ? []
        : (touch(type, id, index === 0 ? 'UPDATED' : 'MERGED', ALL_CHANGED[type]) ?? []),
    );
  },
};

function touch(
  type: RecordType,
  id: string | undefined,
  kind: ChangeKind,
  changed: readonly string[] = [],
  related: readonly RecordRef[] = [],
): readonly TouchedRecord[] | undefined {
  return id === undefined ? undefined : [{ type, id, kind, related, changed }];
}

/** The record at each end: its list of the other's type has changed. */
function associated(event: WebhookEvent): readonly TouchedRecord[] | undefined {
  const { associationType = '', fromObjectId, toObjectId } = event;
  const named = /^([A-Z]+)_TO_([A-Z]+)$/.exec(associationType);
  const from = typeNamed(event.fromObjectTypeId ?? named?.[1]?.toLowerCase());
  const to = typeNamed(event.toObjectTypeId ?? named?.[2]?.toLowerCase());
  const ends = [
    from && fromObjectId !== undefined ? { type: from, id: fromObjectId } : undefined,
    to && toObjectId !== undefined ? { type: to, id: toObjectId } : undefined,
  ].filter((end) => end !== undefined);
  return ends.length === 0
    ? undefined
    : ends.map((end) => ({
        ...end,
        kind: 'UPDATED',
        related: ends.filter((other) => other !== end),
        changed: ['associations'],
      }));
}

/** The graph's fields that links and lists depend on, by property. */
const PROPERTIES: Readonly<Record<RecordType, Readonly<Record<string, string>>>> = {
  Customer: {
    email: 'email',
    hs_additional_emails: 'email',
    associatedcompanyid: 'company',
    lifecyclestage: 'lifecycleStage',
  },
  Company: { domain: 'domain', industry: 'industry' },
  Deal: { pipeline: 'pipeline', dealstage: 'stage', hubspot_owner_id: 'owner' },
};

/** Properties whose changes move records between lists, by HubSpot's names of the types. */
export const NAMED_PROPERTIES: Readonly<Record<'contact' | 'company' | 'deal', readonly string[]>> =
  {
    contact: Object.keys(PROPERTIES.Customer),
    company: Object.keys(PROPERTIES.Company),
    deal: Object.keys(PROPERTIES.Deal),
  };

/** The fields that may have changed if an event does not name them. */
export const ALL_CHANGED: Readonly<Record<RecordType, readonly string[]>> = {
  Customer: ['email', 'company', 'lifecycleStage', 'billingLink', 'associations'],
  Company: ['domain', 'industry', 'associations'],
  Deal: ['pipeline', 'stage', 'owner', 'associations'],
};

function changedBy(
  type: RecordType,
  property: string,
  { referenceProperty }: ReadChangesOptions,
): readonly string[] {
  if (type === 'Customer' && property === referenceProperty) return ['billingLink'];
  const fields = PROPERTIES[type];
  const field = Object.hasOwn(fields, property) ? fields[property] : undefined;
  return field === undefined ? [] : [field];
}
