import { z } from 'zod';

/** Only these parts of events are read: type, ids, time, and the name of a changed property, never its value. */

/** Missing or null. */
const optional = <Value extends z.ZodType>(value: Value) =>
  value.nullish().transform((read) => read ?? undefined);

/** Numbers so far. */
const recordId = z
  .union([z.int().min(0), z.string().regex(/^[\w-]{1,50}$/)])
  .transform((id) => String(id));

const eventId = optional(z.union([z.number(), z.string().max(100)]));

/** https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide#webhook-payloads */
export const webhookEventSchema = z.object({
  portalId: recordId,
  subscriptionId: eventId,
  eventId,
  /** Milliseconds since 1970. */
  occurredAt: z.int().min(0).max(253_402_300_799_999),
  /** `contact.propertyChange`; `object.propertyChange` with the type in `objectTypeId`. */
  subscriptionType: z.string().max(100),
  objectTypeId: optional(z.string().max(50)),
  objectId: optional(recordId),
  propertyName: optional(z.string().max(200)),
  // For merges.
  primaryObjectId: optional(recordId),
  mergedObjectIds: optional(z.array(recordId).max(100)),
  newObjectId: optional(recordId),
  // For associations.
  associationType: optional(z.string().max(100)),
  fromObjectTypeId: optional(z.string().max(50)),
  toObjectTypeId: optional(z.string().max(50)),
  fromObjectId: optional(recordId),
  toObjectId: optional(recordId),
});

export type WebhookEvent = z.output<typeof webhookEventSchema>;
