import { randomInt } from 'node:crypto';
import type { SignedDelivery, TestEvent } from '../../../../../events/catch-up/vendor-events.ts';
import { touchedRecords } from './hubspot-changes.ts';
import { type WebhookEvent, webhookEventSchema } from './hubspot-event-wire.ts';
import { signatureOf } from './hubspot-signature.ts';

/**
 * A delivery with one event about a record: `deal.creation`, or `contact.propertyChange` of its e-mail address.
 * @param portalId is the accepted account @default any account is accepted
 */
export function signTestEvent(
  { type, id, url, secret, now }: TestEvent,
  portalId = '1',
): SignedDelivery | undefined {
  const event = {
    portalId: Number(portalId),
    subscriptionId: 1,
    eventId: randomInt(1, 2 ** 47),
    occurredAt: now,
    attemptNumber: 0,
    subscriptionType: type,
    objectId: /^\d{1,15}$/.test(id) ? Number(id) : id,
    ...(type.endsWith('.propertyChange') && { propertyName: 'email' }),
  };
  const read = readOwn(event);
  if (read === undefined || touchedRecords(read, { referenceProperty: null }) === undefined)
    return undefined;
  const body = JSON.stringify([event]);
  const time = String(now);
  const signature = signatureOf({ method: 'POST', url, body, time, secret }).toString('base64');
  return {
    body,
    headers: { 'x-hubspot-signature-v3': signature, 'x-hubspot-request-timestamp': time },
  };
}

const readOwn = (event: object): WebhookEvent | undefined =>
  webhookEventSchema.safeParse(event).data;
