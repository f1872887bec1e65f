import { describe, expect, it } from '@jest/globals';
import { parseValue } from 'graphql';
import { SCALARS } from '../../subgraphs/scalars.ts';

type Name = keyof typeof SCALARS;

const asVariable = (name: Name, value: unknown): unknown => SCALARS[name].parseValue(value);
const asLiteral = (name: Name, source: string): unknown =>
  SCALARS[name].parseLiteral(parseValue(source), {});
const asAnswer = (name: Name, value: unknown): unknown => SCALARS[name].serialize(value);

describe('Decimal is exact text', () => {
  it.each(['0', '1234.50', '-0.001', '00', '123456789012345678901234567890.12'])('%s', (text) => {
    expect([
      asVariable('Decimal', text),
      asLiteral('Decimal', `"${text}"`),
      asAnswer('Decimal', text),
    ]).toEqual([text, text, text]);
  });

  it.each([12.5, 0, '', '1e3', '1,5', ' 1', '1.', '.5', '+1', 'NaN', null, true, {}])(
    'and not %p',
    (value) => {
      expect(() => asVariable('Decimal', value)).toThrow(
        `Decimal must be text such as "1234.50", but got ${JSON.stringify(value)}.`,
      );
      expect(() => asAnswer('Decimal', value)).toThrow('Decimal must be text');
    },
  );

  it.each([
    ['-0', '0'],
    ['-0.00', '0.00'],
    ['-00', '00'],
    ['-0.10', '-0.10'],
  ])('and zero has no sign: %s is %s', (text, read) => {
    expect([
      asVariable('Decimal', text),
      asLiteral('Decimal', `"${text}"`),
      asAnswer('Decimal', text),
    ]).toEqual([read, read, read]);
  });

  it('and no number literal, which may have been rounded', () => {
    expect(() => asLiteral('Decimal', '12.5')).toThrow('Decimal must be text');
  });
});

describe.each([
  ['Latitude', 90],
  ['Longitude', 180],
] as const)('%s', (name, max) => {
  it('is a number, whole or not, up to its bounds', () => {
    for (const value of [0, -0.5, 12, max, -max]) {
      expect([asVariable(name, value), asAnswer(name, value)]).toEqual([value, value]);
      expect(asLiteral(name, String(value))).toBe(value);
    }
  });

  it.each([max + 0.000001, -max - 1, NaN, Infinity, '12.5', '', null, true, [1]])(
    'is not %p',
    (value) => {
      const message = `${name} must be a number from ${String(-max)} to ${String(max)}, but got ${JSON.stringify(value)}.`;
      expect(() => asVariable(name, value)).toThrow(message);
      expect(() => asAnswer(name, value)).toThrow(message);
    },
  );

  it('is not a string literal', () => {
    expect(() => asLiteral(name, '"12.5"')).toThrow(`${name} must be a number`);
  });
});

describe('times and days', () => {
  it('a DateTime argument arrives as a Date, and leaves as ISO text', () => {
    const time = new Date('2026-01-02T03:04:05.678Z');
    expect(asVariable('DateTime', '2026-01-02T03:04:05.678Z')).toEqual(time);
    expect(asLiteral('DateTime', '"2026-01-02T04:04:05.678+01:00"')).toEqual(time);
    expect(asAnswer('DateTime', time)).toBe('2026-01-02T03:04:05.678Z');
  });

  it.each(['2026-01-02', 'yesterday', '2026-13-01T00:00:00Z'])('a DateTime is not %p', (value) => {
    expect(() => asVariable('DateTime', value)).toThrow();
  });

  it('a Date is a day without a time', () => {
    expect([asVariable('Date', '2026-02-28'), asAnswer('Date', '2026-02-28')]).toEqual([
      '2026-02-28',
      '2026-02-28',
    ]);
    for (const value of ['2026-02-30', '2026-02-28T00:00:00Z', '28.02.2026'])
      expect(() => asVariable('Date', value)).toThrow();
  });
});

describe('names of countries, languages, currencies and time zones', () => {
  it.each([
    ['CountryCode', 'DE', 'Germany'],
    ['CurrencyCode', 'JPY', 'YEN'],
    ['TimeZone', 'Asia/Calcutta', 'Mars/Olympus'],
    ['URL', 'https://example.com/a?b=c', 'no url'],
  ] as const)('a %s is %s and not %s', (name, good, bad) => {
    expect(String(asAnswer(name, good))).toBe(good);
    expect(() => asVariable(name, bad)).toThrow();
  });
});

describe('a name that a vendor knows, but not Node.js', () => {
  it.each([
    ['CurrencyCode', 'STD'],
    ['CurrencyCode', 'USDC'],
    ['TimeZone', 'America/New_Town'],
  ] as const)('is returned unchanged, but is no input: %s %s', (name, text) => {
    expect(asAnswer(name, text)).toBe(text);
    expect(() => asVariable(name, text)).toThrow();
  });

  it.each([
    ['CurrencyCode', 'eur'],
    ['CurrencyCode', ''],
    ['CurrencyCode', 5],
    ['TimeZone', ''],
    ['TimeZone', 'no zone'],
    ['TimeZone', null],
  ] as const)('has the form of one: %s is not %j', (name, value) => {
    expect(() => asAnswer(name, value)).toThrow(`${name} must be text such as`);
  });
});

describe('an invalid date', () => {
  it('is refused under the name that clients know', () => {
    expect(SCALARS.Date.parseValue('2026-03-01')).toBe('2026-03-01');
    for (const value of ['2026-02-30', 'soon', 5]) {
      expect(() => SCALARS.Date.parseValue(value)).toThrow(
        `Date must be text such as "2026-03-01", but got ${JSON.stringify(value)}.`,
      );
    }
  });
});

describe('a text that is longer than any value', () => {
  it.each([
    ['CountryCode', 100],
    ['CurrencyCode', 100],
    ['Date', 100],
    ['DateTime', 100],
    ['Decimal', 100],
    ['TimeZone', 100],
    ['URL', 8000],
  ] as const)('is refused as a %s without being repeated', (name, most) => {
    const message = `${name} must have at most ${String(most)} characters, but has ${String(most + 1)}.`;
    expect(() => asVariable(name, '1'.repeat(most + 1))).toThrow(message);
    expect(() => asLiteral(name, `"${'1'.repeat(most + 1)}"`)).toThrow(message);
    expect(() => asLiteral(name, '1'.repeat(most + 1))).toThrow(message);
  });

  it('is a valid one of exactly the maximum length', () => {
    expect(asVariable('Decimal', '1'.repeat(100))).toBe('1'.repeat(100));
    expect(String(asVariable('URL', `https://example.com/${'a'.repeat(7980)}`))).toHaveLength(8000);
  });
});
