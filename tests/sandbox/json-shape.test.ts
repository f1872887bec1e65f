import { describe, expect, it } from '@jest/globals';
import { shapeDifferences } from './json-shape.ts';

describe('shapeDifferences', () => {
  it('finds none between values of one shape', () => {
    const recorded = [{ id: 'a', card: { month: 1 }, tags: ['x'] }];
    expect(shapeDifferences([{ id: 'b', card: { month: 12 }, tags: [] }], recorded)).toEqual([]);
  });

  it('reports missing keys, unknown keys and values of another type', () => {
    const recorded = [{ id: 'a', card: { month: 1 }, lines: [{ amount: 1 }] }];
    expect(
      shapeDifferences([{ card: { month: '1', year: 2 }, lines: [{ amount: null }] }], recorded),
    ).toEqual([
      'card.month is string, but was recorded as number',
      'card.year is answered, but was never recorded',
      'lines[].amount is null, but was recorded as number',
      'id is missing, but was always recorded',
    ]);
  });

  it('accepts missing keys that are missing in a recording', () => {
    expect(shapeDifferences([{ id: 'b' }], [{ id: 'a' }, { id: 'a', tax: 1 }])).toEqual([]);
  });

  it('accepts any value for a recorded null', () => {
    expect(shapeDifferences([{ address: { city: 'Bern' } }], [{ address: null }])).toEqual([]);
  });

  it('treats the keys of maps as data, but not their values', () => {
    const recorded = [{ metadata: { order: '1' } }];
    expect(
      shapeDifferences([{ metadata: { basket: '2' } }], recorded, { maps: ['metadata'] }),
    ).toEqual([]);
    expect(
      shapeDifferences([{ metadata: { basket: 2 } }], recorded, { maps: ['metadata'] }),
    ).toEqual(['metadata.* is number, but was recorded as string']);
  });

  it('ignores the listed differences', () => {
    expect(
      shapeDifferences([{ phone: null }], [{ phone: '1' }], {
        meant: { phone: 'not everyone has one' },
      }),
    ).toEqual([]);
  });
});
