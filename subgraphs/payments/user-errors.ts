import { type Explanation, toBadUserInput } from '../user-errors.ts';
import { type PaymentsRefusal, PaymentsRefused, type PlainReason } from './refusal.ts';

/** What clients read of each refusal of a payment processor. */
export function explainRefusal(refusal: PaymentsRefusal, name: string): Explanation {
  if (refusal.reason === 'MALFORMED_ID') {
    const examples = refusal.examples.map((example) => `"${example}"`).join(' or ');
    const got = JSON.stringify(refusal.got.slice(0, MAX_QUOTED));
    return ['BAD_USER_INPUT', `${name} must be the id of ${withArticle(refusal.kind)}, such as ${examples}, but got ${got}.`];
  }
  if (refusal.reason === 'TOO_MANY_DECIMALS') {
    const { decimals, got } = refusal;
    const expected = decimals === 0 ? 'be whole' : `have at most ${String(decimals)} decimals`;
    return ['BAD_USER_INPUT', `${name} must ${expected} in ${got.currency}, but is ${got.amount}.`];
  }
  if (refusal.reason === 'AMOUNT_TOO_LONG') {
    return ['BAD_USER_INPUT', `${name} must be an amount that can be paid, but is ${refusal.got.amount}.`];
  }
  if (refusal.reason === 'OTHER_CURRENCY') {
    return ['BAD_USER_INPUT', `${name} must be the payment's, ${refusal.expected}, but is ${refusal.got}.`];
  }
  if (refusal.reason === 'MORE_THAN_LEFT') {
    return ['NOT_ALLOWED_NOW', `No more than ${refusal.left.amount} ${refusal.left.currency} of the payment is left.`];
  }
  const [code, sentence] = SENTENCES[refusal.reason];
  return [code, sentence.replace(NAME, name)];
}

/** Replaces what a read throws by an error for the client. */
export const explainRead =
  (prefix?: readonly string[]) =>
  (error: unknown): never => {
    throw error instanceof PaymentsRefused ? toBadUserInput(error.refusal, explainRefusal, prefix) : error;
  };

/** Stands for the part's name in a sentence. */
const NAME = '{name}';

const SENTENCES: Readonly<Record<PlainReason, Explanation>> = {
  NOT_FOUND: ['NOT_FOUND', `${NAME} names no record.`],
  VALUE_REFUSED: ['BAD_USER_INPUT', `${NAME} was refused.`],
  AMOUNT_TOO_SMALL: ['BAD_USER_INPUT', `${NAME} was refused. The amount is smaller than the payment processor takes.`],
  AMOUNT_TOO_LARGE: ['BAD_USER_INPUT', `${NAME} was refused. The amount is larger than the payment processor takes.`],
  STATUS_UNKNOWN: ['BAD_USER_INPUT', `${NAME} must be a status that can be looked for, but got UNKNOWN.`],
  KEY_REUSED: ['BAD_USER_INPUT', 'idempotencyKey must be a new one for another input, but this one came with another input before.'],
  DECLINED: ['DECLINED', 'The payment method was declined.'],
  CARD_EXPIRED: ['DECLINED', 'The payment method was declined: the card has expired.'],
  INSUFFICIENT_FUNDS: ['DECLINED', 'The payment method was declined: there is not enough money in its account.'],
  AUTHENTICATION_REQUIRED: ['DECLINED', 'The payment method was declined: the payer has to confirm the payment first.'],
  NO_PAYMENT_METHOD: ['NOT_ALLOWED_NOW', 'The billing account has no saved way to pay. With daysUntilDue, invoices are sent instead.'],
  BALANCE_INSUFFICIENT: ['NOT_ALLOWED_NOW', 'There is not enough money with the payment processor.'],
  ALREADY_REFUNDED: ['ALREADY_DONE', 'The payment was given back before.'],
  DISPUTED: ['NOT_ALLOWED_NOW', 'The payer disputes the payment.'],
  NOT_REFUNDABLE: ['NOT_ALLOWED_NOW', 'The payment cannot be given back.'],
  NOTHING_RECEIVED: ['NOT_ALLOWED_NOW', 'Nothing of the payment was received.'],
  TOO_MANY_PLANS: ['NOT_ALLOWED_NOW', 'The billing account has as many recurring plans as it can have.'],
  PLAN_ENDED: ['ALREADY_DONE', 'The recurring plan is over.'],
  INVOICE_FINAL: ['NOT_ALLOWED_NOW', 'The invoice is final.'],
  INVOICE_PAID: ['NOT_ALLOWED_NOW', 'The invoice is paid.'],
  INVOICE_DRAFT: ['NOT_ALLOWED_NOW', 'The invoice is a draft.'],
  INVOICE_VOID: ['NOT_ALLOWED_NOW', 'The invoice was taken back.'],
  INVOICE_ALREADY_VOID: ['ALREADY_DONE', 'The invoice was taken back before.'],
  INVOICE_UNCOLLECTIBLE: ['NOT_ALLOWED_NOW', 'The invoice was given up.'],
  INVOICE_CHARGED_AUTOMATICALLY: ['NOT_ALLOWED_NOW', 'The invoice is charged automatically, and is not to be sent.'],
  UNKNOWN: ['UNKNOWN', 'The payment processor refused it.'],
};

/** Characters of what came. */
const MAX_QUOTED = 64;

const withArticle = (kind: string) => `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
