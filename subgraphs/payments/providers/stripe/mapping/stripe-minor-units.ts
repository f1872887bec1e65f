import type { Money } from '../../../../money.ts';
import type { Part } from '../../../../writes/refusal.ts';
import { PaymentsRefused } from '../../../refusal.ts';

/**
 * Converts an amount in the currency's minor unit to `Money`. Works on the digits, so nothing is rounded.
 * @param minorUnits an integer, or decimal text for fractions of a minor unit
 * @param currency in any case: Stripe sends `eur`
 */
export function toMoney(minorUnits: number | string, currency: string): Money {
  const code = currency.toUpperCase();
  return { amount: shiftPoint(String(minorUnits), decimalPlacesOf(code)), currency: code };
}

/**
 * The amount in the currency's minor unit, as digits.
 * @param at the input field of the amount
 * @throws PaymentsRefused if the currency has no such amount
 */
export function toMinorUnits(money: Money, at: Part): string {
  const { amount, currency } = money;
  const [, whole = '', fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(amount) ?? [];
  const places = payablePlacesOf(currency);
  // Without trailing zeros.
  const [decimals = ''] = /^\d*[1-9]/.exec(fraction) ?? [];
  if (whole === '' || decimals.length > places) {
    throw new PaymentsRefused({ reason: 'TOO_MANY_DECIMALS', at, decimals: places, got: money });
  }
  const digits = (whole + decimals.padEnd(decimalPlacesOf(currency), '0')).replace(/^0+(?=\d)/, '');
  if (digits.length > MAX_DIGITS)
    throw new PaymentsRefused({ reason: 'AMOUNT_TOO_LONG', at, got: money });
  return digits;
}

/** https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts */
const MAX_DIGITS = 12;

function shiftPoint(number: string, places: number): string {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(number) ?? [];
  if (whole === '') throw new TypeError(`An amount must be a decimal number, but is "${number}".`);
  const digits = whole.padStart(places + 1, '0');
  const point = digits.length - places;
  const decimals = digits.slice(point) + fraction;
  return `${sign}${digits.slice(0, point)}${decimals === '' ? '' : `.${decimals}`}`;
}

/**
 * https://docs.stripe.com/currencies#zero-decimal and #three-decimal, not ISO 4217: MGA is zero-decimal there.
 *
 * Among #special-cases, ISK and UGX no longer have a minor unit but still count in hundredths ("to charge 5 UGX,
 * provide an amount value of 500"), although that page's list of zero-decimal currencies also contains UGX. HUF and TWD lack
 * decimals in payouts only. So all four have the default of two.
 */
const ZERO_DECIMAL = new Set([
  'BIF',
  'CLP',
  'DJF',
  'GNF',
  'JPY',
  'KMF',
  'KRW',
  'MGA',
  'PYG',
  'RWF',
  'VND',
  'VUV',
  'XAF',
  'XOF',
  'XPF',
]);
const THREE_DECIMAL = new Set(['BHD', 'JOD', 'KWD', 'OMR', 'TND']);

/** Decimals of a currency without a minor unit must be zero, and so must the last one of three. */
function payablePlacesOf(code: string): number {
  if (WITHOUT_MINOR_UNIT.has(code)) return 0;
  return Math.min(decimalPlacesOf(code), 2);
}

/** https://docs.stripe.com/currencies#special-cases */
const WITHOUT_MINOR_UNIT = new Set(['ISK', 'UGX']);

function decimalPlacesOf(code: string): number {
  if (ZERO_DECIMAL.has(code)) return 0;
  return THREE_DECIMAL.has(code) ? 3 : 2;
}
