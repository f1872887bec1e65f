import { describe, expect, it } from '@jest/globals';
import { sumByCurrency } from '../../subgraphs/money.ts';

const sumOf = (...amounts: string[]) =>
  sumByCurrency(amounts.map((amount) => ({ amount, currency: 'EUR' })))[0]?.amount;

describe('a sum', () => {
  it('is exact, with any signs and decimal places', () => {
    expect(sumOf('0.10', '0.20')).toBe('0.30');
    expect(sumOf('-0.05', '0.02')).toBe('-0.03');
    expect(sumOf('-1.50', '1.50')).toBe('0.00');
    expect(sumOf('5', '-7')).toBe('-2');
    expect(sumOf('90071992547409.91', '0.09', '0.005')).toBe('90071992547410.005');
  });

  it('is one per currency, in order', () => {
    const amounts = [
      { amount: '1.00', currency: 'USD' },
      { amount: '500', currency: 'JPY' },
      { amount: '2.00', currency: 'USD' },
    ];
    expect(sumByCurrency(amounts)).toEqual([
      { amount: '3.00', currency: 'USD' },
      { amount: '500', currency: 'JPY' },
    ]);
    expect(sumByCurrency([])).toEqual([]);
  });
});
