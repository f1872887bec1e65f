import { describe, expect, it } from '@jest/globals';
import type { CustomKind } from '../../../../../subgraphs/extensions/custom-fields.ts';
import { isSameValue } from '../../../../../subgraphs/crm/providers/hubspot/hubspot-custom-fields.ts';

describe('whether a custom property has the value that was written', () => {
  it.each<[CustomKind, string, string, boolean]>([
    ['date', '2024-02-29', '1709164800000', true],
    ['date', '2024-03-01', '1709164800000', false],
    ['dateTime', '2026-05-01T08:00:00Z', '1777622400000', true],
    ['decimal', '1.5E7', '15000000', true],
    ['decimal', '12.50', '12.5', true],
    ['decimal', '12.51', '12.5', false],
    ['integer', '7.0', '7', true],
    ['options', 'chess;sailing', 'sailing;chess', true],
    ['options', 'chess', 'sailing;chess', false],
    ['options', '', '', true],
    ['option', 'gold', 'silver', false],
    ['text', ' a ', 'a', true],
    ['boolean', 'true', 'true', true],
    ['reference', '1', '', false],
  ])('is decided for %s: %j for %j is %j', (kind, actual, wanted, expected) => {
    const field = { name: 'x', inputName: 'x', property: 'p', kind };
    expect(isSameValue([field], 'p', actual, wanted)).toBe(expected);
  });

  it('is not decided for a property that no custom field writes', () => {
    expect(isSameValue([], 'p', 'a', 'a')).toBeUndefined();
  });
});
