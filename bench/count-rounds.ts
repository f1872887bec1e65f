import type { CallRecord } from '../request/request-scope.ts';

/** How many calls had to wait for each other: the longest chain of calls that do not overlap, which latency is made of. */
export function countRounds(calls: readonly Pick<CallRecord, 'startMs' | 'ms'>[]): number {
  let rounds = 0;
  let roundEnds = -Infinity;
  // A chain is longest if it always goes on with the call that ends first.
  const byEnd = calls
    .map(({ startMs, ms }) => ({ start: startMs, end: startMs + ms }))
    .sort((a, b) => a.end - b.end);
  for (const { start, end } of byEnd) {
    if (start < roundEnds) continue;
    rounds += 1;
    roundEnds = end;
  }
  return rounds;
}
