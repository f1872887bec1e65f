import {
  anyChange,
  type Change,
  type ChangeSource,
  type NewEvent,
} from '../../../../../events/change.ts';
import type { IgnoredReason } from '../../../../../events/catch-up/vendor-events.ts';
import { safeParseWire } from '../../../../../upstream/wire.ts';
import { touchedRecords, type ObjectEvent } from './stripe-changes.ts';
import { readEventType } from './stripe-event-types.ts';
import {
  eventObjectSchema,
  eventSchema,
  type SnapshotEvent,
  type ThinEvent,
} from './stripe-event-wire.ts';

export interface ReadOptions {
  readonly source: ChangeSource;
  /** The mode of the key. Events of the other mode are ignored. */
  readonly isLive: boolean;
}

/** The result of parsing an event. */
export type ReadEvent =
  | ({ readonly kind: 'event' } & ReadableEvent)
  | { readonly kind: 'ignored'; readonly reason: IgnoredReason }
  | { readonly kind: 'unreadable' };

export interface ReadableEvent {
  /** Has no changes if the event does not name the record itself. */
  readonly event: NewEvent;
  /** To be read from Stripe to find all records of the event; undefined if it names them. */
  readonly missing: MissingPart | undefined;
}

/** The snapshot of a thin event by its id, or the account of a payment by the payment's id. */
export interface MissingPart {
  readonly what: 'snapshot' | 'account';
  readonly id: string;
}

/** Parses an event of Stripe: a snapshot event with its object, or a thin one with the object's id. */
export function readEvent(body: unknown, { source, isLive }: ReadOptions): ReadEvent {
  const { data: event } = safeParseWire(eventSchema, body);
  if (event === undefined) return UNREADABLE;
  if (event.livemode !== isLive) return ignore('mode');
  if (isOfAnother(event)) return ignore('account');
  const type = readEventType(event.type);
  if (type === undefined) return ignore('type');
  const objectEvent = event.object === 'event' ? fromSnapshot(event) : fromThin(event);
  if (objectEvent === undefined) return UNREADABLE;
  const at = event.object === 'event' ? event.created * 1000 : event.created;
  const changes = touchedRecords({ ...type, ...objectEvent }).map((touched): Change => ({
    vendor: 'stripe',
    ...touched,
    at,
    source,
  }));
  const missing = findMissing(event, { ...type, ...objectEvent });
  return changes.length === 0 && missing === undefined
    ? ignore('type')
    : { kind: 'event', event: { key: keyOf(event), changes }, missing };
}

/**
 * The report of an event that this version cannot parse: any record may have changed. It has a key of its own, so that a newer version can
 * store the event.
 */
export const unreadableEvent = (
  { id, created }: { readonly id: string; readonly created: number },
  { source }: Pick<ReadOptions, 'source'>,
): NewEvent => ({
  key: `unreadable:${id.slice(0, MAX_ID)}`,
  changes: [anyChange({ vendor: 'stripe', at: created * 1000, source })],
});

const MAX_ID = 180;

function findMissing(
  event: SnapshotEvent | ThinEvent,
  { resource, verb, object }: ObjectEvent,
): MissingPart | undefined {
  if (event.object === 'v2.core.event')
    return event.snapshot_event == null
      ? undefined
      : { what: 'snapshot', id: event.snapshot_event };
  const isOfPayment =
    resource === 'charge.dispute' ||
    resource === 'charge.refund' ||
    // `refund.created` is sent together with `charge.refunded`, which names the account.
    (resource === 'refund' && verb !== 'created');
  return isOfPayment && object.payment_intent != null
    ? { what: 'account', id: object.payment_intent }
    : undefined;
}

const UNREADABLE = { kind: 'unreadable' } as const;

const ignore = (reason: IgnoredReason) => ({ kind: 'ignored', reason }) as const;

/** Whether it is of a connected account, which the key does not read: https://docs.stripe.com/connect/webhooks */
const isOfAnother = (event: SnapshotEvent | ThinEvent): boolean =>
  (event.object === 'event' ? event.account : event.context) != null;

/** A thin event and its snapshot event have the same key. */
const keyOf = (event: SnapshotEvent | ThinEvent): string =>
  event.object === 'event' ? event.id : (event.snapshot_event ?? event.id);

type EventContent = Omit<ObjectEvent, 'resource' | 'verb'>;

function fromSnapshot({ data }: SnapshotEvent): EventContent | undefined {
  const { data: object } = safeParseWire(eventObjectSchema, data.object);
  return object?.id == null
    ? undefined
    : { object, previous: data.previous_attributes ?? undefined };
}

const fromThin = ({ related_object: related }: ThinEvent): EventContent => ({
  object: { id: related?.id },
  previous: undefined,
});
