import { longId } from './stripe-ids.ts';
import { type JsonObject, textAt, type WireObject } from './stripe-json.ts';
import { toBalanceTransaction } from './shapes/balance-transaction.ts';
import { toRefund } from './shapes/refund.ts';

export interface RefundOrder {
  /** Unique among all refunds. */
  readonly key: string;
  readonly created: number;
  readonly amount: number;
  readonly reason: string | null;
  readonly metadata: JsonObject;
  readonly status: 'failed' | 'pending' | 'succeeded';
}

/** Gives back a part of a charge or all of it: the charge as it is afterwards, the refund, and its balance transaction if any. */
export function refund(
  charge: WireObject,
  order: RefundOrder,
): [charge: WireObject, refund: WireObject, ...balance: WireObject[]] {
  const currency = textAt(charge, 'currency');
  const amountRefunded =
    Number(charge['amount_refunded']) + (order.status === 'failed' ? 0 : order.amount);
  const spending = toBalanceTransaction({
    id: longId('txn', `refund/${order.key}`),
    created: order.created,
    amount: -order.amount,
    currency,
    description: 'REFUND FOR CHARGE',
    source: longId('re', order.key),
    type: 'refund',
  });
  const refundObject = toRefund({
    ...order,
    id: longId('re', order.key),
    currency,
    charge: charge.id,
    paymentIntent: textAt(charge, 'payment_intent'),
    methodType: textAt(charge['payment_method_details'] as JsonObject, 'type'), // Every charge has these details.
    balanceTransaction: order.status === 'pending' ? null : spending.id,
  });
  const after = {
    ...charge,
    amount_refunded: amountRefunded,
    refunded: amountRefunded === charge['amount'],
  };
  return order.status === 'pending' ? [after, refundObject] : [after, refundObject, spending];
}
