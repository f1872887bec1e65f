import { describe, expect, it } from '@jest/globals';
import { parseJson } from '../../../subgraphs/connect/mapping/json.ts';

/** Texts in which many digits stand in a row, and what they are. */
const TEXTS: readonly (readonly [text: string, value: unknown])[] = [
  ['{"id":12345678901234567890}', { id: 12345678901234567890n }],
  ['[-9007199254740993]', [-9007199254740993n]],
  ['{"card":"4111111111111111","n":1}', { card: '4111111111111111', n: 1 }],
  ['{"x":0.12345678901234567}', { x: 0.12345678901234567 }],
  [
    '{"a":"\\"9007199254740993","b":9007199254740993}',
    { a: '"9007199254740993', b: 9007199254740993n },
  ],
  ['{"a":"\\\\","b":9007199254740993}', { a: '\\', b: 9007199254740993n }],
  ['{"9007199254740993":[1.5,9007199254740993]}', { '9007199254740993': [1.5, 9007199254740993n] }],
  ['[1234567890123456.5]', [1234567890123456.5]],
  ['[9007199254740992]', [9007199254740992n]],
  ['[1000000000000000]', [1_000_000_000_000_000]],
];

describe('JSON with many digits', () => {
  it.each(TEXTS)('is parsed without loss: %s', (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });
});
