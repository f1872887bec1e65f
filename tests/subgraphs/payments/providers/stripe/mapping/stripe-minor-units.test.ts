import { describe, expect, it } from '@jest/globals';
import {
  toMinorUnits,
  toMoney,
} from '../../../../../../subgraphs/payments/providers/stripe/mapping/stripe-minor-units.ts';

describe('an amount in minor units becomes exact decimal text', () => {
  it.each([
    [0, 'usd', '0.00'],
    [5, 'usd', '0.05'],
    [-5, 'eur', '-0.05'],
    [123_456, 'EUR', '1234.56'],
    [-123_456, 'eur', '-1234.56'],
    [500, 'jpy', '500'],
    [-500, 'krw', '-500'],
    [1_000, 'mga', '1000'],
    [5_120, 'kwd', '5.120'],
    [7, 'bhd', '0.007'],
    [500, 'isk', '5.00'],
    [500, 'ugx', '5.00'],
    [1_045, 'huf', '10.45'],
    [80_045, 'twd', '800.45'],
    [9_007_199_254_740_991, 'usd', '90071992547409.91'],
    ['0.05', 'usd', '0.0005'],
    ['1250.5', 'usd', '12.505'],
    ['0.5', 'jpy', '0.5'],
    ['-12.345678901234', 'kwd', '-0.012345678901234'],
  ])('%s %s is %s', (minorUnits, currency, amount) => {
    expect(toMoney(minorUnits, currency)).toEqual({ amount, currency: currency.toUpperCase() });
  });
});

describe('exact decimal text becomes an amount in minor units', () => {
  it.each([
    ['12.34', 'USD', '1234'],
    ['12.3', 'USD', '1230'],
    ['0012.340', 'USD', '1234'],
    ['0.05', 'EUR', '5'],
    ['500', 'JPY', '500'],
    ['500.00', 'JPY', '500'],
    ['5.12', 'KWD', '5120'],
    ['5', 'ISK', '500'],
    ['9999999999.99', 'USD', '999999999999'],
  ])('%s %s is %s', (amount, currency, minorUnits) => {
    expect(toMinorUnits({ amount, currency }, [])).toBe(minorUnits);
  });

  // The last of three decimals must be zero: https://docs.stripe.com/currencies#three-decimal
  it.each([
    ['12.345', 'USD', { reason: 'TOO_MANY_DECIMALS', decimals: 2 }],
    ['5.123', 'KWD', { reason: 'TOO_MANY_DECIMALS', decimals: 2 }],
    ['0.5', 'JPY', { reason: 'TOO_MANY_DECIMALS', decimals: 0 }],
    ['5.5', 'ISK', { reason: 'TOO_MANY_DECIMALS', decimals: 0 }],
    ['10000000000.00', 'USD', { reason: 'AMOUNT_TOO_LONG' }],
  ])('but not %s %s', (amount, currency, refusal) => {
    const at = ['amount', 'amount'];
    expect(() => toMinorUnits({ amount, currency }, at)).toThrow(
      expect.objectContaining({ refusal: { ...refusal, at, got: { amount, currency } } }),
    );
  });
});
