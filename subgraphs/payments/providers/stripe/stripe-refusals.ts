import { BadUserInput } from '../../../../errors/coded-error.ts';
import { type Field, INPUT, nameOf } from '../../input-checks.ts';
import type { UserError, UserErrorCode, WriteOutcome } from '../../write-outcome.ts';
import { StripeRefusal } from './stripe-errors.ts';
import type { FieldTable } from './stripe-fields.ts';

/** Knows what stands against one kind of write where Stripe's code does not say it. */
export type ExplainWrite = (refusal: StripeRefusal) => UserError | undefined | Promise<UserError | undefined>;

/**
 * What came of a write, refusals included.
 * @throws BadUserInput where the input could never be carried out.
 */
export async function toOutcome(
  writing: Promise<WriteOutcome>,
  fields: FieldTable,
  explain: ExplainWrite = () => undefined,
): Promise<WriteOutcome> {
  try {
    const outcome = await writing;
    // No more of a record than its id.
    return 'id' in outcome ? { id: outcome.id } : outcome;
  } catch (error) {
    if (!(error instanceof StripeRefusal)) throw error;
    return { userErrors: [await explainRefusal(error, fields, explain)] };
  }
}

async function explainRefusal(refusal: StripeRefusal, fields: FieldTable, explain: ExplainWrite): Promise<UserError> {
  const { type, code, param, message } = refusal.reason;
  const sentence = plainSentence(message);
  if (type === 'idempotency_error') throw keyWasUsed();
  // Meant to be shown to the payer: https://docs.stripe.com/api/errors#errors-message
  if (type === 'card_error') return { code: 'DECLINED', field: null, message: sentence ?? 'The way to pay was refused.' };
  const field = param == null ? undefined : fieldOf(param, fields);
  if (refusal.isMissing && field !== undefined) return { code: 'NOT_FOUND', field, message: `${nameOf(field)} names no record.` };
  const known = code == null || !Object.hasOwn(STATES, code) ? undefined : STATES[code];
  if (known !== undefined) return { code: known[0], field: null, message: known[1] };
  const found = await explain(refusal);
  if (found !== undefined) return found;
  const wrongField = field ?? (code != null && AMOUNT_CODES.has(code) ? fieldOf('amount', fields) : undefined);
  if (wrongField !== undefined) throw new BadUserInput(withSentence(`${nameOf(wrongField)} was refused.`, sentence), { field: wrongField });
  // A parameter that no field of the input stands for is this adapter's own.
  if (param != null) throw refusal;
  return { code: 'UNKNOWN', field: null, message: withSentence('The payment processor refused it.', sentence) };
}

/** Where only Stripe remembers it: what fails validation leaves the graph's own key free. */
const keyWasUsed = () =>
  new BadUserInput('idempotencyKey must be a new one for another input, but this one came with another input before.', {
    field: [...INPUT, 'idempotencyKey'],
  });

/** https://docs.stripe.com/error-codes */
const STATES: Readonly<Record<string, readonly [UserErrorCode, string]>> = {
  balance_insufficient: ['NOT_ALLOWED_NOW', 'There is not enough money with the payment processor.'],
  charge_already_refunded: ['ALREADY_DONE', 'The payment was given back before.'],
  charge_disputed: ['NOT_ALLOWED_NOW', 'The payer disputes the payment.'],
  charge_not_refundable: ['NOT_ALLOWED_NOW', 'The payment cannot be given back.'],
  customer_max_subscriptions: ['NOT_ALLOWED_NOW', 'The billing account has as many recurring plans as it can have.'],
  invoice_not_editable: ['NOT_ALLOWED_NOW', 'The invoice is final.'],
};

const AMOUNT_CODES: ReadonlySet<string> = new Set(['amount_too_large', 'amount_too_small']);

/** `line_items[1][quantity]` is at `lines.1.quantity`; what the table lacks is where the part before it is. */
function fieldOf(param: string, fields: FieldTable): Field | undefined {
  if (param.length > MAX_PARAM) return undefined;
  const parts = param.split(/[[\]]+/).filter((part) => part !== '');
  for (let length = parts.length; length > 0; length -= 1) {
    const head = parts.slice(0, length);
    const path = fields[head.map((part) => (isIndex(part) ? '*' : part)).join('.')];
    const indexes = head.filter(isIndex);
    if (path !== undefined) return [...INPUT, ...path.split('.').map((part) => (part === '*' ? (indexes.shift() ?? '0') : part))];
  }
  return undefined;
}

/** Characters; none of ours has as many. */
const MAX_PARAM = 200;

const isIndex = (text: string) => /^\d+$/.test(text);

const withSentence = (text: string, sentence: string | undefined) => (sentence === undefined ? text : `${text} ${sentence}`);

/**
 * The first sentence of what Stripe says, where it is in plain words: without addresses, ids, names of parameters, and Stripe's own.
 * Outcomes are kept, so no e-mail address is among it either.
 */
function plainSentence(message: string | null | undefined): string | undefined {
  const [sentence = ''] = /^[^.!?]*(\.\d[^.!?]*)*[.!?]?/.exec(message?.slice(0, MAX_MESSAGE) ?? '') ?? [];
  const isPlain = /^[A-Z][\p{L}\p{Sc}\d ,;:()'’%.-]{9,199}[.!?]?$/u.test(sentence) && !/stripe|https?:/i.test(sentence);
  if (!isPlain) return undefined;
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}

/** Characters of a message that are looked at: more than a plain sentence may have. */
const MAX_MESSAGE = 500;
