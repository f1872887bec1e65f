import { describe, expect, it } from '@jest/globals';
import { countRounds } from '../../gateway/playground/count-rounds.ts';

const call = (startMs: number, endMs: number) => ({
  service: 'crm' as const,
  vendor: 'hubspot',
  method: 'GET',
  path: '/crm/v3/objects/contacts',
  status: 200,
  startMs,
  ms: endMs - startMs,
  batchSize: null,
});

describe('the number of rounds', () => {
  it('is zero without calls', () => {
    expect(countRounds([])).toBe(0);
  });

  it('counts calls that overlap once', () => {
    expect(countRounds([call(0, 10), call(1, 5), call(4, 20)])).toBe(1);
  });

  it('counts calls that wait for each other', () => {
    expect(countRounds([call(0, 10), call(10, 20), call(25, 30)])).toBe(3);
  });

  it('follows the longest chain, whatever else goes on beside it and in whatever order the calls are given', () => {
    expect(countRounds([call(20, 30), call(0, 100), call(10, 20), call(0, 10)])).toBe(3);
  });
});
