import type { WireObject } from '../stripe-json.ts';

export interface BalanceTransactionFacts {
  readonly id: string;
  readonly created: number;
  /** Negative for what is given back. */
  readonly amount: number;
  readonly currency: string;
  readonly description: string | null;
  readonly source: string;
  readonly type: 'charge' | 'refund';
}

const TWO_DAYS = 2 * 86_400;

export function toBalanceTransaction(facts: BalanceTransactionFacts): WireObject {
  const { amount, currency } = facts;
  const fee = amount > 0 ? Math.round(amount * 0.029) : 0;
  return {
    id: facts.id,
    object: 'balance_transaction',
    amount,
    available_on: facts.created - (facts.created % 86_400) + TWO_DAYS,
    balance_type: 'payments',
    created: facts.created,
    currency,
    description: facts.description,
    exchange_rate: null,
    fee,
    fee_details:
      fee === 0
        ? []
        : [
            {
              amount: fee,
              application: null,
              currency,
              description: 'Stripe processing fees',
              type: 'stripe_fee',
            },
          ],
    net: amount - fee,
    reporting_category: facts.type,
    source: facts.source,
    status: 'available',
    type: facts.type,
  };
}
