import { longId } from './stripe-ids.ts';
import { type Json, type JsonObject, textAt, type WireObject } from './stripe-json.ts';
import type { Store } from './stripe-store.ts';

/** The write that events tell of. */
export interface EventSource {
  /** Unique among all writes; the id of the request. */
  readonly key: string;
  readonly now: number;
  readonly template: string;
  readonly idempotencyKey: string | null;
  readonly version: string;
}

/** An object before and after a write; null where it did not or does not exist. */
interface Change {
  readonly before: WireObject | null;
  readonly after: WireObject | null;
}

/** A store that remembers what is changed in it, and tells it as events: https://docs.stripe.com/api/events/types */
export function recordChanges(store: Store) {
  const changes = new Map<string, Change>();
  const note = (object: WireObject, after: WireObject | null) => {
    const key = `${object.object}/${object.id}`;
    const before = changes.get(key)?.before ?? store.find(object.object, object.id) ?? null;
    changes.set(key, { before, after });
  };
  const recorded: Store = {
    ...store,
    put(...objects) {
      for (const object of objects) note(object, object);
      store.put(...objects);
    },
    remove(object) {
      note(object, null);
      store.remove(object);
    },
  };
  return {
    store: recorded,
    events: (source: EventSource): WireObject[] =>
      [...changes.values()]
        .flatMap((change) => typesOf(change, source.template).map((type) => ({ type, change })))
        .map(({ type, change }, index) => toEvent(type, change, index, source)),
  };
}

function toEvent(
  type: string,
  { before, after }: Change,
  index: number,
  { key, now, idempotencyKey, version }: EventSource,
): WireObject {
  const isUpdate = before !== null && after !== null;
  return {
    id: longId('evt', `${key}/${String(index)}`),
    object: 'event',
    api_version: version,
    created: now,
    data: {
      object: after ?? before,
      ...(isUpdate ? { previous_attributes: previousOf(before, after) } : {}),
    },
    livemode: false,
    pending_webhooks: 0,
    request: { id: key, idempotency_key: idempotencyKey },
    type,
  };
}

/** The former values of what changed. */
const previousOf = (before: JsonObject, after: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(before).filter(([name, value]) => differs(value, after[name])));

const differs = (one: Json | undefined, other: Json | undefined) =>
  JSON.stringify(one) !== JSON.stringify(other);

function typesOf({ before, after }: Change, template: string): string[] {
  if (after === null) return before === null ? [] : [`${before.object}.deleted`];
  if (before !== null && !differs(before, after) && !template.endsWith('/send')) return [];
  const verb = before === null ? 'created' : 'updated';
  switch (after.object) {
    case 'customer':
    case 'price':
    case 'product':
    case 'refund':
      return [`${after.object}.${verb}`];
    case 'subscription':
      return [
        `customer.subscription.${before !== null && after['status'] === 'canceled' ? 'deleted' : verb}`,
      ];
    case 'invoiceitem':
      return before === null ? ['invoiceitem.created'] : [];
    case 'dispute':
      return [`charge.dispute.${before !== null && after['status'] === 'lost' ? 'closed' : verb}`];
    case 'invoice':
      return invoiceTypes(before, after, template);
    case 'payment_intent':
      return intentTypes(before, after);
    case 'charge':
      return [chargeType(before, after)];
    case 'balance_transaction':
    case 'checkout.session':
    case 'event':
    case 'invoice_payment':
    case 'payment_method':
      return [];
  }
}

function invoiceTypes(before: WireObject | null, after: WireObject, template: string): string[] {
  const isNew = (status: string) => after['status'] === status && before?.['status'] !== status;
  const isFinal = isNew('open') || isNew('paid');
  return [
    ...(before === null ? ['invoice.created'] : []),
    ...(isFinal && (before?.['status'] ?? 'draft') === 'draft' ? ['invoice.finalized'] : []),
    ...(isNew('paid') ? ['invoice.paid'] : []),
    ...(isNew('void') ? ['invoice.voided'] : []),
    ...(before !== null && differs(before, after) ? ['invoice.updated'] : []),
    ...(template.endsWith('/send') ? ['invoice.sent'] : []),
  ];
}

const INTENT_TYPES: Readonly<Record<string, string>> = {
  canceled: 'payment_intent.canceled',
  processing: 'payment_intent.processing',
  requires_action: 'payment_intent.requires_action',
  requires_capture: 'payment_intent.amount_capturable_updated',
  succeeded: 'payment_intent.succeeded',
};

/** There is none for a mere update. */
function intentTypes(before: WireObject | null, after: WireObject): string[] {
  const reached = INTENT_TYPES[textAt(after, 'status')];
  const failed = after['last_payment_error'];
  const isFailed = failed != null && differs(failed, before?.['last_payment_error']);
  return [
    ...(before === null ? ['payment_intent.created'] : []),
    ...(reached !== undefined && after['status'] !== before?.['status'] ? [reached] : []),
    ...(isFailed ? ['payment_intent.payment_failed'] : []),
  ];
}

function chargeType(before: WireObject | null, after: WireObject): string {
  if (before === null) return `charge.${textAt(after, 'status')}`;
  if (after['captured'] === true && before['captured'] !== true) return 'charge.captured';
  return after['amount_refunded'] === before['amount_refunded']
    ? 'charge.updated'
    : 'charge.refunded';
}
