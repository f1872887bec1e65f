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

export function isIdOf(kind: Kind, text: string): boolean {
  const prefix = ID.exec(text)?.groups?.['prefix'] ?? '';
  return (PREFIXES[kind] as readonly string[]).includes(prefix);
}

/** Of any record. */
const ID = /^(?<prefix>card|[a-z]{2,3}(?:_live|_test)?)_[A-Za-z0-9]{1,255}$/;

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
