import { expand } from './stripe-expand.ts';
import { longId } from './stripe-ids.ts';
import { type Json, type JsonObject, textAt, type WireObject } from './stripe-json.ts';
import type { Store } from './stripe-store.ts';

/** The change behind an event. */
export interface EventSource {
  /** Unique among all changes. */
  readonly key: string;
  /** When it was made, by the clock of the machine: the objects' own times stand still. Seconds since 1970. */
  readonly at: number;
  /** The path of the write, with names in place of ids. */
  readonly template: string;
  /** Of the API; null where the change was made elsewhere. */
  readonly requestId: string | null;
  readonly idempotencyKey: string | null;
  readonly version: string;
}

/** An object before and after a write; null where it did not or does not exist. */
interface Change {
  readonly before: WireObject | null;
  readonly after: WireObject | null;
}

/** A store that turns its changes into events: https://docs.stripe.com/api/events/types */
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
        .map(({ type, change }, index) => toEvent(type, rendered(change, store), index, source)),
  };
}

/** As the API shows the object, without what only a request for more brings. */
const rendered = ({ before, after }: Change, store: Store) => ({
  before: before && expand(before, [], store),
  // The event of a deleted customer has the object before the deletion.
  after: after === null || after['deleted'] === true ? null : expand(after, [], store),
});

function toEvent(
  type: string,
  { before, after }: { readonly before: JsonObject | null; readonly after: JsonObject | null },
  index: number,
  { key, at, requestId, idempotencyKey, version }: EventSource,
): WireObject {
  return {
    id: longId('evt', `${key}/${String(index)}`),
    object: 'event',
    api_version: version,
    created: at,
    data: {
      object: after ?? before,
      ...(before !== null &&
        after !== null &&
        HAS_PREVIOUS_ATTRIBUTES.test(type) && { previous_attributes: previousOf(before, after) }),
    },
    livemode: false,
    pending_webhooks: 0,
    request: { id: requestId, idempotency_key: idempotencyKey },
    type,
  };
}

/** https://docs.stripe.com/api/events/object#event_object-data-previous_attributes */
const HAS_PREVIOUS_ATTRIBUTES =
  /\.updated$|^charge\.(?:captured|refunded)$|^payment_method\.detached$/;

/** The former values of what changed; of an object, of those of its fields that did. */
const previousOf = (before: JsonObject, after: JsonObject): JsonObject =>
  Object.fromEntries(
    [...new Set([...Object.keys(before), ...Object.keys(after)])]
      .filter((name) => differs(before[name], after[name]))
      .map((name) => {
        const [was, is] = [before[name] ?? null, after[name] ?? null];
        return [name, isObject(was) && isObject(is) ? previousOf(was, is) : was];
      }),
  );

const isObject = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const differs = (one: Json | undefined, other: Json | undefined) =>
  JSON.stringify(one ?? null) !== JSON.stringify(other ?? null);

function typesOf({ before, after }: Change, template: string): string[] {
  const kind = (after ?? before)?.object;
  if (kind === undefined || kind === 'webhook_endpoint') return [];
  if (after === null) return [`${kind}.deleted`];
  if (before !== null && !differs(before, after) && !template.endsWith('/send')) return [];
  const verb = before === null ? 'created' : 'updated';
  switch (after.object) {
    case 'customer':
      return [`customer.${after['deleted'] === true ? 'deleted' : verb}`];
    case 'price':
    case 'product':
      return [`${after.object}.${verb}`];
    case 'refund':
      return refundTypes(before, after);
    case 'subscription':
      return [`customer.subscription.${hasReached('canceled', before, after) ? 'deleted' : verb}`];
    case 'invoiceitem':
      return before === null ? ['invoiceitem.created'] : [];
    case 'dispute':
      return disputeTypes(before, after);
    case 'invoice':
      return invoiceTypes(before, after, template);
    case 'invoice_payment':
      return hasReached('paid', before, after) ? ['invoice_payment.paid'] : [];
    case 'payment_intent':
      return intentTypes(before, after);
    case 'payment_method':
      return methodTypes(before, after);
    case 'charge':
      return [chargeType(before, after)];
    case 'checkout.session':
      return sessionTypes(before, after);
    case 'balance_transaction':
    case 'event':
    case 'webhook_endpoint':
      return [];
  }
}

const hasReached = (status: string, before: WireObject | null, after: WireObject) =>
  after['status'] === status && before !== null && before['status'] !== status;

/** The bank takes a disputed payment back at once. */
function disputeTypes(before: WireObject | null, after: WireObject): string[] {
  if (before === null) return ['charge.dispute.created', 'charge.dispute.funds_withdrawn'];
  return [`charge.dispute.${hasReached('lost', before, after) ? 'closed' : 'updated'}`];
}

function refundTypes(before: WireObject | null, after: WireObject): string[] {
  if (before === null) return ['refund.created'];
  return [
    'refund.updated',
    'charge.refund.updated',
    ...(hasReached('failed', before, after) ? ['refund.failed'] : []),
  ];
}

function methodTypes(before: WireObject | null, after: WireObject): string[] {
  const [was, is] = [before?.['customer'] ?? null, after['customer'] ?? null];
  if (was === null) return is === null ? [] : ['payment_method.attached'];
  return [is === null ? 'payment_method.detached' : 'payment_method.updated'];
}

/** There is none for a new one: https://docs.stripe.com/api/events/types#event_types-checkout.session.completed */
function sessionTypes(before: WireObject | null, after: WireObject): string[] {
  if (hasReached('complete', before, after)) return ['checkout.session.completed'];
  if (hasReached('expired', before, after)) return ['checkout.session.expired'];
  const isPaidLater =
    after['status'] === 'complete' &&
    after['payment_status'] === 'paid' &&
    before?.['payment_status'] === 'unpaid';
  return isPaidLater ? ['checkout.session.async_payment_succeeded'] : [];
}

function invoiceTypes(before: WireObject | null, after: WireObject, template: string): string[] {
  const isNew = (status: string) => after['status'] === status && before?.['status'] !== status;
  const isFinal = isNew('open') || isNew('paid');
  return [
    ...(before === null ? ['invoice.created'] : []),
    ...(isFinal && (before?.['status'] ?? 'draft') === 'draft' ? ['invoice.finalized'] : []),
    ...(isNew('paid') ? ['invoice.paid', 'invoice.payment_succeeded'] : []),
    ...(isNew('uncollectible') ? ['invoice.marked_uncollectible'] : []),
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
  if (before['status'] === 'pending' && after['status'] !== 'pending')
    return `charge.${textAt(after, 'status')}`;
  if (after['captured'] === true && before['captured'] !== true) return 'charge.captured';
  return Number(after['amount_refunded']) > Number(before['amount_refunded'])
    ? 'charge.refunded'
    : 'charge.updated';
}
