import { toBalanceTransaction } from './shapes/balance-transaction.ts';
import { toCharge } from './shapes/charge.ts';
import { type Decline, DECLINES, toLastError } from './shapes/decline.ts';
import { toDispute } from './shapes/dispute.ts';
import { billingDetails, toPaymentMethod } from './shapes/payment-method.ts';
import { longId, token } from './stripe-ids.ts';
import { type JsonObject, textAt, type WireObject } from './stripe-json.ts';
import { findNamed, type WriteContext } from './stripe-write-context.ts';

/** What comes of trying to charge a payment method. */
export interface Attempt {
  readonly intent: WireObject;
  readonly others: readonly WireObject[];
  /** The bank's decline. */
  readonly decline: Decline | null;
}

/** Payment methods for tests, which are copied for each use: https://docs.stripe.com/testing */
const TEST_CARDS: Readonly<
  Record<string, { readonly brand: string; readonly last4: string; readonly does?: string }>
> = {
  pm_card_visa: { brand: 'visa', last4: '4242' },
  pm_card_mastercard: { brand: 'mastercard', last4: '4444' },
  pm_card_amex: { brand: 'amex', last4: '8431' },
  pm_card_chargeDeclined: { brand: 'visa', last4: '0002', does: 'generic_decline' },
  pm_card_visa_chargeDeclinedInsufficientFunds: {
    brand: 'visa',
    last4: '9995',
    does: 'insufficient_funds',
  },
  pm_card_visa_chargeDeclinedLostCard: { brand: 'visa', last4: '9987', does: 'lost_card' },
  pm_card_chargeDeclinedExpiredCard: { brand: 'visa', last4: '0069', does: 'expired_card' },
  pm_card_chargeCustomerFail: { brand: 'visa', last4: '0341', does: 'generic_decline' },
  pm_card_authenticationRequired: { brand: 'visa', last4: '3184', does: 'authenticate' },
  pm_card_createDispute: { brand: 'visa', last4: '0259', does: 'dispute' },
};

/** What a card does when it is charged, by the last digits that only test cards have here. */
const BEHAVIOURS: ReadonlyMap<string, string> = new Map(
  Object.values(TEST_CARDS).flatMap(({ last4, does }) =>
    does === undefined ? [] : [[last4, does] as const],
  ),
);

/** The payment method that a parameter names, and what has to be kept of it. */
export function methodNamed(
  id: string,
  param: string,
  context: WriteContext,
): { readonly method: WireObject; readonly minted: readonly WireObject[] } {
  const card = Object.hasOwn(TEST_CARDS, id) ? TEST_CARDS[id] : undefined;
  if (card === undefined)
    return { method: findNamed('payment_method', id, param, context), minted: [] };
  const method = toPaymentMethod({
    id: longId('pm', context.key),
    created: context.now,
    customer: null,
    billingDetails: billingDetails(),
    type: 'card',
    details: testCard(card.brand, card.last4),
  });
  return { method, minted: [method] };
}

const testCard = (brand: string, last4: string): JsonObject => ({
  brand,
  checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
  country: 'US',
  display_brand: brand === 'amex' ? 'american_express' : brand,
  exp_month: 8,
  exp_year: 2030,
  fingerprint: token(`fingerprint/test/${last4}`, 16),
  funding: 'credit',
  generated_from: null,
  last4,
  networks: { available: [brand], preferred: null },
  regulated_status: 'unregulated',
  three_d_secure_usage: { supported: true },
  wallet: null,
});

/** Charges the amount of an intent: https://docs.stripe.com/payments/paymentintents/lifecycle */
export function attempt(
  intent: WireObject,
  method: WireObject,
  isOffSession: boolean,
  context: WriteContext,
): Attempt {
  const does = behaviourOf(method);
  const begun: WireObject = { ...intent, last_payment_error: null, payment_method: method.id };
  if (does === 'authenticate' && !isOffSession)
    return {
      intent: { ...begun, next_action: redirect(intent.id), status: 'requires_action' },
      others: [],
      decline: null,
    };
  const decline = declineOf(method, isOffSession);
  if (decline !== null) {
    const charge = chargeOf(begun, method, decline, context);
    const failed = {
      ...begun,
      last_payment_error: toLastError(decline, charge.id, method),
      latest_charge: charge.id,
      payment_method: null,
      status: 'requires_payment_method',
    };
    return { intent: failed, others: [charge], decline };
  }
  return { ...succeed(begun, method, does === 'dispute', context), decline: null };
}

/** A card that is captured by hand is only authorized; what is no card takes days. */
function succeed(
  intent: WireObject,
  method: WireObject,
  isDisputed: boolean,
  context: WriteContext,
): Omit<Attempt, 'decline'> {
  const amount = Number(intent['amount']);
  const isCard = method['type'] === 'card' || method['type'] === 'link';
  const isManual = intent['capture_method'] === 'manual';
  const outcome = !isCard ? 'pending' : isManual ? 'authorized' : 'captured';
  const charge = chargeOf(intent, method, outcome, context);
  const after = { ...intent, latest_charge: charge.id, next_action: null };
  if (outcome === 'pending')
    return { intent: { ...after, status: 'processing' }, others: [charge] };
  if (outcome === 'authorized')
    return {
      intent: { ...after, amount_capturable: amount, status: 'requires_capture' },
      others: [charge],
    };
  const dispute = toDispute({
    id: longId('du', context.key),
    created: context.now,
    charge,
    reason: 'fraudulent',
    status: 'needs_response',
  });
  return {
    intent: { ...after, amount_received: amount, status: 'succeeded' },
    others: [
      isDisputed ? { ...charge, disputed: true } : charge,
      earningOf(charge, amount, context),
      ...(isDisputed ? [dispute] : []),
    ],
  };
}

const AUTHENTICATION: Decline = {
  code: 'authentication_required',
  declineCode: 'authentication_required',
  networkCode: '1A',
  message:
    'Your card was declined. This transaction requires authentication, so the payer has to confirm it.',
};

/** The bank's decline of a payment method; null: accepted. */
export function declineOf(method: WireObject, isOffSession: boolean): Decline | null {
  const does = behaviourOf(method);
  if (does === 'authenticate') return isOffSession ? AUTHENTICATION : null;
  return DECLINES.find(({ declineCode }) => declineCode === does) ?? null;
}

function behaviourOf(method: WireObject): string | null {
  const card = method['card'] as { readonly last4: string; readonly exp_year: number } | undefined; // A card has both.
  if (card === undefined) return null;
  return card.exp_year < THIS_YEAR ? 'expired_card' : (BEHAVIOURS.get(card.last4) ?? null);
}

const THIS_YEAR = 2026;

function chargeOf(
  intent: WireObject,
  method: WireObject,
  outcome: 'authorized' | 'captured' | 'pending' | Decline,
  { key, now }: WriteContext,
): WireObject {
  const { customer, description } = intent;
  return toCharge({
    id: longId('ch', key),
    created: now,
    amount: Number(intent['amount']),
    currency: textAt(intent, 'currency'),
    customer: typeof customer === 'string' ? customer : null,
    description: typeof description === 'string' ? description : null,
    paymentIntent: intent.id,
    method,
    balanceTransaction: outcome === 'captured' ? longId('txn', key) : null,
    outcome,
  });
}

/** What a captured charge earns. */
export const earningOf = (charge: WireObject, amount: number, { key, now }: WriteContext) =>
  toBalanceTransaction({
    id: longId('txn', key),
    created: now,
    amount,
    currency: textAt(charge, 'currency'),
    description: typeof charge['description'] === 'string' ? charge['description'] : null,
    source: charge.id,
    type: 'charge',
  });

const redirect = (id: string): JsonObject => ({
  redirect_to_url: {
    return_url: 'https://shop.example/',
    url: `https://hooks.stripe.example/3d_secure_2/hosted?payment_intent=${id}`,
  },
  type: 'redirect_to_url',
});
