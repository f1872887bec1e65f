import { BadUserInput } from '../../../../errors/coded-error.ts';

/** The prefixes of ids; Stripe's ids are opaque beyond them (https://docs.stripe.com/api). Lists of ways to pay may hold old kinds too. */
const PREFIXES = {
  'billing account': ['cus'],
  payment: ['pi'],
  invoice: ['in'],
  'recurring plan': ['sub'],
  'way to pay': ['pm', 'card', 'src', 'ba'],
  refund: ['re', 'pyr'],
  'checkout session': ['cs_live', 'cs_test'],
  'invoice line': ['il', 'ili', 'ii', 'sli', 'sub'],
} as const;

export type Kind = keyof typeof PREFIXES;

export const isIdOf = (kind: Kind, text: string) => PATTERNS[kind].test(text);

/**
 * Ids become parts of URLs: nothing else may come through here.
 * @param argument names, for the error's reader, where the id came from.
 * @param field the same for programs.
 * @throws BadUserInput
 */
export function readId(kind: Kind, id: string, argument: string, field?: readonly string[]): string {
  if (isIdOf(kind, id)) return id;
  const expected = PREFIXES[kind].map((prefix) => `"${prefix}_..."`).join(' or ');
  throw new BadUserInput(
    `${argument} must be the id of ${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}, such as ${expected}, but got ${JSON.stringify(id.slice(0, 64))}.`,
    field && { field },
  );
}

/** @throws BadUserInput */
export function readPosition(kind: Kind, position: string): string {
  if (isIdOf(kind, position)) return position;
  throw new BadUserInput('after must be a cursor that this graph gave, but it is not one.');
}

const patternOf = (kind: Kind) => new RegExp(`^(${PREFIXES[kind].join('|')})_[A-Za-z0-9]{1,255}$`);

const PATTERNS: Readonly<Record<Kind, RegExp>> = {
  'billing account': patternOf('billing account'),
  payment: patternOf('payment'),
  invoice: patternOf('invoice'),
  'recurring plan': patternOf('recurring plan'),
  'way to pay': patternOf('way to pay'),
  refund: patternOf('refund'),
  'checkout session': patternOf('checkout session'),
  'invoice line': patternOf('invoice line'),
};
