import { missingParameter, outOfBounds, StripeError } from '../stripe-errors.ts';
import type { WireObject } from '../stripe-json.ts';
import type { ParamReader } from '../stripe-param-reader.ts';
import { refund } from '../stripe-refunding.ts';
import { findNamed, save, type Write, type WriteContext } from '../stripe-write-context.ts';

/** `POST /v1/refunds` */
export const createRefund: Write = (params, context) => {
  params.refuseUnknown(['amount', 'charge', 'expand', 'metadata', 'payment_intent', 'reason']);
  const wanted = params.integer('amount');
  const reason = params.choice('reason', ['duplicate', 'fraudulent', 'requested_by_customer']);
  const charge = findCharge(params, context);
  const [after, refundObject, ...balance] = refund(charge, {
    key: context.key,
    created: context.now,
    amount: amountOf(wanted, charge),
    reason,
    metadata: params.metadata(),
    status: 'succeeded',
  });
  return save(params, context, refundObject, after, ...balance);
};

function findCharge(params: ParamReader, context: WriteContext): WireObject {
  const chargeId = params.text('charge');
  if (chargeId !== null) return findNamed('charge', chargeId, 'charge', context);
  const intentId = params.text('payment_intent');
  if (intentId === null) throw missingParameter('payment_intent');
  const intent = findNamed('payment_intent', intentId, 'payment_intent', context);
  const latest = intent['latest_charge'];
  const charge = typeof latest === 'string' ? context.store.find('charge', latest) : undefined;
  if (charge?.['status'] === 'succeeded') return charge;
  throw new StripeError(400, {
    message: `This PaymentIntent (${intentId}) does not have a successful charge to refund.`,
  });
}

function amountOf(wanted: number | null, charge: WireObject): number {
  const left = Number(charge['amount']) - Number(charge['amount_refunded']);
  if (left === 0) {
    throw new StripeError(400, {
      code: 'charge_already_refunded',
      message: `Charge ${charge.id} has already been refunded.`,
    });
  }
  const amount = wanted ?? left;
  if (amount < 1) throw outOfBounds('amount', 'greater than or equal to 1');
  if (amount <= left) return amount;
  const message = `Refund amount (${String(amount)}) is greater than unrefunded amount on charge (${String(left)})`;
  throw new StripeError(400, { message, param: 'amount' });
}
