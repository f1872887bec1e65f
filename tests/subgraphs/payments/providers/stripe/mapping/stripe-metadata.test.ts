import { describe, expect, it } from '@jest/globals';
import type { CustomKind } from '../../../../../../subgraphs/extensions/custom-fields.ts';
import { metadataReader } from '../../../../../../subgraphs/payments/providers/stripe/mapping/stripe-metadata.ts';

describe('the value of a custom field for text of Stripe metadata', () => {
  it.each<[CustomKind, string, unknown]>([
    ['date', '2026-02-28', '2026-02-28'],
    ['date', '2026-02-30', null],
    ['date', '9999-99-99', null],
    ['date', '1767225600000', null],
    ['date', '2026-02-28T10:00Z', null],
    ['dateTime', '2026-02-28T10:00:00+02:00', '2026-02-28T08:00:00.000Z'],
    ['dateTime', '5.', null],
    ['dateTime', 'March 7', null],
    ['integer', '007', 7],
    ['integer', '1e3', null],
    ['integer', '2147483648', null],
    ['decimal', '12.50', '12.50'],
    ['decimal', '1e21', null],
    ['boolean', 'yes', null],
    ['options', 'a;;b;', ['a', 'b']],
    ['text', '', null],
    ['text', ' ', ' '],
  ])('of the kind %s: %j is %j', (kind, text, expected) => {
    const field = { name: 'x', inputName: 'x', property: 'p', kind };
    expect(metadataReader({ Invoice: [field] })('Invoice', { p: text })).toEqual({ x: expected });
  });
});
