import { z } from 'zod';
import { wireList } from '../../../../../upstream/wire.ts';

/** What is read of events: type, ids and time, and of the values before only which there are. All else is dropped here. */

/** Customers of old may have ids that their owner chose. */
const recordId = z.string().min(1).max(255);

/** Which record: its id, or the record where it was expanded. */
const reference = z
  .union([recordId, z.object({ id: recordId }).transform(({ id }) => id)])
  .nullish();

const eventId = z.string().regex(/^\w{1,200}$/);
const eventType = z.string().max(200);

/** The ids in an object, whichever it is, in the shapes of old versions too: an endpoint can have any. */
export const eventObjectSchema = z.object({
  /** `invoice.upcoming` has none. */
  id: recordId.nullish(),
  customer: reference,
  invoice: reference,
  payment_intent: reference,
  subscription: reference,
  /** Of an `invoice_payment`. */
  payment: z.object({ payment_intent: reference }).nullish().catch(undefined),
  /** Of an invoice, since 2025-03-31.basil. */
  parent: z
    .object({ subscription_details: z.object({ subscription: reference }).nullish() })
    .nullish()
    .catch(undefined),
});

export type EventObject = z.output<typeof eventObjectSchema>;

const envelope = { id: eventId, type: eventType, livemode: z.boolean() };

/** https://docs.stripe.com/api/events/object */
const snapshotEventSchema = z.object({
  ...envelope,
  object: z.literal('event'),
  /** Of a connected account. */
  account: z.string().nullish(),
  created: z.int().min(0).max(253_402_300_799),
  data: z.object({
    object: z.unknown(),
    previous_attributes: z.record(z.string(), z.unknown()).nullish(),
  }),
});

export type SnapshotEvent = z.output<typeof snapshotEventSchema>;

/** https://docs.stripe.com/api/v2/core/events/object, as it is sent: without its `data`. */
const thinEventSchema = z.object({
  ...envelope,
  object: z.literal('v2.core.event'),
  context: z.string().nullish(),
  created: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  related_object: z.object({ id: recordId }).nullish(),
  /** The event that says the same with the object, where there is one. */
  snapshot_event: eventId.nullish(),
});

export type ThinEvent = z.output<typeof thinEventSchema>;

export const eventSchema = z.discriminatedUnion('object', [snapshotEventSchema, thinEventSchema]);

/** https://docs.stripe.com/api/events/list. What an event has is read one by one: one that cannot be read must not hide the others. */
export const eventPageSchema = z.object({
  data: wireList(z.looseObject({ id: z.string(), created: z.int().min(0) })),
  has_more: z.boolean(),
});

export type WireEventPage = z.output<typeof eventPageSchema>;
