import { describe, expect, it } from '@jest/globals';
import { crossRate, exchange } from '../../../../subgraphs/feeds/rates/exchange.ts';

const convert = (amount: string, from: string, to: string, currency: string) =>
  exchange({ amount, currency: 'XXX' }, { from, to }, currency).amount;

describe('an amount in another currency', () => {
  it.each([
    // 100 / 1.0831 * 0.85663 = 79.0905...
    ['100.00', '1.0831', '0.85663', 'GBP', '79.09'],
    ['100', '1', '162.04', 'JPY', '16204'],
    ['0.10', '1', '162.04', 'JPY', '16'],
    ['1', '162.04', '1', 'EUR', '0.01'],
    ['1', '1000', '1', 'EUR', '0.00'],
    ['1', '1', '0.30615', 'KWD', '0.306'],
    ['-100.00', '1.0831', '0.85663', 'GBP', '-79.09'],
    ['0', '1.0831', '1', 'EUR', '0.00'],
    // A number of floating point has 17 digits.
    ['12345678901234567890.12', '1', '1.1', 'USD', '13580246791358024679.13'],
  ])('%s at %s and %s to the euro is in %4$s %5$s', (amount, from, to, currency, expected) => {
    expect(convert(amount, from, to, currency)).toBe(expected);
  });

  it.each([
    ['0.005', '0.01'],
    ['-0.005', '-0.01'],
    ['0.00499999999999999999999', '0.00'],
    ['1.015', '1.02'],
    ['-0.001', '0.00'],
  ])('is rounded half away from zero: %s is %s', (amount, expected) => {
    expect(convert(amount, '1', '1', 'EUR')).toBe(expected);
  });
});

describe('a rate between two currencies', () => {
  it.each([
    ['1', '1.0831', '1.0831'],
    ['1', '19901.98', '19901.98'],
    ['1.0831', '1', '0.9232757825'],
    ['19901.98', '1', '0.00005024625691'],
    ['1', '1', '1'],
    ['0.5', '100', '200'],
    ['3', '1', '0.3333333333'],
    ['0.00001', '123456.7', '12345670000'],
    ['1.00000000001', '1', '1'],
  ])('of %s and %s to the euro has ten significant digits: %s', (from, to, expected) => {
    expect(crossRate({ from, to })).toBe(expected);
  });
});
