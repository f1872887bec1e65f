import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type Stripe from 'stripe';
import type { Change } from '../../../../../../events/change.ts';
import { STRIPE_EVENT_TYPES } from '../../../../../../subgraphs/payments/providers/stripe/webhooks/stripe-event-types.ts';
import {
  readEvent,
  type ReadEvent,
} from '../../../../../../subgraphs/payments/providers/stripe/webhooks/stripe-events.ts';

const ACCOUNT = { customer: 'cus_1' };

const snapshot = (
  type: string,
  object: object,
  { previous, ...over }: { readonly previous?: object; readonly [key: string]: unknown } = {},
) => ({
  id: 'evt_1',
  object: 'event',
  api_version: '2026-10-28.endive',
  type,
  livemode: false,
  created: 1_700_000_000,
  data: { object, ...(previous !== undefined && { previous_attributes: previous }) },
  ...over,
});

const thin = (type: string, id: string, over: object = {}) => ({
  id: 'evt_test_thin',
  object: 'v2.core.event',
  type,
  livemode: false,
  created: '2023-11-14T22:13:20.250Z',
  related_object: { id, type: 'whatever', url: `/v1/whatever/${id}` },
  ...over,
});

const read = (body: unknown, isLive = false): ReadEvent =>
  readEvent(body, { source: 'webhook', isLive });

/** `Payment pi_1 UPDATED of BillingAccount cus_1, changed status` */
const describeChange = ({ type, id, kind, related, changed }: Change) =>
  [
    `${type} ${id} ${kind}`,
    ...(related.length > 0
      ? [` of ${related.map((one) => `${one.type} ${one.id}`).join(' and ')}`]
      : []),
    ...(changed.length > 0 ? [`, changed ${changed.join()}`] : []),
  ].join('');

const changesOf = (body: unknown) => {
  const result = read(body);
  return result.kind === 'event' ? result.event.changes.map(describeChange) : result;
};

const PAYMENT = { id: 'pi_1', object: 'payment_intent', ...ACCOUNT };
const CHARGE = { id: 'ch_1', object: 'charge', payment_intent: 'pi_1', ...ACCOUNT };
const DISPUTE = { id: 'dp_1', object: 'dispute', charge: 'ch_1', payment_intent: 'pi_1' };
const REFUND = { id: 're_1', object: 'refund', charge: 'ch_1', payment_intent: 'pi_1' };
const INVOICE = {
  id: 'in_1',
  object: 'invoice',
  ...ACCOUNT,
  parent: { type: 'subscription_details', subscription_details: { subscription: 'sub_1' } },
};
const PLAN = { id: 'sub_1', object: 'subscription', ...ACCOUNT };
const CUSTOMER = { id: 'cus_1', object: 'customer', email: 'a@example.com' };
const METHOD = { id: 'pm_1', object: 'payment_method', ...ACCOUNT };
const CARD = { id: 'card_1', object: 'card', ...ACCOUNT };
const SESSION = {
  id: 'cs_test_1',
  object: 'checkout.session',
  ...ACCOUNT,
  payment_intent: { id: 'pi_1', object: 'payment_intent' },
  subscription: null,
  invoice: null,
};
const ITEM = { id: 'ii_1', object: 'invoiceitem', invoice: 'in_1', ...ACCOUNT };
const INVOICE_PAYMENT = {
  id: 'inpay_1',
  object: 'invoice_payment',
  invoice: 'in_1',
  payment: { type: 'payment_intent', payment_intent: 'pi_1' },
};

const OF_ACCOUNT = 'of BillingAccount cus_1';
const PAYMENT_UPDATED = [`Payment pi_1 UPDATED ${OF_ACCOUNT}`];
const DISPUTED = ['Payment pi_1 UPDATED'];
const REFUND_UPDATED = ['Refund re_1 UPDATED of Payment pi_1', 'Payment pi_1 UPDATED'];
const INVOICE_OF = `${OF_ACCOUNT} and RecurringPlan sub_1`;
const INVOICE_UPDATED = [`Invoice in_1 UPDATED ${INVOICE_OF}, changed status`];
const INVOICE_SENT = INVOICE_UPDATED;
const PLAN_UPDATED = [`RecurringPlan sub_1 UPDATED ${OF_ACCOUNT}`];
const method = (id: string, kind: string) => [
  `PaymentMethod ${id} ${kind} ${OF_ACCOUNT}`,
  'BillingAccount cus_1 UPDATED',
];
const SESSION_UPDATED = [`CheckoutSession cs_test_1 UPDATED ${OF_ACCOUNT} and Payment pi_1`];

type Row = readonly [Stripe.Event.Type, object, readonly string[], (object | undefined)?];

const EVENTS: readonly Row[] = [
  ['payment_intent.created', PAYMENT, [`Payment pi_1 CREATED ${OF_ACCOUNT}`]],
  ['payment_intent.amount_capturable_updated', PAYMENT, PAYMENT_UPDATED],
  ['payment_intent.canceled', PAYMENT, PAYMENT_UPDATED],
  ['payment_intent.partially_funded', PAYMENT, PAYMENT_UPDATED],
  ['payment_intent.payment_failed', PAYMENT, PAYMENT_UPDATED],
  ['payment_intent.processing', PAYMENT, PAYMENT_UPDATED],
  ['payment_intent.requires_action', PAYMENT, PAYMENT_UPDATED],
  ['payment_intent.succeeded', PAYMENT, PAYMENT_UPDATED],
  ['charge.refunded', CHARGE, PAYMENT_UPDATED],
  ['charge.dispute.created', DISPUTE, DISPUTED],
  ['charge.dispute.updated', DISPUTE, DISPUTED],
  ['charge.dispute.closed', DISPUTE, DISPUTED],
  ['charge.dispute.funds_reinstated', DISPUTE, DISPUTED],
  ['charge.dispute.funds_withdrawn', DISPUTE, DISPUTED],
  ['charge.refund.updated', REFUND, REFUND_UPDATED],
  ['refund.created', REFUND, ['Refund re_1 CREATED of Payment pi_1', 'Payment pi_1 UPDATED']],
  ['refund.failed', REFUND, REFUND_UPDATED],
  ['refund.updated', REFUND, REFUND_UPDATED],
  ['invoice.created', INVOICE, [`Invoice in_1 CREATED ${INVOICE_OF}`]],
  ['invoice.deleted', INVOICE, [`Invoice in_1 DELETED ${INVOICE_OF}`]],
  ['invoice.finalization_failed', INVOICE, INVOICE_UPDATED],
  ['invoice.finalized', INVOICE, INVOICE_UPDATED],
  ['invoice.marked_uncollectible', INVOICE, INVOICE_UPDATED],
  ['invoice.overdue', INVOICE, INVOICE_UPDATED],
  ['invoice.overpaid', INVOICE, INVOICE_UPDATED],
  ['invoice.paid', INVOICE, INVOICE_UPDATED],
  ['invoice.payment_action_required', INVOICE, INVOICE_UPDATED],
  ['invoice.payment_attempt_required', INVOICE, INVOICE_UPDATED],
  ['invoice.payment_failed', INVOICE, INVOICE_UPDATED],
  ['invoice.payment_succeeded', INVOICE, INVOICE_UPDATED],
  ['invoice.sent', INVOICE, INVOICE_SENT],
  [
    'invoice.updated',
    INVOICE,
    [`Invoice in_1 UPDATED ${INVOICE_OF}`],
    { amount_due: 1, description: null },
  ],
  ['invoice.voided', INVOICE, INVOICE_UPDATED],
  ['invoice.will_be_due', INVOICE, INVOICE_UPDATED],
  ['invoice_payment.paid', INVOICE_PAYMENT, ['Invoice in_1 UPDATED of Payment pi_1']],
  ['invoiceitem.created', ITEM, [`Invoice in_1 UPDATED ${OF_ACCOUNT}`]],
  ['invoiceitem.deleted', ITEM, [`Invoice in_1 UPDATED ${OF_ACCOUNT}`]],
  ['customer.created', CUSTOMER, ['BillingAccount cus_1 CREATED']],
  ['customer.deleted', CUSTOMER, ['BillingAccount cus_1 DELETED']],
  ['customer.updated', CUSTOMER, ['BillingAccount cus_1 UPDATED'], { name: 'Before' }],
  ['customer.source.created', CARD, method('card_1', 'CREATED')],
  ['customer.source.deleted', CARD, method('card_1', 'DELETED')],
  ['customer.source.expiring', CARD, method('card_1', 'UPDATED')],
  ['customer.source.updated', CARD, method('card_1', 'UPDATED')],
  ['customer.subscription.created', PLAN, [`RecurringPlan sub_1 CREATED ${OF_ACCOUNT}`]],
  ['customer.subscription.deleted', PLAN, PLAN_UPDATED],
  ['customer.subscription.paused', PLAN, PLAN_UPDATED],
  ['customer.subscription.pending_update_applied', PLAN, PLAN_UPDATED],
  ['customer.subscription.pending_update_expired', PLAN, PLAN_UPDATED],
  ['customer.subscription.resumed', PLAN, PLAN_UPDATED],
  ['customer.subscription.trial_will_end', PLAN, PLAN_UPDATED],
  ['customer.subscription.updated', PLAN, PLAN_UPDATED],
  ['payment_method.attached', METHOD, method('pm_1', 'CREATED'), { customer: null }],
  ['payment_method.automatically_updated', METHOD, method('pm_1', 'UPDATED')],
  [
    'payment_method.detached',
    { ...METHOD, customer: null },
    method('pm_1', 'DELETED'),
    { customer: 'cus_1' },
  ],
  ['payment_method.updated', METHOD, method('pm_1', 'UPDATED')],
  ['checkout.session.async_payment_failed', SESSION, SESSION_UPDATED],
  ['checkout.session.async_payment_succeeded', SESSION, SESSION_UPDATED],
  ['checkout.session.completed', SESSION, SESSION_UPDATED],
  ['checkout.session.expired', SESSION, SESSION_UPDATED],
];

describe('events of Stripe become changes', () => {
  it.each(EVENTS)('%s', (...row) => {
    // Jest would give a function for what a row lacks.
    const [type, object, expected, previous] = row;
    expect(changesOf(snapshot(type, object, previous && { previous }))).toEqual(expected);
  });

  it('whatever the event of the list that catching up reads', () => {
    expect([...STRIPE_EVENT_TYPES].sort()).toEqual(EVENTS.map(([type]) => type).sort());
  });

  it('with its id as key, and the time at which it happened', () => {
    expect(read(snapshot('customer.created', CUSTOMER))).toEqual({
      kind: 'event',
      event: {
        key: 'evt_1',
        changes: [
          {
            vendor: 'stripe',
            type: 'BillingAccount',
            id: 'cus_1',
            kind: 'CREATED',
            related: [],
            changed: [],
            at: 1_700_000_000_000,
            searchLagMs: 60_000,
            source: 'webhook',
          },
        ],
      },
    });
  });

  it.each([
    ['a changed e-mail', { previous: { email: 'before@example.com' } }],
    ['an e-mail that was not set before', { previous: { email: null, name: 'Before' } }],
    ['no word on what changed', {}],
  ])('whose customer may have another e-mail: %s', (_case, over) => {
    expect(changesOf(snapshot('customer.updated', CUSTOMER, over))).toEqual([
      'BillingAccount cus_1 UPDATED, changed email',
    ]);
  });

  it('and hold no value of the object or of what it was before', () => {
    const event = snapshot(
      'customer.updated',
      { ...CUSTOMER, name: 'Grace', phone: '+1555' },
      { previous: { email: 'before@example.com', phone: '+1444' } },
    );
    const text = JSON.stringify(read(event));
    for (const value of ['a@example.com', 'before@', 'Grace', '+1555', '+1444'])
      expect(text).not.toContain(value);
  });

  it('in the shapes of old versions', () => {
    const invoice = {
      id: 'in_1',
      customer: 'cus_1',
      subscription: 'sub_1',
      payment_intent: 'pi_1',
    };
    expect(changesOf(snapshot('invoice.sent', invoice, { api_version: '2020-08-27' }))).toEqual([
      `Invoice in_1 UPDATED ${INVOICE_OF} and Payment pi_1, changed status`,
    ]);
  });

  it('with the names of the records alone, where they were expanded', () => {
    const intent = { ...PAYMENT, customer: { ...CUSTOMER, object: 'customer' } };
    expect(changesOf(snapshot('payment_intent.succeeded', intent))).toEqual(PAYMENT_UPDATED);
  });

  it('with a deleted customer, too', () => {
    const intent = { ...PAYMENT, customer: { id: 'cus_1', object: 'customer', deleted: true } };
    expect(changesOf(snapshot('payment_intent.succeeded', intent))).toEqual(PAYMENT_UPDATED);
  });
});

describe('thin events of Stripe become changes', () => {
  it.each([
    ['v1.payment_intent.succeeded', 'pi_1', ['Payment pi_1 UPDATED']],
    ['v1.refund.created', 're_1', ['Refund re_1 CREATED']],
    ['v1.invoice.paid', 'in_1', ['Invoice in_1 UPDATED, changed status']],
    ['v1.invoice.line_item_added', 'in_1', ['Invoice in_1 UPDATED, changed status']],
    ['v1.customer.created', 'cus_1', ['BillingAccount cus_1 CREATED']],
    ['v1.customer.updated', 'cus_1', ['BillingAccount cus_1 UPDATED, changed email']],
    ['v1.customer.deleted', 'cus_1', ['BillingAccount cus_1 DELETED']],
    ['v1.customer.subscription.past_due', 'sub_1', ['RecurringPlan sub_1 UPDATED']],
    ['v1.payment_method.detached', 'pm_1', ['PaymentMethod pm_1 DELETED']],
    ['v1.checkout.session.completed', 'cs_test_1', ['CheckoutSession cs_test_1 UPDATED']],
  ])('%s', (type, id, expected) => {
    expect(changesOf(thin(type, id))).toEqual(expected);
  });

  it('with the time at which they happened', () => {
    const result = read(thin('v1.customer.created', 'cus_1'));
    expect(result).toMatchObject({ event: { changes: [{ at: 1_700_000_000_250 }] } });
  });

  it.each([
    ['the event with the object, where there is one', { snapshot_event: 'evt_1' }, 'evt_1'],
    ['their own, where there is none', {}, 'evt_test_thin'],
    ['their own, where it is null', { snapshot_event: null }, 'evt_test_thin'],
  ])('with the key of %s', (_case, over, key) => {
    expect(read(thin('v1.customer.created', 'cus_1', over))).toMatchObject({ event: { key } });
  });
});

describe('an event of Stripe is ignored', () => {
  it.each([
    ['type', 'an event that no record of the graph is about', snapshot('balance.available', {})],
    ['type', 'an invoice to come, which has no id', snapshot('invoice.upcoming', ACCOUNT)],
    ['type', 'a charge without a payment', snapshot('charge.refunded', { id: 'ch_1' })],
    ['type', 'a charge, of which its payment tells', snapshot('charge.succeeded', CHARGE)],
    ['type', 'a discount of a customer', snapshot('customer.discount.created', { id: 'di_1' })],
    ['type', 'an inherited property', snapshot('constructor.created', { id: 'x' })],
    ['type', 'no dot', snapshot('customer', CUSTOMER)],
    ['type', 'a thin event of an API of its own', thin('v2.core.account.updated', 'acct_1')],
    [
      'type',
      'a thin event about nothing',
      { ...thin('v1.refund.created', ''), related_object: null },
    ],
    ['mode', 'live, for a test key', snapshot('customer.created', CUSTOMER, { livemode: true })],
    ['mode', 'thin and live', thin('v1.customer.created', 'cus_1', { livemode: true })],
    ['account', 'connected', snapshot('customer.created', CUSTOMER, { account: 'acct_1' })],
    ['account', 'thin, connected', thin('v1.customer.created', 'cus_1', { context: 'acct_1' })],
  ])('%s: %s', (reason, _case, body) => {
    expect(read(body)).toEqual({ kind: 'ignored', reason });
  });

  it('mode: of a test, for a live key', () => {
    expect(read(snapshot('customer.created', CUSTOMER), true)).toEqual({
      kind: 'ignored',
      reason: 'mode',
    });
  });
});

describe('an event of Stripe is unreadable', () => {
  it.each([
    ['no JSON', undefined],
    ['null', null],
    ['a list', [snapshot('customer.created', CUSTOMER)]],
    ['another object', { ...snapshot('customer.created', CUSTOMER), object: 'v3.event' }],
    ['no id', { ...snapshot('customer.created', CUSTOMER), id: undefined }],
    ['an id that is no name', { ...snapshot('customer.created', CUSTOMER), id: 'evt 1' }],
    ['no mode', { ...snapshot('customer.created', CUSTOMER), livemode: undefined }],
    ['no time', { ...snapshot('customer.created', CUSTOMER), created: 'today' }],
    ['an object without an id', snapshot('customer.created', {})],
    ['no object', snapshot('customer.created', 'cus_1' as unknown as object)],
    ['a thin event without a time', thin('v1.customer.created', 'cus_1', { created: 'today' })],
  ])('%s', (_case, body) => {
    expect(read(body)).toEqual({ kind: 'unreadable' });
  });
});

const FILE = path.resolve(process.env['RECORDED_DIR'] ?? '../shared/recorded', 'stripe.json');
const exists = existsSync(FILE);
if (!exists) console.warn(`Skipped: no recordings at ${FILE}; set RECORDED_DIR.`);

/** By the names of the objects, the events that hold them. */
const OF_OBJECT: Readonly<Record<string, Stripe.Event.Type>> = {
  customer: 'customer.updated',
  payment_intent: 'payment_intent.succeeded',
  charge: 'charge.refunded',
  invoice: 'invoice.paid',
  invoice_payment: 'invoice_payment.paid',
  subscription: 'customer.subscription.updated',
  payment_method: 'payment_method.updated',
};

(exists ? describe : describe.skip)('objects that Stripe sent are read in events', () => {
  const bodies = exists
    ? (JSON.parse(readFileSync(FILE, 'utf8')) as readonly { readonly body: unknown }[]).flatMap(
        ({ body }) => objectsIn(body),
      )
    : [];
  it.each(Object.entries(OF_OBJECT))('%s', (name, type) => {
    const found = bodies.filter((body) => body['object'] === name && 'id' in body);
    expect(found.length).toBeGreaterThan(0);
    for (const body of found)
      expect(['event', 'ignored']).toContain(read(snapshot(type, body)).kind);
    expect(found.some((body) => read(snapshot(type, body)).kind === 'event')).toBe(true);
  });
});

/** All objects within a body, whatever holds them. */
function objectsIn(body: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (typeof body !== 'object' || body === null) return [];
  const within = Object.values(body).flatMap(objectsIn);
  // A cast: any object has properties.
  return Array.isArray(body) ? within : [body as Readonly<Record<string, unknown>>, ...within];
}
