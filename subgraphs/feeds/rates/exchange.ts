import { decimalPlaces, fromUnits, toUnits } from '../../decimals.ts';
import type { Money } from '../../money.ts';
import { minorUnitPlaces } from './minor-units.ts';

/** The rates of two currencies: units per euro, as decimal text. */
export interface RatePair {
  readonly from: string;
  readonly to: string;
}

/**
 * Converts an amount by the exact cross rate, and rounds once: to the minor unit of the currency, half away from zero, as Article 5 of
 * Regulation
 * (EC) No 1103/97 requires for amounts in euro.
 */
export function exchange({ amount }: Money, { from, to }: RatePair, currency: string): Money {
  const { numerator, denominator } = fractionOf([amount, to], from);
  return { amount: round(numerator, denominator, minorUnitPlaces(currency)), currency };
}

/** Rates of the European Central Bank have up to seven significant digits. */
const DIGITS = 10;

/** The rate from one currency to the other, rounded to ten significant digits. */
export function crossRate({ from, to }: RatePair): string {
  const { numerator, denominator } = fractionOf([to], from);
  // Digits before the point; negative for leading zeros after it.
  const wholeDigits = magnitudeOf(numerator, denominator);
  return withoutLastZeros(round(numerator, denominator, Math.max(0, DIGITS - wholeDigits)));
}

function withoutLastZeros(decimal: string): string {
  if (!decimal.includes('.')) return decimal;
  let end = decimal.length;
  while (decimal[end - 1] === '0') end -= 1;
  return decimal.slice(0, decimal[end - 1] === '.' ? end - 1 : end);
}

/** The order of magnitude of a positive fraction: 2 for 10 up to 99, 1 for 1 up to 9, 0 for 0.1 and -1 for 0.01. */
function magnitudeOf(numerator: bigint, denominator: bigint): number {
  const guess = String(numerator).length - String(denominator).length;
  const isBelow =
    guess >= 0
      ? numerator < denominator * 10n ** BigInt(guess)
      : numerator * 10n ** BigInt(-guess) < denominator;
  return isBelow ? guess : guess + 1;
}

/** A product of decimals divided by a positive decimal. */
function fractionOf(factors: readonly string[], divisor: string) {
  const places = factors.reduce((sum, factor) => sum + decimalPlaces(factor), 0);
  const product = factors.reduce((all, factor) => all * toUnits(factor, decimalPlaces(factor)), 1n);
  const placesBelow = decimalPlaces(divisor);
  return {
    numerator: product * 10n ** BigInt(placesBelow),
    denominator: toUnits(divisor, placesBelow) * 10n ** BigInt(places),
  };
}

/** Rounds half away from zero. */
function round(numerator: bigint, denominator: bigint, places: number): string {
  const doubled = numerator * 2n * 10n ** BigInt(places);
  // Integer division truncates towards zero.
  const units = (doubled < 0n ? doubled - denominator : doubled + denominator) / (denominator * 2n);
  return fromUnits(units, places);
}
