import { expect, it } from '@jest/globals';
import type { Change } from '../../../events/change.ts';
import { GapFinder } from '../../../events/catch-up/gaps.ts';
import { changeOf } from './vendor-with-events.ts';

function gapsIn(...changes: readonly [source: Change['source'], at: number, vendor?: string][]) {
  const finder = new GapFinder();
  for (const [source, at, vendor = 'acme'] of changes)
    finder.add({ change: changeOf('1', at, { source, vendor }) });
  return finder.gaps;
}

it('finds no gap if webhooks reported each change', () => {
  expect(gapsIn(['webhook', 1], ['write', 2], ['webhook', 3])).toEqual([]);
});

it('groups changes that only catch-ups found into one gap, until the next webhook of the vendor', () => {
  expect(
    gapsIn(
      ['webhook', 1],
      ['catch-up', 3],
      ['webhook', 4, 'other'],
      ['catch-up', 2],
      ['webhook', 5],
      ['catch-up', 6],
      ['catch-up', 7, 'other'],
    ),
  ).toEqual([
    { vendor: 'acme', from: 2, to: 3, changes: 2 },
    { vendor: 'acme', from: 6, to: 6, changes: 1 },
    { vendor: 'other', from: 7, to: 7, changes: 1 },
  ]);
});
