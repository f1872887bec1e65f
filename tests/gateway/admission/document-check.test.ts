import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { refuseDocument } from '../../../gateway/admission/document-check.ts';
import {
  DEFAULT_DOCUMENT_LIMITS,
  type DocumentLimits,
} from '../../../gateway/admission/document-limits.ts';

const refuse = (text: string, limits: Partial<DocumentLimits> = {}) =>
  refuseDocument(text, { ...DEFAULT_DOCUMENT_LIMITS, ...limits });

/** Each fragment spreads the next one twice, so that a line more doubles the fields. */
function bomb(levels: number, twice: (inner: string) => string): string {
  const fragments = Array.from(
    { length: levels },
    (_, level) => `fragment F${String(level)} on Deal { ${twice(`...F${String(level + 1)}`)} }`,
  );
  return `{ deal(id: 1) { ...F0 } } ${fragments.join(' ')} fragment F${String(levels)} on Deal { id }`;
}

const through = (inner: string) => `company { deals { nodes { ${inner} } } }`;

describe('a document within the limits', () => {
  const examples = readdirSync('examples/operations').filter((name) => name.endsWith('.graphql'));

  it.each(examples)('is not refused: %s', (name) => {
    const limits = Object.fromEntries(
      Object.entries(DEFAULT_DOCUMENT_LIMITS).map(([limit, value]) => [limit, value / 5]),
    );
    expect(refuse(readFileSync(`examples/operations/${name}`, 'utf8'), limits)).toBeUndefined();
  });

  it('is not refused if it is an introspection query', () => {
    expect(
      refuse(
        getIntrospectionQuery({ descriptions: true, inputValueDeprecation: true, oneOf: true }),
      ),
    ).toBeUndefined();
  });

  it('is not refused if it is invalid GraphQL, which the parser reports', () => {
    for (const text of ['', '{ a', '{ ...Missing }', 'type Query { a: Int }'])
      expect(refuse(text)).toBeUndefined();
  });
});

describe('a document beyond a limit', () => {
  it.each<[keyof DocumentLimits, number, string, string]>([
    ['tokens', 3, '{ a }', '{ a b }'],
    ['depth', 3, '{ a { b { c } } }', '{ a { b { c { d } } } }'],
    [
      'depth',
      3,
      '{ a { ...F } } fragment F on A { b }',
      '{ a { ...F } } fragment F on A { b { c } }',
    ],
    ['depth', 3, '{ ... { ... { a } } }', '{ ... { ... { ... { a } } } }'],
    ['selections', 3, '{ a b c }', '{ a b c d }'],
    [
      'selections',
      4,
      '{ ...F ...F } fragment F on Q { a }',
      '{ ...F ...F } fragment F on Q { a b }',
    ],
    ['selections', 2, '{ a } query B { b }', '{ a } query B { b c }'],
    ['selections', 2, '{ a } fragment Unused on Q { b }', '{ a } fragment Unused on Q { b c }'],
    ['aliases', 1, '{ a: __typename b }', '{ a: __typename b: __typename }'],
    [
      'aliases',
      2,
      '{ ...F b { ...F } } fragment F on Q { c: a }',
      '{ ...F b { ...F } e: a } fragment F on Q { c: a }',
    ],
    ['rootFields', 2, '{ a b { c d e } }', '{ a ...F } fragment F on Q { b c }'],
    ['directives', 1, 'query @a { b }', 'query ($v: Int @a) @a { b }'],
    ['directives', 2, '{ a @b @b }', '{ a @b @b ...F @b }'],
    [
      'directives',
      2,
      '{ ...F ...F } fragment F on Q @b { c }',
      '{ ...F ...F } fragment F on Q @b { c @b }',
    ],
    ['repetitions', 3, '{ a a a }', '{ a a a a }'],
    ['repetitions', 2, '{ a { b } a { b } }', '{ a { b c } a { b c } }'],
    [
      'repetitions',
      1,
      '{ a { b } ...F } fragment F on Q { c: a { b } a }',
      '{ a { b } ...F } fragment F on Q { a { b } }',
    ],
  ])('is refused, and one within it is not: %s, %i', (limit, value, within, beyond) => {
    expect(refuse(within, { [limit]: value })).toBeUndefined();
    expect(refuse(beyond, { [limit]: value })).toMatchObject({
      code: 'OPERATION_TOO_COMPLEX',
      message: expect.stringMatching(
        new RegExp(`^The document must have at most ${String(value)} `),
      ),
    });
  });

  it('is refused if a string in it is huge', () => {
    expect(refuse(`{ deal(id: "${'x'.repeat(100_000)}") { id } }`)).toMatchObject({
      code: 'OPERATION_TOO_COMPLEX',
      message: 'The document must have at most 100000 characters.',
    });
  });

  it.each(['\n', '\r', '\r\n'])(
    'is refused if it has too many lines, which validation would count: %j',
    (end) => {
      expect(refuse(`{ a }${end.repeat(end.length === 2 ? 4999 : 9999)}`)).toBeUndefined();
      expect(refuse(`{ a }${end.repeat(10_000)}`)).toMatchObject({
        message: 'The document must have at most 10000 lines.',
      });
    },
  );

  it.each([
    ['under two names', (inner: string) => `a: ${through(inner)} b: ${through(inner)}`],
    ['under one name', (inner: string) => `${through(inner)} ${through(inner)}`],
    ['in one place', (inner: string) => `id ${inner} ${inner}`],
    ['in inline fragments', (inner: string) => `... { ${inner} } ... on Deal { ${inner} }`],
  ])('is refused if fragments spread others twice %s, however short it is', (_shape, twice) => {
    for (const levels of [10, 20, 100])
      expect(refuse(bomb(levels, twice))).toMatchObject({ code: 'OPERATION_TOO_COMPLEX' });
  });
});

describe('a fragment that spreads itself', () => {
  it.each([
    '{ ...A } fragment A on Q { ...A }',
    '{ ...A } fragment A on Q { b { ...B } } fragment B on Q { c { ...A } }',
    '{ a } fragment A on Q { b { ...B } } fragment B on Q { c { ...A } }',
    '{ ...A ...B } fragment A on Q { ...B ...B } fragment B on Q { a { ...A ...A } }',
  ])('is refused as a cycle: %s', (text) => {
    expect(refuse(text)).toMatchObject({
      code: 'GRAPHQL_VALIDATION_FAILED',
      message: expect.stringMatching(/^Cannot spread fragment "[AB]" within itself\.$/),
    });
  });
});

describe('a name in a document', () => {
  const name = (length: number) => 'x'.repeat(length);

  it.each<[string, (name: string) => string]>([
    ['a field', (long) => `{ ${long} }`],
    ['another name of a field', (long) => `{ ${long}: a }`],
    ['an argument', (long) => `{ a(${long}: 1) }`],
    ['a fragment', (long) => `{ ...${long} }`],
    ['a type', (long) => `{ ... on ${long} { a } }`],
    ['a value of an enum', (long) => `{ a(b: ${long}) }`],
    ['a directive', (long) => `{ a @${long} }`],
  ])('has at most a thousand characters: %s', (_what, write) => {
    expect(refuse(write(name(1000)))).toBeUndefined();
    expect(refuse(write(name(1001)))).toMatchObject({
      code: 'OPERATION_TOO_COMPLEX',
      message: 'A name in the document must have at most 1000 characters.',
    });
  });

  it('is not a string in quotation marks', () => {
    expect(refuse(`{ a(b: "${name(5000)}") }`)).toBeUndefined();
  });
});
