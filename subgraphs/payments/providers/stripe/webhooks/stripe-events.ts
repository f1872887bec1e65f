import type { Change, ChangeSource, NewEvent } from '../../../../../events/change.ts';
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
  /** Of which mode the key is: events of the other are about other customers. */
  readonly isLive: boolean;
}

/** An event as far as this graph has a use for it. */
export type ReadEvent =
  | ({ readonly kind: 'event' } & ReadableEvent)
  | { readonly kind: 'ignored'; readonly reason: IgnoredReason }
  | { readonly kind: 'unreadable' };

export interface ReadableEvent {
  /** Without changes, where the event names a record only by another. */
  readonly event: NewEvent;
  /** What has to be read from Stripe to know all records that the event is about; undefined where it names them. */
  readonly missing: MissingPart | undefined;
}

/** The event that holds the object of a thin one, or the account of a payment; by the id of the event, or of the payment. */
export interface MissingPart {
  readonly what: 'snapshot' | 'account';
  readonly id: string;
}

/** Reads an event of Stripe: one that holds its object, or a thin one, which names it. */
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
    // With `refund.created` comes `charge.refunded`, which names the account.
    (resource === 'refund' && verb !== 'created');
  return isOfPayment && object.payment_intent != null
    ? { what: 'account', id: object.payment_intent }
    : undefined;
}

const UNREADABLE = { kind: 'unreadable' } as const;

const ignore = (reason: IgnoredReason) => ({ kind: 'ignored', reason }) as const;

/** Of an account that is connected to the key's, which the key does not read: https://docs.stripe.com/connect/webhooks */
const isOfAnother = (event: SnapshotEvent | ThinEvent): boolean =>
  (event.object === 'event' ? event.account : event.context) != null;

/** A thin event and the one that says the same with its object count once. */
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
