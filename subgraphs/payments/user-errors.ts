import { type Explanation, toBadUserInput } from '../writes/user-errors.ts';
import { type PaymentsRefusal, PaymentsRefused, type PlainReason } from './refusal.ts';

/** The user error of each refusal of a payment processor. */
export function explainRefusal(refusal: PaymentsRefusal, name: string): Explanation {
  if (refusal.reason === 'MALFORMED_ID') {
    const examples = refusal.examples.map((example) => `"${example}"`).join(' or ');
    const got = JSON.stringify(refusal.got.slice(0, MAX_QUOTED));
    return [
      'BAD_USER_INPUT',
      `${name} must be the id of ${withArticle(refusal.kind)}, such as ${examples}, but got ${got}.`,
    ];
  }
  if (refusal.reason === 'TOO_MANY_DECIMALS') {
    const { decimals, got } = refusal;
    const expected =
      decimals === 0 ? 'have no decimals' : `have at most ${String(decimals)} decimals`;
    return ['BAD_USER_INPUT', `${name} must ${expected} in ${got.currency}, but is ${got.amount}.`];
  }
  if (refusal.reason === 'AMOUNT_TOO_LONG') {
    return [
      'BAD_USER_INPUT',
      `${name} must be an amount that the payment processor accepts, but is ${refusal.got.amount}.`,
    ];
  }
  if (refusal.reason === 'OTHER_CURRENCY') {
    return [
      'BAD_USER_INPUT',
      `${name} must be the payment's currency, ${refusal.expected}, but is ${refusal.got}.`,
    ];
  }
  if (refusal.reason === 'MORE_THAN_LEFT') {
    return [
      'NOT_ALLOWED_NOW',
      `At most ${refusal.left.amount} ${refusal.left.currency} of the payment can still be refunded.`,
    ];
  }
  const [code, sentence] = SENTENCES[refusal.reason];
  return [code, sentence.replace(NAME, name)];
}

/** Replaces a refused read's error with one for the client. */
export const explainRead =
  (prefix?: readonly string[]) =>
  (error: unknown): never => {
    throw error instanceof PaymentsRefused
      ? toBadUserInput(error.refusal, explainRefusal, prefix)
      : error;
  };

/** Placeholder of the input field's name in a sentence. */
const NAME = '{name}';

const SENTENCES: Readonly<Record<PlainReason, Explanation>> = {
  NOT_FOUND: ['NOT_FOUND', `${NAME} must be the id of an existing record.`],
  VALUE_REFUSED: ['BAD_USER_INPUT', `The payment processor refused ${NAME}.`],
  AMOUNT_TOO_SMALL: [
    'BAD_USER_INPUT',
    `${NAME} is less than the payment processor's minimum amount.`,
  ],
  AMOUNT_TOO_LARGE: [
    'BAD_USER_INPUT',
    `${NAME} is more than the payment processor's maximum amount.`,
  ],
  STATUS_UNKNOWN: [
    'BAD_USER_INPUT',
    `${NAME} must be another status than UNKNOWN, which records cannot be filtered by.`,
  ],
  KEY_REUSED: [
    'BAD_USER_INPUT',
    'idempotencyKey must be a new one for a different input, but this one was sent with another input before.',
  ],
  DECLINED: ['DECLINED', 'The payment method was declined.'],
  CARD_EXPIRED: ['DECLINED', 'The payment method was declined: the card has expired.'],
  INSUFFICIENT_FUNDS: ['DECLINED', 'The payment method was declined: insufficient funds.'],
  AUTHENTICATION_REQUIRED: [
    'DECLINED',
    'The payment method was declined: the payer has to confirm the payment first.',
  ],
  NO_PAYMENT_METHOD: [
    'NOT_ALLOWED_NOW',
    'The billing account has no saved payment method. Set daysUntilDue to send invoices instead.',
  ],
  BALANCE_INSUFFICIENT: [
    'NOT_ALLOWED_NOW',
    'The balance at the payment processor is insufficient.',
  ],
  ALREADY_REFUNDED: ['ALREADY_DONE', 'The payment is already refunded.'],
  DISPUTED: ['NOT_ALLOWED_NOW', 'The payer has disputed the payment.'],
  NOT_REFUNDABLE: ['NOT_ALLOWED_NOW', 'The payment cannot be refunded.'],
  NOTHING_RECEIVED: [
    'NOT_ALLOWED_NOW',
    'The payment has not succeeded, so there is nothing to refund.',
  ],
  TOO_MANY_PLANS: [
    'NOT_ALLOWED_NOW',
    'The billing account has reached the maximum number of recurring plans.',
  ],
  PLAN_ENDED: ['ALREADY_DONE', 'The recurring plan has already ended.'],
  INVOICE_FINAL: ['NOT_ALLOWED_NOW', 'The invoice is finalised and can no longer be changed.'],
  INVOICE_PAID: ['NOT_ALLOWED_NOW', 'The invoice is already paid.'],
  INVOICE_DRAFT: ['NOT_ALLOWED_NOW', 'The invoice is a draft. Only open invoices can be voided.'],
  INVOICE_VOID: ['NOT_ALLOWED_NOW', 'The invoice is voided.'],
  INVOICE_ALREADY_VOID: ['ALREADY_DONE', 'The invoice is already voided.'],
  INVOICE_UNCOLLECTIBLE: ['NOT_ALLOWED_NOW', 'The invoice is marked as uncollectible.'],
  INVOICE_CHARGED_AUTOMATICALLY: [
    'NOT_ALLOWED_NOW',
    'The invoice is charged automatically, so it cannot be sent.',
  ],
  UNKNOWN: [
    'UNKNOWN',
    'The payment processor refused the mutation for a reason that this graph does not know.',
  ],
};

/** Maximum length of a quoted value in characters. */
const MAX_QUOTED = 64;

const withArticle = (kind: string) => `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
