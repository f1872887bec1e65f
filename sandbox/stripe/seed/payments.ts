import { longId } from '../stripe-ids.ts';
import { textAt, type WireObject } from '../stripe-json.ts';
import { toBalanceTransaction } from '../shapes/balance-transaction.ts';
import { type ChargeFacts, toCharge } from '../shapes/charge.ts';
import { DECLINES, toLastError } from '../shapes/decline.ts';
import { type PaymentIntentStatus, toPaymentIntent } from '../shapes/payment-intent.ts';
import { type Currency, priceIn } from '../stripe-currencies.ts';
import { createSeededRandom } from '../stripe-random.ts';
import { toDispute } from '../shapes/dispute.ts';
import { refund } from '../stripe-refunding.ts';
import { type Account, DAY, NOW } from './account.ts';
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
export function seedPayment(purchase: Purchase, account: Account): WireObject[] {
  const { key, created, method, status } = purchase;
  const { random } = account;
  const decline = random.pick(DECLINES);
  // Only card payments are declined immediately, with the bank's reason.
  const isCard = method['type'] === 'card';
  const failed = isCard && status === 'requires_payment_method' && purchase.isTried;
  const failedBefore = isCard && status === 'succeeded' && random.chance(0.05);
  const firstTry: readonly WireObject[] =
    failed || failedBefore
      ? seedCharge({ ...purchase, key: `${key}/first` }, account, decline)
      : [];
  const outcome = outcomeOf(status);
  const lastTry: readonly WireObject[] =
    outcome === null
      ? []
      : seedCharge({ ...purchase, created: created + (failedBefore ? 90 : 1) }, account, outcome);
  const latestCharge = lastTry[0] ?? firstTry[0];
  const lastError =
    failed && latestCharge !== undefined ? toLastError(decline, latestCharge.id, method) : null;
  const isWithoutMethod = status === 'requires_payment_method' || status === 'canceled';
  const received = Number(lastTry[0]?.['amount_captured'] ?? 0);
  const intent = toPaymentIntent({
    ...purchase,
    ...(status === 'succeeded' && received < purchase.amount && { received }),
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
function seedCharge(
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
  const [refunded, ...refunds] = inventRefunds(charge, currency, account.random);
  if (refunds.length > 0 || purchase.invoice !== null || purchase.method['type'] !== 'card')
    return [refunded, earning, ...refunds];
  return seedSpecialCase(charge, earning, purchase);
}

/** A dispute, or a capture of a part, of some charges. Rolled apart, so that all other choices stay what they are. */
function seedSpecialCase(
  charge: WireObject,
  earning: WireObject,
  { key, created, amount, currency }: Purchase,
): [WireObject, ...WireObject[]] {
  const random = createSeededRandom(`${key}/peculiarity`);
  const kind = random.weighted([
    ['none', 50],
    ['disputed', 2],
    ['captured in part', 2],
  ] as const);
  if (kind === 'disputed') {
    const dispute = toDispute({
      id: longId('du', key),
      created: Math.min(NOW, created + 3 * DAY),
      charge,
      reason: random.pick(['fraudulent', 'product_not_received', 'duplicate']),
      status: random.pick(['needs_response', 'under_review', 'won', 'lost']),
    });
    return [{ ...charge, disputed: true }, earning, dispute];
  }
  const step = priceIn(currency, 1);
  const rest = Math.floor(amount / 3 / step) * step;
  if (kind === 'none' || rest === 0) return [charge, earning];
  // What was not captured goes back, as a refund that moves no money: https://docs.stripe.com/api/payment_intents/capture
  const [after, refundObject] = refund(
    { ...charge, amount_captured: amount - rest },
    {
      key: `${key}/rest`,
      created: created + 60,
      amount: rest,
      reason: null,
      metadata: {},
      status: 'succeeded',
    },
  );
  const taken = toBalanceTransaction({
    id: earning.id,
    created,
    amount: amount - rest,
    currency,
    description: typeof earning['description'] === 'string' ? earning['description'] : null,
    source: charge.id,
    type: 'charge',
  });
  return [after, taken, { ...refundObject, balance_transaction: null }];
}
