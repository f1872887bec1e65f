import type { Currency } from '../stripe-currencies.ts';
import { longId } from '../stripe-ids.ts';
import type { WireObject } from '../stripe-json.ts';
import {
  billingDetails,
  inventDetails,
  type MethodType,
  toPaymentMethod,
} from '../shapes/payment-method.ts';
import type { Account } from './account.ts';

const YEAR = 2026;

/** Accounts are debited in the currency of their country: https://docs.stripe.com/payments/bank-debits */
const DEBITS: Partial<Record<Currency, MethodType>> = {
  eur: 'sepa_debit',
  gbp: 'bacs_debit',
  usd: 'us_bank_account',
};

/** What a customer pays with: none to three, cards mostly. The first one is the default. */
export function inventPaymentMethods({
  facts,
  currency,
  random,
  isDeleted,
}: Account): WireObject[] {
  const debit = DEBITS[currency] ?? 'link';
  const count = isDeleted
    ? 1
    : random.weighted([
        [0, 1],
        [1, 10],
        [2, 5],
        [3, 2],
      ] as const);
  return Array.from({ length: count }, (_, index) => {
    const type: MethodType = random.weighted([
      ['card', 8],
      [debit, 2],
      ['link', 1],
    ] as const);
    return toPaymentMethod({
      id: longId('pm', `${facts.id}/${String(index)}`),
      created: facts.created + 60 * (index + 1),
      customer: isDeleted ? null : facts.id,
      billingDetails: billingDetails({
        email: facts.email,
        name: facts.name,
        phone: facts.phone,
        ...(facts.address && { address: facts.address }),
      }),
      type,
      details: inventDetails(type, random, { year: YEAR, email: facts.email }),
    });
  });
}

/** A card that was used once and not kept. */
export function inventGuestCard(
  { facts, random }: Account,
  key: string,
  created: number,
): WireObject {
  return toPaymentMethod({
    id: longId('pm', key),
    created,
    customer: null,
    billingDetails: billingDetails({ email: facts.email, name: facts.name }),
    type: 'card',
    details: inventDetails('card', random, { year: YEAR, email: facts.email }),
  });
}
