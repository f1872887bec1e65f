import { describe, expect, it } from '@jest/globals';
import { toMoney } from '../../../../../subgraphs/payments/providers/stripe/stripe-minor-units.ts';

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
