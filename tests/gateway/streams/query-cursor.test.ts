import { describe, expect, it } from '@jest/globals';
import { cursorOfQuery } from '../../../gateway/graphql/streams/query-cursor.ts';
import { type LogPlace, type OlderRead, UNKNOWN_AGE } from '../../../request/cache-tags.ts';

const ORIGIN = { ms: 0, seq: 0 };
const BEGUN = { log: 'a', position: { ms: 100_000, seq: 3 }, floor: ORIGIN, time: 130_000 };

const placeAt = (ms: number, rest: Partial<LogPlace> = {}): LogPlace => ({
  log: 'a',
  position: { ms, seq: 0 },
  time: ms,
  ...rest,
});

function cursorOf(
  reads: readonly OlderRead[],
  { type = 'query', logHead = BEGUN }: { type?: string; logHead?: typeof BEGUN | undefined } = {},
) {
  return cursorOfQuery({ record: { type }, scope: { trace: { olderReads: reads } }, logHead });
}

describe('the cursor of a query', () => {
  it.each<readonly [string, readonly OlderRead[], string]>([
    ['the head of the log, where all was read now', [], 'a.100000-3'],
    [
      'the oldest position of cached responses',
      [70_000, 60_000, 80_000].map((ms) => ({ requestedAt: placeAt(ms), lagMs: 0 })),
      'a.60000-0',
    ],
    [
      'the head, where the cached response is newer',
      [{ requestedAt: placeAt(110_000), lagMs: 0 }],
      'a.100000-3',
    ],
    ['the head, where it is older than the lag of a search', [{ lagMs: 10_000 }], 'a.100000-3'],
    ['before the lag of a search', [{ lagMs: 60_000 }], 'a.69999-999999999'],
    [
      'before the lag of a cached search',
      [{ requestedAt: placeAt(50_000, { time: 90_000 }), lagMs: 60_000 }],
      'a.29999-999999999',
    ],
    ['the origin, where the lag is older than the log', [{ lagMs: 200_000 }], 'a.0-0'],
  ])('is %s', (_where, reads, cursor) => {
    expect(cursorOf(reads)).toBe(cursor);
  });

  it.each([UNKNOWN_AGE, { requestedAt: placeAt(1, { log: 'b' }), lagMs: 0 }])(
    'is undefined if a part of the response is of unknown age, or a service reads another log',
    (read) => {
      expect(cursorOf([{ lagMs: 10_000 }, read])).toBeUndefined();
    },
  );

  it('is undefined for a mutation', () => {
    expect(cursorOf([], { type: 'mutation' })).toBeUndefined();
  });
});
