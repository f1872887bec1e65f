import { z } from 'zod';
import { CUSTOM_PROPERTIES } from './hubspot-custom-properties.ts';
import type { HubSpotRecord } from './hubspot-records.ts';

/** https://developers.hubspot.com/docs/api-reference/search/guide, "Filter search results". */
export const FILTER = z.object({
  propertyName: z.string(),
  operator: z.enum([
    'EQ',
    'NEQ',
    'LT',
    'LTE',
    'GT',
    'GTE',
    'BETWEEN',
    'IN',
    'NOT_IN',
    'HAS_PROPERTY',
    'NOT_HAS_PROPERTY',
    'CONTAINS_TOKEN',
    'NOT_CONTAINS_TOKEN',
  ]),
  value: z.coerce.string().optional(),
  highValue: z.coerce.string().optional(),
  values: z.array(z.coerce.string()).optional(),
});

type Filter = z.output<typeof FILTER>;

/** Text is compared without regard to case. A record without the property matches negations only. */
export function matches(
  { properties }: HubSpotRecord,
  { propertyName, operator, value = '', highValue = '', values = [] }: Filter,
): boolean {
  const actual = properties[propertyName] ?? null;
  switch (operator) {
    case 'HAS_PROPERTY':
      return actual !== null;
    case 'NOT_HAS_PROPERTY':
      return actual === null;
    case 'NEQ':
      return actual === null || compareValues(actual, value) !== 0;
    case 'NOT_IN':
      return actual === null || !isListed(propertyName, actual, values);
    case 'NOT_CONTAINS_TOKEN':
      return actual === null || !containsToken(actual, value);
    case 'EQ':
      return actual !== null && compareValues(actual, value) === 0;
    case 'IN':
      return actual !== null && isListed(propertyName, actual, values);
    case 'LT':
      return actual !== null && compareValues(actual, value) < 0;
    case 'LTE':
      return actual !== null && compareValues(actual, value) <= 0;
    case 'GT':
      return actual !== null && compareValues(actual, value) > 0;
    case 'GTE':
      return actual !== null && compareValues(actual, value) >= 0;
    case 'BETWEEN':
      return (
        actual !== null &&
        compareValues(actual, value) >= 0 &&
        compareValues(actual, highValue) <= 0
      );
    case 'CONTAINS_TOKEN':
      return actual !== null && containsToken(actual, value);
  }
}

/**
 * Text is indexed in lower case, and unlike EQ, IN finds no other; an enumeration's values are found as they are written, and each of
 * several.
 */
const isListed = (propertyName: string, actual: string, values: readonly string[]) =>
  ENUMERATIONS.has(propertyName)
    ? actual.split(';').some((option) => values.includes(option))
    : values.includes(actual.toLowerCase());

const ENUMERATIONS: ReadonlySet<string> = new Set([
  'industry',
  'lifecyclestage',
  'dealstage',
  'pipeline',
  ...Object.values(CUSTOM_PROPERTIES).flatMap((properties) =>
    properties.filter(({ type }) => type === 'enumeration').map(({ name }) => name),
  ),
]);

/** Times are ISO text in records, and in filters that or milliseconds since 1970. */
export function compareValues(actual: string, expected: string): number {
  const [left, right] = [toNumber(actual), toNumber(expected)];
  if (left !== undefined && right !== undefined) return left - right;
  const [ours, theirs] = [actual.toLowerCase(), expected.toLowerCase()];
  return ours < theirs ? -1 : ours > theirs ? 1 : 0;
}

function toNumber(text: string): number | undefined {
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (/^\d{4}-\d{2}-\d{2}(T[\d:.]+Z)?$/.test(text)) return Date.parse(text);
  return undefined;
}

/** Whether all words of `wanted` stand in the text next to each other; a star stands for any part of a word. */
function containsToken(text: string, wanted: string): boolean {
  const words = wordsOf(text);
  const patterns = wordsOf(wanted.replaceAll('*', STAR));
  if (patterns.length === 0) return false;
  return words.some((_, start) =>
    patterns.every((pattern, index) => isLike(words[start + index] ?? '', pattern)),
  );
}

/** Stands for a star among words, which no text has. */
const STAR = '\u0001';

function isLike(word: string, pattern: string): boolean {
  const [first = '', ...others] = pattern.split(STAR);
  const last = others.pop();
  if (last === undefined) return word === first;
  if (!word.startsWith(first)) return false;
  let at = first.length;
  for (const part of others) {
    const found = word.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return word.length - last.length >= at && word.endsWith(last);
}

export const wordsOf = (text: string) =>
  text
    .toLowerCase()
    .split(/[^\p{L}\p{M}\p{N}\u0001]+/u)
    .filter(Boolean);
