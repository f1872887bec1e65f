import { z } from 'zod';
import { wireList } from '../../../../../upstream/wire.ts';

/** Only these parts of events are read: type, ids, time, and the names of changed attributes. */

/** Old customers may have ids chosen by their merchant. */
const recordId = z.string().min(1).max(255);

/** An id, or an expanded record. */
const reference = z
  .union([recordId, z.object({ id: recordId }).transform(({ id }) => id)])
  .nullish();

const eventId = z.string().regex(/^\w{1,200}$/);
const eventType = z.string().max(200);

/** The ids in any object, also in the shapes of old API versions: an endpoint can have any version. */
export const eventObjectSchema = z.object({
  /** `invoice.upcoming` has none. */
  id: recordId.nullish(),
  customer: reference,
  invoice: reference,
  payment_intent: reference,
  subscription: reference,
  /** In an `invoice_payment`. */
  payment: z.object({ payment_intent: reference }).nullish().catch(undefined),
  /** In an invoice, since 2025-03-31.basil. */
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
  /** The connected account, if any. */
  account: z.string().nullish(),
  created: z.int().min(0).max(253_402_300_799),
  data: z.object({
    object: z.unknown(),
    previous_attributes: z.record(z.string(), z.unknown()).nullish(),
  }),
});

export type SnapshotEvent = z.output<typeof snapshotEventSchema>;

/** https://docs.stripe.com/api/v2/core/events/object, as in webhooks: without its `data`. */
const thinEventSchema = z.object({
  ...envelope,
  object: z.literal('v2.core.event'),
  context: z.string().nullish(),
  created: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  related_object: z.object({ id: recordId }).nullish(),
  /** The event with the same change and its object, if there is one. */
  snapshot_event: eventId.nullish(),
});

export type ThinEvent = z.output<typeof thinEventSchema>;

export const eventSchema = z.discriminatedUnion('object', [snapshotEventSchema, thinEventSchema]);

/** https://docs.stripe.com/api/events/list. Events are parsed one by one, so that an invalid one does not hide the others. */
export const eventPageSchema = z.object({
  data: wireList(z.looseObject({ id: z.string(), created: z.int().min(0) })),
  has_more: z.boolean(),
});

export type WireEventPage = z.output<typeof eventPageSchema>;
