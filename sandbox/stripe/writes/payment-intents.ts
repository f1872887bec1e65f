import { type PaymentIntentStatus, toPaymentIntent } from '../shapes/payment-intent.ts';
import { attempt, earningOf, methodNamed } from '../stripe-charging.ts';
import { leastCharge, readCurrency } from '../stripe-currencies.ts';
import { outOfBounds } from '../stripe-errors.ts';
import { longId } from '../stripe-ids.ts';
import { textAt, type WireObject } from '../stripe-json.ts';
import type { ParamReader } from '../stripe-param-reader.ts';
import { refund } from '../stripe-refunding.ts';
import {
  findInPath,
  findNamed,
  save,
  mergedMetadata,
  type Write,
  type WriteContext,
} from '../stripe-write-context.ts';
import {
  declined,
  noMethodToConfirm,
  overAuthorized,
  tooSmallPayment,
  wrongState,
} from '../stripe-write-errors.ts';

/** Parameters of a payment that can be set at any time before it is made. */
const SHARED = ['customer', 'description', 'expand', 'metadata', 'payment_method', 'receipt_email'];

const CREATE_PARAMS = [
  ...SHARED,
  'amount',
  'automatic_payment_methods',
  'capture_method',
  'confirm',
  'currency',
  'off_session',
  'return_url',
  'setup_future_usage',
];

/** `POST /v1/payment_intents` */
export const createPaymentIntent: Write = (params, context) => {
  params.refuseUnknown(CREATE_PARAMS);
  const amount = params.requiredInteger('amount', 1);
  const currency = readCurrency(params.requiredText('currency'), 'currency');
  const captureMethod =
    params.choice('capture_method', ['automatic', 'automatic_async', 'manual']) ??
    'automatic_async';
  const confirms = params.boolean('confirm') ?? false;
  const usage = params.choice('setup_future_usage', ['off_session', 'on_session']);
  if (amount < leastCharge(currency)) throw tooSmallPayment(currency, leastCharge(currency));
  const customer = params.text('customer');
  if (customer !== null) findNamed('customer', customer, 'customer', context);
  const chosen = readMethod(params, context);
  const status = chosen === null ? 'requires_payment_method' : 'requires_confirmation';
  const intent: WireObject = {
    ...toPaymentIntent({
      id: longId('pi', context.key),
      created: context.now,
      amount,
      currency,
      customer,
      description: params.text('description'),
      invoice: null,
      lastError: null,
      latestCharge: null,
      paymentMethod: chosen?.method.id ?? null,
      methodType: chosen === null ? 'card' : textAt(chosen.method, 'type'),
      status,
    }),
    capture_method: captureMethod,
    metadata: params.metadata(),
    receipt_email: params.text('receipt_email'),
    setup_future_usage: usage,
  };
  const minted = chosen?.minted ?? [];
  return confirms
    ? confirm(params, context, intent, minted)
    : save(params, context, intent, ...minted);
};

/** `POST /v1/payment_intents/{id}` */
export const updatePaymentIntent: Write = (params, context) => {
  params.refuseUnknown([...SHARED, 'amount', 'currency']);
  const amount = params.integer('amount', 1);
  const intent = findInPath('payment_intent', 'intent', context);
  if (amount !== null) refuseState(intent, 'update', BEFORE_PAYMENT);
  const chosen = readMethod(params, context);
  if (chosen !== null) refuseState(intent, 'update', BEFORE_PAYMENT);
  const customer = params.text('customer');
  if (customer !== null) findNamed('customer', customer, 'customer', context);
  const after: WireObject = {
    ...intent,
    ...(amount !== null && { amount }),
    ...(customer !== null && { customer }),
    ...(params.has('description') && { description: params.text('description') }),
    ...(params.has('receipt_email') && { receipt_email: params.text('receipt_email') }),
    ...(chosen !== null && { payment_method: chosen.method.id, status: 'requires_confirmation' }),
    metadata: mergedMetadata(intent, params),
  };
  return save(params, context, after, ...(chosen?.minted ?? []));
};

/** `POST /v1/payment_intents/{id}/confirm` */
export const confirmPaymentIntent: Write = (params, context) => {
  params.refuseUnknown(['expand', 'off_session', 'payment_method', 'return_url']);
  const intent = findInPath('payment_intent', 'intent', context);
  refuseState(intent, 'confirm', BEFORE_PAYMENT);
  const chosen = readMethod(params, context);
  const after = chosen === null ? intent : { ...intent, payment_method: chosen.method.id };
  return confirm(params, context, after, chosen?.minted ?? []);
};

/** `POST /v1/payment_intents/{id}/capture`: what is not captured of the authorized amount goes back, as a refund. */
export const capturePaymentIntent: Write = (params, context) => {
  params.refuseUnknown(['amount_to_capture', 'expand', 'metadata']);
  const wanted = params.integer('amount_to_capture', 1);
  const intent = findInPath('payment_intent', 'intent', context);
  refuseState(intent, 'capture', ['requires_capture']);
  const capturable = Number(intent['amount_capturable']);
  const captured = wanted ?? capturable;
  if (captured > capturable) throw overAuthorized();
  const charge = chargeOf(intent, context);
  const earning = earningOf(charge, captured, context);
  const whole: WireObject = {
    ...charge,
    amount_captured: captured,
    balance_transaction: earning.id,
    captured: true,
  };
  const after: WireObject = {
    ...intent,
    amount_capturable: 0,
    amount_received: captured,
    metadata: mergedMetadata(intent, params),
    status: 'succeeded',
  };
  return save(params, context, after, earning, ...released(whole, capturable - captured, context));
};

/** `POST /v1/payment_intents/{id}/cancel`: what was authorized goes back. */
export const cancelPaymentIntent: Write = (params, context) => {
  params.refuseUnknown(['cancellation_reason', 'expand']);
  const reason = params.choice('cancellation_reason', [
    'abandoned',
    'duplicate',
    'fraudulent',
    'requested_by_customer',
  ]);
  const intent = findInPath('payment_intent', 'intent', context);
  refuseState(intent, 'cancel', [...BEFORE_PAYMENT, 'requires_capture', 'processing']);
  const capturable = Number(intent['amount_capturable']);
  const after: WireObject = {
    ...intent,
    amount_capturable: 0,
    canceled_at: context.now,
    cancellation_reason: reason,
    next_action: null,
    status: 'canceled',
  };
  const back = capturable === 0 ? [] : released(chargeOf(intent, context), capturable, context);
  return save(params, context, after, ...back);
};

const BEFORE_PAYMENT: readonly PaymentIntentStatus[] = [
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
];

function readMethod(params: ParamReader, context: WriteContext) {
  const id = params.text('payment_method');
  return id === null ? null : methodNamed(id, 'payment_method', context);
}

/** A refused payment leaves its intent and its failed charge behind. */
function confirm(
  params: ParamReader,
  context: WriteContext,
  intent: WireObject,
  minted: readonly WireObject[],
) {
  const id = intent['payment_method'];
  if (typeof id !== 'string') throw noMethodToConfirm(intent);
  const method =
    minted.find((one) => one.id === id) ??
    findNamed('payment_method', id, 'payment_method', context);
  const made = attempt(intent, method, params.boolean('off_session') ?? false, context);
  const answer = save(params, context, made.intent, ...minted, ...made.others);
  if (made.decline !== null) throw declined(made.decline, made.intent);
  return answer;
}

function refuseState(
  intent: WireObject,
  action: 'cancel' | 'capture' | 'confirm' | 'update',
  allowed: readonly PaymentIntentStatus[],
): void {
  const status = textAt(intent, 'status');
  if (!allowed.some((one) => one === status)) throw wrongState(intent, action, allowed);
}

function chargeOf(intent: WireObject, { store }: WriteContext): WireObject {
  const charge = store.find('charge', textAt(intent, 'latest_charge'));
  if (charge === undefined) throw outOfBounds('intent', 'the id of an authorized payment');
  return charge;
}

/** A part of an authorized charge that was not taken; it moves no money. */
function released(charge: WireObject, amount: number, { key, now }: WriteContext): WireObject[] {
  if (amount === 0) return [charge];
  const [after, refundObject] = refund(charge, {
    key,
    created: now,
    amount,
    reason: null,
    metadata: {},
    status: 'succeeded',
  });
  return [after, { ...refundObject, balance_transaction: null }];
}
