import type { SeededRandom } from '../stripe-random.ts';
import type { WireObject } from '../stripe-json.ts';
import type { PaymentIntentStatus } from '../shapes/payment-intent.ts';
import { type Account, DAY, NOW } from './account.ts';
import { singlesIn } from './catalog.ts';
import type { Purchase } from './payments.ts';

/** What was bought without an invoice; nothing by those who have nothing to pay with. */
export function inventPurchases(
  account: Account,
  [first, ...others]: readonly WireObject[],
  most: number,
): Purchase[] {
  if (first === undefined) return [];
  const { facts, random } = account;
  const wanted = random.weighted([
    [0, 1],
    [2, 4],
    [4, 4],
    [7, 2],
    [12, 1],
  ] as const);
  // A deleted customer is of interest only for what it paid.
  const count = account.isDeleted ? 3 : Math.min(Math.max(0, most), wanted);
  return Array.from({ length: count }, (_, index) => {
    const currency = random.chance(0.03) ? 'eur' : account.currency;
    const { price, product } = random.pick(singlesIn(currency));
    const method = random.pick([first, ...others]);
    const status = inventStatus(random, method);
    const age = UNDER_WAY.has(status)
      ? DAY * random.integer(1, 5)
      : Math.floor((NOW - facts.created) * random.fraction());
    return {
      key: `${facts.id}/${String(index)}`,
      created: Math.max(facts.created + 300, NOW - age - 300) + index,
      amount: price.unitAmount * random.integer(1, 3),
      currency,
      description: random.chance(0.8) ? product.name : null,
      invoice: null,
      method,
      status,
      isTried: random.chance(0.8),
    };
  });
}

/** Short-lived states of a payment. */
const UNDER_WAY: ReadonlySet<PaymentIntentStatus> = new Set([
  'processing',
  'requires_action',
  'requires_capture',
]);

/** Debits take days, and cards are what can be authorised first and captured later. */
function inventStatus(random: SeededRandom, method: WireObject): PaymentIntentStatus {
  const isDebit = method['type'] !== 'card' && method['type'] !== 'link';
  if (isDebit)
    return random.weighted([
      ['succeeded', 8],
      ['processing', 2],
      ['canceled', 1],
    ] as const);
  return random.weighted([
    ['succeeded', 36],
    ['requires_payment_method', 4],
    ['requires_action', 2],
    [method['type'] === 'card' ? 'requires_capture' : 'succeeded', 2],
    ['canceled', 2],
    ['requires_confirmation', 1],
  ] as const);
}
