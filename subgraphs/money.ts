import { decimalPlaces, fromUnits, toUnits } from './decimals.ts';

/** An exact amount: `1234.50` in `EUR`. */
export interface Money {
  /** Decimal text. */
  readonly amount: string;
  /** ISO 4217, in capitals. */
  readonly currency: string;
}

/** One exact sum for each currency, in order of first occurrence. */
export function sumByCurrency(amounts: readonly Money[]): Money[] {
  const sums = new Map<string, string>();
  for (const { amount, currency } of amounts) {
    const sum = sums.get(currency);
    sums.set(currency, sum === undefined ? amount : addDecimals(sum, amount));
  }
  return [...sums].map(([currency, amount]) => ({ amount, currency }));
}

function addDecimals(one: string, other: string): string {
  const places = Math.max(decimalPlaces(one), decimalPlaces(other));
  return fromUnits(toUnits(one, places) + toUnits(other, places), places);
}
