import { type Part, Refused, type WriteResult } from '../writes/refusal.ts';
import type { Money } from '../money.ts';
import { PAYMENTS } from './service.ts';

/** Why a payment processor refused a request. `at` is a part of the new record, the filter or the method's parameters. */
export type PaymentsRefusal = { readonly at: Part | null } & (
  | { readonly reason: PlainReason }
  /** `examples` show the format of the id: `cus_...`. */
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
  /** The key was used for another write before, which only the processor remembers. */
  | 'KEY_REUSED'
  /** The processor refuses the value without a reason. */
  | 'VALUE_REFUSED'
  | 'AMOUNT_TOO_SMALL'
  | 'AMOUNT_TOO_LARGE'
  /** No record has this status, so it cannot be a filter. */
  | 'STATUS_UNKNOWN'
  | 'DECLINED'
  | 'CARD_EXPIRED'
  | 'INSUFFICIENT_FUNDS'
  /** The payer's bank requires the payer to confirm the payment. */
  | 'AUTHENTICATION_REQUIRED'
  | 'NO_PAYMENT_METHOD'
  /** The business's balance at the processor is too low. */
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
  /** The processor's reason is unknown to the graph. */
  | 'UNKNOWN';

export type PaymentsWriteResult = WriteResult<PaymentsRefusal>;

/** Thrown by reads with invalid parameters. */
export class PaymentsRefused extends Refused<PaymentsRefusal> {
  constructor(refusal: PaymentsRefusal) {
    super(PAYMENTS, refusal);
  }
}
