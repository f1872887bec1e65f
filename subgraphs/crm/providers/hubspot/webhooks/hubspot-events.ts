import { hash } from 'node:crypto';
import type { Change, NewEvent } from '../../../../../events/change.ts';
import type { IgnoredReason, WebhookResult } from '../../../../../events/catch-up/vendor-events.ts';
import { safeParseWire } from '../../../../../upstream/wire.ts';
import { SEARCH_LAG_MS } from '../hubspot-cache-tags.ts';
import { type ReadChangesOptions, touchedRecords } from './hubspot-changes.ts';
import { type WebhookEvent, webhookEventSchema } from './hubspot-event-wire.ts';

export interface ReadEventsOptions extends ReadChangesOptions {
  /** Events of other accounts are ignored. @default events of any account are accepted */
  readonly portalId: string | undefined;
}

/**
 * Reads the events of a delivery. HubSpot documents up to a hundred
 * (https://developers.hubspot.com/docs/api-reference/webhooks-webhooks-v3/guide#webhook-payloads). Here only the body size limits them.
 */
export function readEvents(body: unknown, options: ReadEventsOptions): WebhookResult {
  if (!Array.isArray(body)) return { kind: 'unreadable' };
  const events: NewEvent[] = [];
  const ignored: Partial<Record<IgnoredReason, number>> = {};
  let unreadable = 0;
  for (const one of body) {
    const { data: event } = safeParseWire(webhookEventSchema, one);
    const read = event && readEvent(event, options);
    // An event that cannot be parsed must not prevent the others from being stored.
    if (read === undefined) unreadable += 1;
    else if (typeof read === 'string') ignored[read] = (ignored[read] ?? 0) + 1;
    else events.push(read);
  }
  return { kind: 'events', events, ignored, unreadable };
}

function readEvent(event: WebhookEvent, options: ReadEventsOptions): NewEvent | IgnoredReason {
  if (options.portalId !== undefined && event.portalId !== options.portalId) return 'account';
  const touched = touchedRecords(event, options);
  if (touched === undefined) return 'type';
  return {
    key: keyOf(event),
    changes: touched.map((record) => toChange(record, event.occurredAt, 'webhook')),
  };
}

/** Adds the lag of HubSpot's searches. */
export const toChange = (
  record: Omit<Change, 'vendor' | 'at' | 'source' | 'searchLagMs'>,
  at: number,
  source: Change['source'],
): Change => ({ vendor: 'hubspot', ...record, at, source, searchLagMs: SEARCH_LAG_MS });

/** HubSpot's event ids are "not guaranteed to be unique". `attemptNumber` is left out: a retry is the same event. */
function keyOf(event: WebhookEvent): string {
  const parts = [
    event.portalId,
    event.subscriptionId,
    event.eventId,
    event.subscriptionType,
    event.objectId ?? [event.fromObjectId, event.toObjectId, event.associationType],
    event.propertyName,
    event.occurredAt,
  ];
  return `hubspot:${hash('sha256', JSON.stringify(parts), 'base64url')}`;
}
