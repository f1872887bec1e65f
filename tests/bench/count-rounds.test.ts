import { expect, it } from '@jest/globals';
import { countRounds } from '../../bench/count-rounds.ts';

const call = (startMs: number, endMs: number) => ({ startMs, ms: endMs - startMs });

it.each([
  ['no calls', [], 0],
  ['calls that overlap', [call(0, 10), call(1, 5), call(4, 20)], 1],
  ['calls that wait for each other', [call(0, 10), call(10, 20), call(25, 30)], 3],
  [
    'a long call beside a chain, in any order',
    [call(20, 30), call(0, 100), call(10, 20), call(0, 10)],
    3,
  ],
])('%s are counted as rounds', (_what, calls, rounds) => {
  expect(countRounds(calls)).toBe(rounds);
});
