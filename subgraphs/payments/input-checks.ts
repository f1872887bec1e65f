import { BadUserInput } from '../../errors/coded-error.ts';

/** Where a value is in the arguments: `['input', 'lines', '0', 'quantity']`. */
export type Field = readonly string[];

export const INPUT: Field = ['input'];

/** @returns `input.name must be short, but is long.` */
export const wrong = (field: Field, expected: string, got: string) =>
  new BadUserInput(`${nameOf(field)} must ${expected}, but ${got}.`, { field });

/** As messages name it. */
export const nameOf = (field: Field) => field.join('.');

/** @throws BadUserInput */
export function checkSize({ length }: { readonly length: number }, max: number, field: Field): void {
  if (length < 1 || length > max) throw wrong(field, `have from 1 to ${String(max)} entries`, `has ${String(length)}`);
}

/** @throws BadUserInput */
export function checkText(text: string, max: number, field: Field): void {
  const expected = `have from 1 to ${String(max)} characters`;
  if (text.length > max) throw wrong(field, expected, `has ${String(text.length)}`);
  if (text.trim() === '') throw wrong(field, expected, 'is blank');
}

/** @throws BadUserInput */
export function readOptionalText(text: string | null | undefined, max: number, field: Field): string | null {
  if (text == null) return null;
  checkText(text, max, field);
  return text;
}

/**
 * Checks that all values are equal.
 * @throws BadUserInput for the first that differs.
 */
export function checkSame(values: readonly string[], fieldOf: (index: string) => Field): void {
  const [first] = values;
  const odd = values.findIndex((value) => value !== first);
  if (odd > 0) throw wrong(fieldOf(String(odd)), `be ${String(first)}, as in the first entry`, `is ${String(values[odd])}`);
}

/** @throws BadUserInput for what a browser would do something else with than open a page. */
export function readWebUrl(url: URL, field: Field): string {
  if (url.protocol === 'https:' || url.protocol === 'http:') return url.href;
  throw wrong(field, 'be an http or https URL', `begins with "${url.protocol.slice(0, 20)}"`);
}

/** Of decimal text, which may be longer than any number is exact. */
export const isPositive = (decimal: string) => !decimal.startsWith('-') && /[1-9]/.test(decimal);
