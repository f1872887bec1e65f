import { type Part, Refused, type WriteResult } from '../writes/refusal.ts';
import type { Money } from '../money.ts';
import { PAYMENTS } from './service.ts';

/** Why a payment processor does not do what it was asked to. `at` is a part of the order, the filter or the method's parameters. */
export type PaymentsRefusal = { readonly at: Part | null } & (
  | { readonly reason: PlainReason }
  /** `examples` show what such an id looks like: `cus_...`. */
  | {
      readonly reason: 'MALFORMED_ID';
      readonly kind: string;
      readonly examples: readonly string[];
      readonly got: string;
    }
  /** The currency has fewer decimals. */
  | { readonly reason: 'TOO_MANY_DECIMALS'; readonly decimals: number; readonly got: Money }
  | { readonly reason: 'AMOUNT_TOO_LONG'; readonly got: Money }
  /** A refund is in the payment's currency. */
  | { readonly reason: 'OTHER_CURRENCY'; readonly expected: string; readonly got: string }
  | { readonly reason: 'MORE_THAN_LEFT'; readonly left: Money }
);

export type PlainReason =
  /** The record that the part names does not exist. */
  | 'NOT_FOUND'
  /** The key came with another order before, which only the processor remembers. */
  | 'KEY_REUSED'
  /** The processor does not take the value, and says no more. */
  | 'VALUE_REFUSED'
  | 'AMOUNT_TOO_SMALL'
  | 'AMOUNT_TOO_LARGE'
  /** No record has such a status, so that none can be looked for. */
  | 'STATUS_UNKNOWN'
  | 'DECLINED'
  | 'CARD_EXPIRED'
  | 'INSUFFICIENT_FUNDS'
  /** The payer's bank wants the payer to confirm the payment. */
  | 'AUTHENTICATION_REQUIRED'
  | 'NO_PAYMENT_METHOD'
  /** The processor holds too little of the business's money. */
  | 'BALANCE_INSUFFICIENT'
  | 'ALREADY_REFUNDED'
  | 'DISPUTED'
  | 'NOT_REFUNDABLE'
  | 'NOTHING_RECEIVED'
  | 'TOO_MANY_PLANS'
  | 'PLAN_ENDED'
  | 'INVOICE_FINAL'
  | 'INVOICE_PAID'
  | 'INVOICE_DRAFT'
  | 'INVOICE_VOID'
  | 'INVOICE_ALREADY_VOID'
  | 'INVOICE_UNCOLLECTIBLE'
  | 'INVOICE_CHARGED_AUTOMATICALLY'
  /** The processor gives no reason that the graph knows. */
  | 'UNKNOWN';

export type PaymentsWriteResult = WriteResult<PaymentsRefusal>;

/** Thrown by reads for what cannot be read. */
export class PaymentsRefused extends Refused<PaymentsRefusal> {
  constructor(refusal: PaymentsRefusal) {
    super(PAYMENTS, refusal);
  }
}
