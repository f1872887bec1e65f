import { longId } from '../stripe-ids.ts';
import { textAt, type WireObject } from '../stripe-json.ts';
import { toBalanceTransaction } from '../shapes/balance-transaction.ts';
import { type ChargeFacts, toCharge } from '../shapes/charge.ts';
import { DECLINES, toLastError } from '../shapes/decline.ts';
import { type PaymentIntentStatus, toPaymentIntent } from '../shapes/payment-intent.ts';
import type { Currency } from '../stripe-currencies.ts';
import type { Account } from './account.ts';
import { inventRefunds } from './refunds.ts';

export interface Purchase {
  /** Unique among all purchases. */
  readonly key: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: Currency;
  readonly description: string | null;
  readonly invoice: string | null;
  readonly method: WireObject;
  readonly status: PaymentIntentStatus;
  /** Whether a payment that has not come off was tried. */
  readonly isTried: boolean;
}

/** A payment intent with the charges, refunds and balance transactions that its status implies. */
export function tellPayment(purchase: Purchase, account: Account): WireObject[] {
  const { key, created, method, status } = purchase;
  const { dice } = account;
  const decline = dice.pick(DECLINES);
  // Banks answer at once for cards only; the reasons that are told here are theirs.
  const isCard = method['type'] === 'card';
  const failed = isCard && status === 'requires_payment_method' && purchase.isTried;
  const failedBefore = isCard && status === 'succeeded' && dice.chance(0.05);
  const firstTry: readonly WireObject[] =
    failed || failedBefore
      ? tellCharge({ ...purchase, key: `${key}/first` }, account, decline)
      : [];
  const outcome = outcomeOf(status);
  const lastTry: readonly WireObject[] =
    outcome === null
      ? []
      : tellCharge({ ...purchase, created: created + (failedBefore ? 90 : 1) }, account, outcome);
  const latestCharge = lastTry[0] ?? firstTry[0];
  const lastError =
    failed && latestCharge !== undefined ? toLastError(decline, latestCharge.id, method) : null;
  const isWithoutMethod = status === 'requires_payment_method' || status === 'canceled';
  const intent = toPaymentIntent({
    ...purchase,
    id: paymentIntentId(key),
    customer: account.facts.id,
    lastError,
    latestCharge: latestCharge?.id ?? null,
    methodType: textAt(method, 'type'),
    paymentMethod: isWithoutMethod ? null : method.id,
  });
  return [...firstTry, intent, ...lastTry];
}

export const paymentIntentId = (key: string) => longId('pi', key);

function outcomeOf(status: PaymentIntentStatus): 'authorized' | 'captured' | 'pending' | null {
  switch (status) {
    case 'succeeded':
      return 'captured';
    case 'requires_capture':
      return 'authorized';
    case 'processing':
      return 'pending';
    case 'canceled':
    case 'requires_action':
    case 'requires_confirmation':
    case 'requires_payment_method':
      return null;
  }
}

/** A charge, then its balance transaction and its refunds. */
function tellCharge(
  purchase: Purchase,
  account: Account,
  outcome: ChargeFacts['outcome'],
): [WireObject, ...WireObject[]] {
  const { key, created, amount, currency, description } = purchase;
  const id = longId('ch', key);
  const earning =
    outcome === 'captured'
      ? toBalanceTransaction({
          id: longId('txn', key),
          created,
          amount,
          currency,
          description,
          source: id,
          type: 'charge',
        })
      : null;
  const charge = toCharge({
    ...purchase,
    id,
    customer: account.facts.id,
    paymentIntent: paymentIntentId(key.replace(/\/first$/, '')),
    balanceTransaction: earning?.id ?? null,
    outcome,
  });
  if (earning === null) return [charge];
  const [refunded, ...refunds] = inventRefunds(charge, currency, account.dice);
  return [refunded, earning, ...refunds];
}
