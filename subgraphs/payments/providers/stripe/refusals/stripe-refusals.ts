import { CodedError } from '../../../../../errors/coded-error.ts';
import {
  type PaymentsRefusal,
  PaymentsRefused,
  type PaymentsWriteResult,
  type PlainReason,
} from '../../../refusal.ts';
import type { Part } from '../../../../writes/refusal.ts';
import { StripeRefusal } from './stripe-errors.ts';
import type { PartTable } from './stripe-parts.ts';

/** Finds the reason of a refused write that Stripe's code does not contain. */
export type FindReason = (
  refusal: StripeRefusal,
) => PaymentsRefusal | undefined | Promise<PaymentsRefusal | undefined>;

export interface ResultOptions {
  /** @default Stripe's code is sufficient */
  readonly findReason?: FindReason;
  /** @default a refused write creates nothing */
  readonly discard?: () => Promise<void>;
}

/** The result of a write, including refusals. */
export async function toResult(
  write: () => Promise<{ readonly id: string }>,
  parts: PartTable,
  { findReason = () => undefined, discard }: ResultOptions = {},
): Promise<PaymentsWriteResult> {
  try {
    // Only the record's id is used.
    const { id } = await write();
    return { id, refusals: [] };
  } catch (error) {
    if (error instanceof PaymentsRefused) return { id: null, refusals: [error.refusal] };
    if (error instanceof StripeRefusal)
      return {
        id: null,
        refusals: [await toRefusal(error, parts, findReason)],
        ...(discard && { discard }),
      };
    throw error;
  }
}

async function toRefusal(
  refusal: StripeRefusal,
  parts: PartTable,
  findReason: FindReason,
): Promise<PaymentsRefusal> {
  const { type, code, decline_code: declineCode, param } = refusal.reason;
  if (type === 'idempotency_error') return { reason: 'KEY_REUSED', at: ['idempotencyKey'] };
  if (type === 'card_error')
    return {
      reason: DECLINES.get(declineCode ?? '') ?? DECLINES.get(code ?? '') ?? 'DECLINED',
      at: null,
    };
  const at = param == null ? undefined : partOf(param, parts);
  if (refusal.isMissing && at !== undefined) return { reason: 'NOT_FOUND', at };
  const state = STATES.get(code ?? '');
  if (state !== undefined) return { reason: state, at: null };
  const found = await findOrNothing(findReason, refusal);
  if (found !== undefined) return found;
  const amount = AMOUNTS.get(code ?? '');
  if (amount !== undefined) return { reason: amount, at: at ?? partOf('amount', parts) ?? null };
  if (at !== undefined) return { reason: 'VALUE_REFUSED', at };
  // A parameter without an input field is this adapter's own.
  if (param != null) throw refusal;
  return { reason: 'UNKNOWN', at: null };
}

/** An unreadable record gives no reason; the write was refused anyway. */
async function findOrNothing(
  findReason: FindReason,
  refusal: StripeRefusal,
): Promise<PaymentsRefusal | undefined> {
  try {
    return await findReason(refusal);
  } catch (error) {
    if (error instanceof CodedError) return undefined;
    throw error;
  }
}

/** https://docs.stripe.com/declines/codes: others do not help a payer, or must not be disclosed. */
const DECLINES: ReadonlyMap<string, PlainReason> = new Map([
  ['expired_card', 'CARD_EXPIRED'],
  ['insufficient_funds', 'INSUFFICIENT_FUNDS'],
  ['authentication_required', 'AUTHENTICATION_REQUIRED'],
]);

/** https://docs.stripe.com/error-codes */
const STATES: ReadonlyMap<string, PlainReason> = new Map([
  ['balance_insufficient', 'BALANCE_INSUFFICIENT'],
  ['charge_already_refunded', 'ALREADY_REFUNDED'],
  ['charge_disputed', 'DISPUTED'],
  ['charge_not_refundable', 'NOT_REFUNDABLE'],
  ['customer_max_subscriptions', 'TOO_MANY_PLANS'],
  ['invoice_not_editable', 'INVOICE_FINAL'],
]);

const AMOUNTS: ReadonlyMap<string, PlainReason> = new Map([
  ['amount_too_large', 'AMOUNT_TOO_LARGE'],
  ['amount_too_small', 'AMOUNT_TOO_SMALL'],
]);

/** `line_items[1][quantity]` is at `lines.1.quantity`; an unlisted parameter is at its parent's field. */
function partOf(param: string, parts: PartTable): Part | undefined {
  if (param.length > MAX_PARAM) return undefined;
  const names = param.split(/[[\]]+/).filter((name) => name !== '');
  for (let length = names.length; length > 0; length -= 1) {
    const head = names.slice(0, length);
    const key = head.map((name) => (isIndex(name) ? '*' : name)).join('.');
    const path = Object.hasOwn(parts, key) ? parts[key] : undefined;
    const indexes = head.filter(isIndex);
    if (path !== undefined)
      return path.split('.').map((name) => (name === '*' ? Number(indexes.shift() ?? 0) : name));
  }
  return undefined;
}

/** Characters; more than any of our parameters. */
const MAX_PARAM = 200;

const isIndex = (text: string) => /^\d{1,3}$/.test(text);
