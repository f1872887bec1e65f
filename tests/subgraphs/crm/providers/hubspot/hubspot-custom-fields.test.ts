import { describe, expect, it } from '@jest/globals';
import type { CustomKind, Extensible } from '../../../../../subgraphs/extensions/custom-fields.ts';
import {
  isSameValue,
  withCustomFields,
} from '../../../../../subgraphs/crm/providers/hubspot/hubspot-custom-fields.ts';
import type { WireRecord } from '../../../../../subgraphs/crm/providers/hubspot/hubspot-wire.ts';

describe("the value of a custom field for HubSpot's text", () => {
  it.each<[CustomKind, string, unknown]>([
    ['date', '2026-01-01', '2026-01-01'],
    ['date', '1767225600000', '2026-01-01'],
    ['date', '-86400000', '1969-12-31'],
    ['date', '2026-02-30', null],
    ['date', '1,5', null],
    ['date', '5.', null],
    ['date', '253402300800000', null],
    ['dateTime', '-1', '1969-12-31T23:59:59.999Z'],
    ['dateTime', '2026-01-01T10:30Z', '2026-01-01T10:30:00.000Z'],
    ['dateTime', '2026-01-01T10:30:00.123456+02:00', '2026-01-01T08:30:00.123Z'],
    ['dateTime', '2026-1-1', null],
    ['dateTime', '-100000000000000', null],
    ['decimal', '1e21', '1000000000000000000000'],
    ['decimal', '007', '7'],
    ['decimal', '1e400', null],
    ['decimal', '0x10', null],
    ['decimal', ' 5 ', null],
    ['integer', '7.0', 7],
    ['integer', '2147483648', null],
    ['boolean', 'yes', null],
    ['boolean', 'TRUE', null],
    ['options', 'a;;b;', ['a', 'b']],
    ['options', ';', []],
    ['option', 'Word of mouth', 'Word of mouth'],
    ['text', '', null],
  ])('of the kind %s: %j is %j', (kind, text, expected) => {
    const field = { name: 'x', inputName: 'x', property: 'p', kind };
    const { toItem } = withCustomFields([field], {
      type: 'deals',
      properties: {},
      toItem: (): Extensible => ({}),
      toFilters: () => [],
      sortProperties: {},
    });
    // A cast: what is read of a record.
    const { extra } = toItem({ id: '1', properties: { p: text } } as unknown as WireRecord);
    expect(extra).toEqual({ x: expected });
  });
});

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
