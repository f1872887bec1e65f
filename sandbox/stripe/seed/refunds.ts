import type { Currency } from '../stripe-currencies.ts';
import { priceIn } from '../stripe-currencies.ts';
import type { SeededRandom } from '../stripe-random.ts';
import type { WireObject } from '../stripe-json.ts';
import { refund } from '../stripe-refunding.ts';
import { DAY, NOW } from './account.ts';

/** The charge, with what was given back of it: mostly nothing, else all of it, or one or two parts. */
export function inventRefunds(
  charge: WireObject,
  currency: Currency,
  random: SeededRandom,
): [WireObject, ...WireObject[]] {
  const amount = Number(charge['amount']);
  let after = charge;
  const others: WireObject[] = [];
  for (const [index, part] of partsOf(amount, currency, random).entries()) {
    const [changed, ...made] = refund(after, {
      key: `${charge.id}/${String(index)}`,
      created: Math.min(NOW, charge.created + random.integer(1, 20) * DAY),
      amount: part,
      reason: random.pick(['requested_by_customer', 'duplicate', null]),
      metadata: {},
      status: random.weighted([
        ['succeeded', 8],
        ['pending', 1],
        ['failed', 1],
      ] as const),
    });
    after = changed;
    others.push(...made);
  }
  return [after, ...others];
}

function partsOf(amount: number, currency: Currency, random: SeededRandom): number[] {
  const step = priceIn(currency, 1);
  const half = Math.floor(amount / 2 / step) * step;
  if (!random.chance(0.14)) return [];
  if (half === 0 || random.chance(0.5)) return [amount];
  return random.chance(0.6)
    ? [half]
    : [half, step].filter((part, index) => index === 0 || half + part <= amount);
}
