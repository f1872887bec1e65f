import { z } from 'zod';

/** What is read of events: type, ids and time, and which property has changed, never its value. All else is dropped here. */

/** Numbers so far. */
const recordId = z
  .union([z.int().min(0), z.string().regex(/^[\w-]{1,50}$/)])
  .transform((id) => String(id));

const eventId = z.union([z.number(), z.string().max(100)]).optional();

/** https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide#webhook-payloads */
export const webhookEventSchema = z.object({
  portalId: recordId,
  subscriptionId: eventId,
  eventId,
  /** Milliseconds since 1970. */
  occurredAt: z.int().min(0).max(253_402_300_799_999),
  /** `contact.propertyChange`; `object.propertyChange` where `objectTypeId` says of what. */
  subscriptionType: z.string().max(100),
  objectTypeId: z.string().max(50).optional(),
  objectId: recordId.optional(),
  propertyName: z.string().max(200).optional(),
  // Of a merge.
  primaryObjectId: recordId.optional(),
  mergedObjectIds: z.array(recordId).max(100).optional(),
  newObjectId: recordId.optional(),
  // Of an association.
  associationType: z.string().max(100).optional(),
  fromObjectTypeId: z.string().max(50).optional(),
  toObjectTypeId: z.string().max(50).optional(),
  fromObjectId: recordId.optional(),
  toObjectId: recordId.optional(),
});

export type WebhookEvent = z.output<typeof webhookEventSchema>;
