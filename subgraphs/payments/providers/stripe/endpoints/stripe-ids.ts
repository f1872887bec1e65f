import { positionRefused } from '../../../../paging/connection.ts';
import type { Part } from '../../../../writes/refusal.ts';
import { PaymentsRefused } from '../../../refusal.ts';

/**
 * Prefixes of ids; the rest of Stripe's ids is opaque (https://docs.stripe.com/api). Lists of payment methods may contain old kinds too.
 */
const PREFIXES = {
  'billing account': ['cus'],
  payment: ['pi'],
  invoice: ['in'],
  'recurring plan': ['sub'],
  'payment method': ['pm', 'card', 'src', 'ba'],
  refund: ['re', 'pyr'],
  'checkout session': ['cs_live', 'cs_test'],
  'invoice line': ['il', 'ili', 'ii', 'sli', 'sub'],
} as const;

export type Kind = keyof typeof PREFIXES;

/**
 * Old customers and prices may have any id that their owner chose. In a path, `search` is another endpoint:
 * https://docs.stripe.com/api/customers/search
 */
export const CUSTOM_ID = /^(?!search$)[A-Za-z0-9_-]{1,255}$/;

function isIdOf(kind: Kind, text: string): boolean {
  if (kind === 'billing account') return CUSTOM_ID.test(text);
  const prefix = ID.exec(text)?.groups?.['prefix'] ?? '';
  return (PREFIXES[kind] as readonly string[]).includes(prefix);
}

/** The id of any record. */
const ID = /^(?<prefix>card|[a-z]{2,3}(?:_live|_test)?)_[A-Za-z0-9]{1,255}$/;

/**
 * Validates an id, as ids become parts of URLs.
 * @param at the part of the provider's request that contains the id
 * @throws PaymentsRefused
 */
export function readId(kind: Kind, id: string, ...at: Part): string {
  if (isIdOf(kind, id)) return id;
  const examples = PREFIXES[kind].map((prefix) => `${prefix}_...`);
  throw new PaymentsRefused({ reason: 'MALFORMED_ID', at, kind, examples, got: id });
}

/** @throws BadUserInput */
export function readPosition(kind: Kind, position: string): string {
  if (isIdOf(kind, position)) return position;
  throw positionRefused('MALFORMED');
}
