import { z } from 'zod';
import { toPaymentIntent } from './shapes/payment-intent.ts';
import type { Changes } from './stripe-changes.ts';
import { attempt, earningOf, methodNamed } from './stripe-charging.ts';
import { noSuch } from './stripe-errors.ts';
import { readForm } from './stripe-form.ts';
import { longId } from './stripe-ids.ts';
import { type JsonObject, type Kind, textAt, type WireObject } from './stripe-json.ts';
import { createParamReader } from './stripe-param-reader.ts';
import type { Store } from './stripe-store.ts';
import { type NewEndpoint, OWN_ENDPOINT, type StripeWebhooks } from './stripe-webhooks.ts';
import type { WriteContext } from './stripe-write-context.ts';
import { findWrite } from './stripe-write-routes.ts';

/**
 * Changes that people make on Stripe's pages, or that happen on their own. Their events name no request.
 * Each throws a StripeError for an id that does not exist, and an Error where the object is in another state than is needed.
 */
export interface StripeEdits {
  /** Any write of the API: `write('POST', '/v1/customers/cus_1', { email: 'a@example.com' })`. */
  write(
    method: string,
    path: string,
    params?: Readonly<Record<string, string | number>>,
  ): JsonObject;
  /** Sets fields of an object, without asking whether Stripe would. */
  update(kind: Kind, id: string, changes: JsonObject): WireObject;
  /** A customer pays an open invoice by card, on its page. @returns the invoice */
  payInvoice(id: string): WireObject;
  /** A customer pays by card on the page of an open checkout session. @returns the session */
  completeCheckout(id: string): WireObject;
  /** A checkout session's time is over. @returns the session */
  expireCheckout(id: string): WireObject;
  /** The money of a payment arrives that was `processing`. @returns the payment */
  settlePayment(id: string): WireObject;
  /** The bank does not take a refund, which was thought to have succeeded. @returns the refund */
  failRefund(id: string): WireObject;
  /** Creates another endpoint; only this response has its secret. */
  addEndpoint(endpoint: NewEndpoint): { readonly id: string; readonly secret: string };
  /** Another secret, beside the one before; of the endpoint that the sandbox set up, unless another is named. @returns the new one */
  rollSecret(endpointId?: string): string;
}

export function createStripeEdits({
  store,
  changes,
  webhooks,
}: {
  readonly store: Store;
  readonly changes: Changes;
  readonly webhooks: StripeWebhooks;
}): StripeEdits {
  let edited = 0;
  const make = <Result>(template: string, act: (context: Context) => Result) => {
    const key = `edit/${String((edited += 1))}`;
    return changes.make({ key, template, requestId: null, idempotencyKey: null }, act);
  };
  const find = (kind: Kind, id: string) => {
    const found = store.find(kind, id);
    if (found === undefined) throw noSuch(kind, id);
    return found;
  };
  const change = (kind: Kind, id: string, act: (object: WireObject, context: Context) => Made) =>
    make('', (context) => {
      const [first, ...others] = act(find(kind, id), context);
      context.store.put(first, ...others);
      return first;
    });

  return {
    write(method, path, params = {}) {
      const { act, template, id } = findWrite(method, path);
      const fields = Object.entries(params).map(([name, value]) => [name, String(value)] as const);
      return make(template, (context) =>
        act(createParamReader(readForm(fields)), { ...context, id }),
      );
    },
    update: (kind, id, fields) => change(kind, id, (object) => [{ ...object, ...fields }]),
    payInvoice: (id) => change('invoice', id, payInvoice),
    completeCheckout: (id) => change('checkout.session', id, completeCheckout),
    expireCheckout: (id) =>
      change('checkout.session', id, (session) => {
        expectStatus(session, 'open');
        return [{ ...session, status: 'expired', url: null }];
      }),
    settlePayment: (id) => change('payment_intent', id, settlePayment),
    failRefund: (id) => change('refund', id, failRefund),
    addEndpoint: webhooks.addEndpoint,
    rollSecret: (id = OWN_ENDPOINT) => webhooks.rollSecret(id),
  };
}

type Context = Omit<WriteContext, 'id'>;

/** The object that was changed, and what changed with it. */
type Made = readonly [WireObject, ...WireObject[]];

function expectStatus(object: WireObject, status: string): void {
  if (object['status'] !== status)
    throw new Error(
      `The ${object.object} ${object.id} must be ${status}, but is ${textAt(object, 'status')}.`,
    );
}

/** By card, of which nothing is kept for the customer. */
function payByCard(intent: WireObject, context: Context): Made {
  const { method, minted } = methodNamed('pm_card_visa', 'payment_method', { ...context, id: '' });
  const paid = attempt(intent, method, false, { ...context, id: '' });
  return [paid.intent, ...minted, ...paid.others];
}

function payInvoice(invoice: WireObject, context: Context): Made {
  expectStatus(invoice, 'open');
  const link = context.store
    .all('invoice_payment')
    .find((one) => one['invoice'] === invoice.id && one['status'] === 'open');
  const { payment_intent: id } = (link?.['payment'] ?? {}) as { readonly payment_intent?: string }; // Payments here are intents.
  const intent = id === undefined ? undefined : context.store.find('payment_intent', id);
  if (link === undefined || intent === undefined)
    throw new Error(`The invoice ${invoice.id} must have an open payment.`);
  const amount = Number(invoice['amount_remaining']);
  return [
    {
      ...invoice,
      amount_paid: Number(invoice['amount_paid']) + amount,
      amount_remaining: 0,
      attempt_count: Number(invoice['attempt_count']) + 1,
      attempted: true,
      next_payment_attempt: null,
      status: 'paid',
      status_transitions: {
        ...(invoice['status_transitions'] as JsonObject), // An object always.
        paid_at: context.now,
      },
    },
    ...payByCard(intent, context),
    {
      ...link,
      amount_paid: amount,
      status: 'paid',
      status_transitions: { canceled_at: null, paid_at: context.now },
    },
  ];
}

function completeCheckout(session: WireObject, context: Context): Made {
  expectStatus(session, 'open');
  const customer = session['customer'];
  const intent = toPaymentIntent({
    id: longId('pi', context.key),
    created: context.now,
    amount: Number(session['amount_total']),
    currency: textAt(session, 'currency'),
    customer: typeof customer === 'string' ? customer : null,
    description: null,
    invoice: null,
    lastError: null,
    latestCharge: null,
    paymentMethod: null,
    methodType: 'card',
    status: 'requires_payment_method',
  });
  const details = {
    address: null,
    business_name: null,
    email: 'payer@example.com',
    individual_name: null,
    name: 'A Payer',
    phone: null,
    tax_exempt: 'none',
    tax_ids: null,
  };
  const complete: WireObject = {
    ...session,
    customer_details: session['customer_details'] ?? details,
    payment_intent: intent.id,
    payment_status: 'paid',
    status: 'complete',
    url: null,
  };
  return [complete, ...payByCard(intent, context)];
}

function settlePayment(intent: WireObject, context: Context): Made {
  expectStatus(intent, 'processing');
  const after: WireObject = {
    ...intent,
    amount_received: intent['amount'] ?? 0,
    status: 'succeeded',
  };
  const charge = context.store.find('charge', textAt(intent, 'latest_charge'));
  if (charge === undefined) return [after];
  const earning = earningOf(charge, Number(charge['amount']), { ...context, id: '' });
  const settled: WireObject = {
    ...charge,
    amount_captured: charge['amount'] ?? 0,
    balance_transaction: earning.id,
    captured: true,
    paid: true,
    status: 'succeeded',
  };
  return [after, settled, earning];
}

/** The money is the account's again: https://docs.stripe.com/refunds#failed-refunds */
function failRefund(refund: WireObject, { store }: Context): Made {
  if (refund['status'] === 'failed')
    throw new Error(`The refund ${refund.id} must not have failed before.`);
  const failed: WireObject = {
    ...refund,
    failure_reason: 'expired_or_canceled_card',
    status: 'failed',
  };
  const charge = store.find('charge', textAt(refund, 'charge'));
  if (charge === undefined) return [failed];
  const amountRefunded = Number(charge['amount_refunded']) - Number(refund['amount']);
  return [failed, { ...charge, amount_refunded: amountRefunded, refunded: false }];
}

/** Carries out an edit that came as JSON: `{ "edit": "payInvoice", "id": "in_1" }`. */
export function readStripeEdit(
  edit: StripeEdits,
  change: Readonly<Record<string, unknown>>,
): unknown {
  const read = EDIT.parse(change);
  switch (read.edit) {
    case 'write':
      return edit.write(read.method, read.path, read.params);
    case 'rollSecret':
      return edit.rollSecret();
    case 'completeCheckout':
    case 'expireCheckout':
    case 'failRefund':
    case 'payInvoice':
    case 'settlePayment':
      return edit[read.edit](read.id);
  }
}

const EDIT = z.discriminatedUnion('edit', [
  z.object({
    edit: z.literal('write'),
    method: z.enum(['POST', 'DELETE']),
    path: z.string(),
    params: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
  }),
  z.object({ edit: z.literal('rollSecret') }),
  z.object({
    edit: z.enum([
      'completeCheckout',
      'expireCheckout',
      'failRefund',
      'payInvoice',
      'settlePayment',
    ]),
    id: z.string(),
  }),
]);
