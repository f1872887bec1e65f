import type { Change, ChangeKind, RecordRef } from '../../../../../events/change.ts';
import { SEARCH_LAG_MS } from '../stripe-cache-tags.ts';
import type { EventResource } from './stripe-event-types.ts';
import type { EventObject } from './stripe-event-wire.ts';

/** An event and its object. */
export interface ObjectEvent {
  readonly resource: EventResource;
  readonly verb: string;
  readonly object: EventObject;
  /** The previous values of changed attributes; undefined if the event does not name them. */
  readonly previous: Readonly<Record<string, unknown>> | undefined;
}

/** The part of an event about one record. */
export type TouchedRecord = Pick<
  Change,
  'type' | 'id' | 'kind' | 'related' | 'changed' | 'searchLagMs'
>;

/** The records of an event. None if this graph has none of them, such as for a charge without a payment. */
export const touchedRecords = (event: ObjectEvent): readonly TouchedRecord[] =>
  READERS[event.resource](event);

type Reader = (event: ObjectEvent) => readonly TouchedRecord[];

/** Refunds, disputes and charges change fields of their payment. */
const paymentOf: Reader = ({ object }) =>
  touch('Payment', object.payment_intent, 'UPDATED', { related: [accountRef(object)] });

const refund: Reader = (event) => [
  ...touch('Refund', event.object.id, kindOf(event), {
    related: [ref('Payment', event.object.payment_intent)],
  }),
  ...paymentOf(event),
];

/** A payment method changes the lists of its account. */
const paymentMethod: Reader = (event) => {
  const { object, previous } = event;
  // A detached payment method has no account.
  const account = object.customer ?? textOf(previous?.['customer']);
  return [
    ...touch('PaymentMethod', object.id, kindOf(event), {
      related: [ref('BillingAccount', account)],
    }),
    ...touch('BillingAccount', account, 'UPDATED', {}),
  ];
};

/** Objects that change fields of their invoice. */
const invoiceOf: Reader = ({ object }) =>
  touch('Invoice', object.invoice, 'UPDATED', {
    related: [accountRef(object), ref('Payment', object.payment?.payment_intent)],
  });

const READERS: Readonly<Record<EventResource, Reader>> = {
  payment_intent: (event) =>
    touch('Payment', event.object.id, kindOf(event), { related: [accountRef(event.object)] }),
  charge: paymentOf,
  'charge.dispute': paymentOf,
  'charge.refund': refund,
  refund,
  invoice: (event) => {
    const { object } = event;
    const plan = object.parent?.subscription_details?.subscription ?? object.subscription;
    return touch('Invoice', object.id, kindOf(event), {
      related: [
        accountRef(object),
        ref('RecurringPlan', plan),
        ref('Payment', object.payment_intent),
      ],
      // A filter of lists.
      changed: changedOf(event, 'status'),
    });
  },
  invoice_payment: invoiceOf,
  invoiceitem: invoiceOf,
  customer: (event) => {
    // The key of account searches.
    const changed = changedOf(event, 'email');
    const isFoundOtherwise = changed.length > 0 || kindOf(event) !== 'UPDATED';
    return touch('BillingAccount', event.object.id, kindOf(event), { changed }).map((record) => ({
      ...record,
      ...(isFoundOtherwise && { searchLagMs: SEARCH_LAG_MS }),
    }));
  },
  'customer.source': paymentMethod,
  'customer.subscription': (event) =>
    // A subscription that has ended can still be read.
    touch('RecurringPlan', event.object.id, event.verb === 'created' ? 'CREATED' : 'UPDATED', {
      related: [accountRef(event.object)],
    }),
  payment_method: paymentMethod,
  'checkout.session': ({ object }) =>
    touch('CheckoutSession', object.id, 'UPDATED', {
      related: [
        accountRef(object),
        ref('Payment', object.payment_intent),
        ref('RecurringPlan', object.subscription),
        ref('Invoice', object.invoice),
      ],
    }),
};

interface Details {
  readonly related?: readonly (RecordRef | undefined)[];
  readonly changed?: readonly string[];
}

/** Empty if the event does not name the record. */
const touch = (
  type: string,
  id: string | null | undefined,
  kind: ChangeKind,
  { related = [], changed = [] }: Details,
): readonly TouchedRecord[] =>
  id == null
    ? []
    : [{ type, id, kind, related: related.filter((one) => one !== undefined), changed }];

const ref = (type: string, id: string | null | undefined): RecordRef | undefined =>
  id == null ? undefined : { type, id };

const accountRef = ({ customer }: EventObject) => ref('BillingAccount', customer);

const KINDS: Readonly<Record<string, ChangeKind>> = {
  created: 'CREATED',
  attached: 'CREATED',
  deleted: 'DELETED',
  detached: 'DELETED',
};

const kindOf = ({ verb }: ObjectEvent): ChangeKind =>
  (Object.hasOwn(KINDS, verb) ? KINDS[verb] : undefined) ?? 'UPDATED';

/** An attribute counts as changed unless the event excludes it. */
const changedOf = (event: ObjectEvent, name: string): readonly string[] =>
  kindOf(event) === 'UPDATED' &&
  (event.previous === undefined || Object.hasOwn(event.previous, name))
    ? [name]
    : [];

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.length <= MAX_ID ? value : undefined;

const MAX_ID = 255;
