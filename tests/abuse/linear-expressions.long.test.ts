import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { writeAttack } from './expressions/attack-texts.ts';
import {
  expressionsIn,
  filesBelow,
  findExpressions,
  productFolders,
} from './expressions/find-expressions.ts';
import { findWorstAttack } from './expressions/worst-attack.ts';

/** Files of libraries whose expressions are given what clients send. */
const LIBRARIES = [
  ...['Currency', 'CountryCode', 'LocalDate', 'TimeZone', 'URL', 'iso-date/validator'].map(
    (name) => `graphql-scalars/esm/scalars/${name}.js`,
  ),
  ...['charset', 'encoding', 'language', 'mediaType'].map((name) => `negotiator/lib/${name}.js`),
  'fastify/lib/content-type.js',
  'secure-json-parse/index.js',
];

const own = findExpressions(productFolders().flatMap(filesBelow));
const foreign = findExpressions(LIBRARIES.map((file) => `node_modules/${file}`));
const { source, flags } = z.regexes.datetime({ offset: true });

/** Twice the text takes twice as many steps, and some more for what is done once. */
const LINEAR = 2.5;

describe('a regular expression takes a time in proportion to its text', () => {
  it.each([...own.literals, ...foreign.literals, { at: 'zod', source, flags }])(
    '$at: /$source/$flags',
    (expression) => {
      const { attack, growth } = findWorstAttack(expression);
      expect({ attack, isLinear: growth < LINEAR }).toEqual({ attack, isLinear: true });
      expect(timeGrowth(expression, attack)).toBeLessThan(MAX_TIME_GROWTH);
    },
  );
});

describe('the regular expressions of the project', () => {
  it('are found: literals in all folders', () => {
    expect(own.literals.length).toBeGreaterThan(100);
    for (const folder of ['gateway', 'request', 'sandbox', 'settings', 'subgraphs', 'upstream']) {
      expect(own.literals.some(({ at }) => at.startsWith(`${folder}/`))).toBe(true);
    }
  });

  it('are never made at run time, where nothing could check them', () => {
    expect(own.built).toEqual([]);
    expect(expressionsIn('x.ts', 'const a = /b\\/c/gu.test(d);\nconst e = new RegExp(f);')).toEqual(
      {
        literals: [{ at: 'x.ts:1', source: 'b\\/c', flags: 'gu' }],
        built: ['x.ts:2 new RegExp(f)'],
      },
    );
  });
});

describe('an expression that takes longer than in proportion is found', () => {
  it.each([
    /0+$/,
    / ?Did you mean .+\?$/s,
    // eslint-disable-next-line regexp/no-super-linear-backtracking -- It is here to be found.
    /(a+)+$/,
    /\s+$/,
    /%.*$/,
    /\s*,\s*/,
    // eslint-disable-next-line regexp/no-super-linear-backtracking -- It is here to be found.
    /^(\d*)\.?(\d*)x$/,
    /^(?:a|ab|b)*c/,
    /@join__graph\([^)]*\burl:/g,
    /\w{1001}/,
    /<!--[^]*?-->/,
  ])('%p', (expression) => {
    expect(findWorstAttack(expression).growth).toBeGreaterThan(LINEAR);
  });

  it.each([/^0+$/, /\d+/g, /\s*,\s*/y, /^[^.!?]*(\.\d[^.!?]*)*[.!?]?/, /a{1,20}b/])(
    'and one that does not is not: %p',
    (expression) => {
      expect(findWorstAttack(expression).growth).toBeLessThan(LINEAR);
    },
  );
});

/**
 * How much longer the matches in eight times the text take, 100 kB in the end: 8 times where it is linear, 64 where it is not. The least of
 * several tries counts, because other processes make some of them longer.
 */
function timeGrowth(
  expression: { readonly source: string; readonly flags: string },
  attack: Parameters<typeof writeAttack>[0],
): number {
  const [short, long] = [12_500, 100_000].map((length) => writeAttack(attack, length)) as [
    string,
    string,
  ];
  const all = new RegExp(expression.source, `${expression.flags.replace('g', '')}g`);
  let [shortMs, longMs, growth] = [Infinity, Infinity, Infinity];
  for (let round = 0; round < 20 && growth >= MAX_TIME_GROWTH; round += 1) {
    for (let one = 0; one < 5; one += 1) {
      shortMs = Math.min(shortMs, timeOf(all, short));
      longMs = Math.min(longMs, timeOf(all, long));
    }
    // What takes no time has no ratio.
    growth = longMs / Math.max(0.01, shortMs);
  }
  return growth;
}

const MAX_TIME_GROWTH = 24;

/** Milliseconds for all matches in a text. */
function timeOf(all: RegExp, text: string): number {
  const begun = performance.now();
  text.replace(all, '');
  return performance.now() - begun;
}
