import { toBalanceTransaction } from './shapes/balance-transaction.ts';
import { toCharge } from './shapes/charge.ts';
import { toInvoicePayment } from './shapes/invoice-payment.ts';
import { toPaymentIntent } from './shapes/payment-intent.ts';
import { longId } from './stripe-ids.ts';
import { textAt, type WireObject } from './stripe-json.ts';

/** How an invoice is collected. */
export interface Collection {
  /** Unique among all writes. */
  readonly key: string;
  readonly now: number;
  /** What pays it now; null where it stays open. */
  readonly payingBy: WireObject | null;
}

/** The payment of a final invoice, its link to the invoice and, once it was paid, its charge; nothing where nothing is to be paid. */
export function collect(invoice: WireObject, { key, now, payingBy }: Collection): WireObject[] {
  const amount = Number(invoice['amount_due']);
  if (amount === 0) return [];
  const [intent, charge, transaction] = [longId('pi', key), longId('ch', key), longId('txn', key)];
  const facts = {
    created: now,
    amount,
    currency: textAt(invoice, 'currency'),
    description: 'Payment for Invoice',
  };
  const customer = textAt(invoice, 'customer');
  const link = toInvoicePayment({
    ...facts,
    id: longId('inpay', key),
    invoice: invoice.id,
    paymentIntent: intent,
    status: payingBy === null ? 'open' : 'paid',
  });
  const payment = toPaymentIntent({
    ...facts,
    id: intent,
    customer,
    invoice: invoice.id,
    lastError: null,
    latestCharge: payingBy === null ? null : charge,
    paymentMethod: payingBy?.id ?? null,
    methodType: payingBy === null ? 'card' : textAt(payingBy, 'type'),
    status: payingBy === null ? 'requires_payment_method' : 'succeeded',
  });
  if (payingBy === null) return [payment, link];
  return [
    payment,
    link,
    toCharge({
      ...facts,
      id: charge,
      customer,
      paymentIntent: intent,
      method: payingBy,
      balanceTransaction: transaction,
      outcome: 'captured',
    }),
    toBalanceTransaction({ ...facts, id: transaction, source: charge, type: 'charge' }),
  ];
}
