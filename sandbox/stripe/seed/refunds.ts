import type { Currency } from '../stripe-currencies.ts';
import { priceIn } from '../stripe-currencies.ts';
import type { Dice } from '../stripe-dice.ts';
import type { WireObject } from '../stripe-json.ts';
import { refund } from '../stripe-refunding.ts';
import { DAY, NOW } from './account.ts';

/** The charge, with what was given back of it: mostly nothing, else all of it, or one or two parts. */
export function inventRefunds(
  charge: WireObject,
  currency: Currency,
  dice: Dice,
): [WireObject, ...WireObject[]] {
  const amount = Number(charge['amount']);
  let after = charge;
  const others: WireObject[] = [];
  for (const [index, part] of partsOf(amount, currency, dice).entries()) {
    const [changed, ...made] = refund(after, {
      key: `${charge.id}/${String(index)}`,
      created: Math.min(NOW, charge.created + dice.integer(1, 20) * DAY),
      amount: part,
      reason: dice.pick(['requested_by_customer', 'duplicate', null]),
      metadata: {},
      status: dice.weighted([
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

function partsOf(amount: number, currency: Currency, dice: Dice): number[] {
  const step = priceIn(currency, 1);
  const half = Math.floor(amount / 2 / step) * step;
  if (!dice.chance(0.14)) return [];
  if (half === 0 || dice.chance(0.5)) return [amount];
  return dice.chance(0.6)
    ? [half]
    : [half, step].filter((part, index) => index === 0 || half + part <= amount);
}
