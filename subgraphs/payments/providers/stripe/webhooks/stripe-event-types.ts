/** The events about records of this graph, by the part of their names before the verb: https://docs.stripe.com/api/events/types */
const VERBS = {
  payment_intent: [
    'amount_capturable_updated',
    'canceled',
    'created',
    'partially_funded',
    'payment_failed',
    'processing',
    'requires_action',
    'succeeded',
  ],
  charge: ['refunded'],
  'charge.dispute': ['closed', 'created', 'funds_reinstated', 'funds_withdrawn', 'updated'],
  'charge.refund': ['updated'],
  refund: ['created', 'failed', 'updated'],
  // Without `upcoming`: its invoice does not exist yet.
  invoice: [
    'created',
    'deleted',
    'finalization_failed',
    'finalized',
    'marked_uncollectible',
    'overdue',
    'overpaid',
    'paid',
    'payment_action_required',
    'payment_attempt_required',
    'payment_failed',
    'payment_succeeded',
    'sent',
    'updated',
    'voided',
    'will_be_due',
  ],
  invoice_payment: ['paid'],
  invoiceitem: ['created', 'deleted'],
  customer: ['created', 'deleted', 'updated'],
  'customer.source': ['created', 'deleted', 'expiring', 'updated'],
  'customer.subscription': [
    'created',
    'deleted',
    'paused',
    'pending_update_applied',
    'pending_update_expired',
    'resumed',
    'trial_will_end',
    'updated',
  ],
  payment_method: ['attached', 'automatically_updated', 'detached', 'updated'],
  'checkout.session': ['async_payment_failed', 'async_payment_succeeded', 'completed', 'expired'],
} as const satisfies Record<string, readonly string[]>;

/** The object type of an event: `customer.subscription`. */
export type EventResource = keyof typeof VERBS;

/** The names of all events that this graph uses. */
export const STRIPE_EVENT_TYPES: readonly string[] = Object.entries(VERBS).flatMap(
  ([resource, verbs]) => verbs.map((verb) => `${resource}.${verb}`),
);

/**
 * Parses the name of an event, also of a thin one: `v1.invoice.paid`. Some thin events have no counterpart, such as
 * `v1.invoice.line_item_added`, so any verb is accepted.
 * @returns undefined for an event that this graph does not use
 */
export function readEventType(
  type: string,
): { readonly resource: EventResource; readonly verb: string } | undefined {
  const name = type.startsWith('v1.') ? type.slice('v1.'.length) : type;
  if (WITHOUT_RECORD.has(name)) return undefined;
  const dot = name.lastIndexOf('.');
  const [resource, verb] = [name.slice(0, dot), name.slice(dot + 1)];
  if (!isResource(resource)) return undefined;
  // Events of the payment cover all other changes of a charge.
  return resource === 'charge' && verb !== 'refunded' ? undefined : { resource, verb };
}

const WITHOUT_RECORD: ReadonlySet<string> = new Set(['invoice.upcoming']);

const isResource = (text: string): text is EventResource => Object.hasOwn(VERBS, text);
