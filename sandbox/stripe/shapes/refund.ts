import { token } from '../stripe-ids.ts';
import type { Json, JsonObject, WireObject } from '../stripe-json.ts';

export interface RefundFacts {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  readonly charge: string;
  readonly paymentIntent: string;
  readonly methodType: string;
  readonly balanceTransaction: string | null;
  readonly reason: string | null;
  readonly metadata: JsonObject;
  readonly status: 'failed' | 'pending' | 'succeeded';
}

/** No recording of a refund exists: https://docs.stripe.com/api/refunds/object and the official client's types. */
export function toRefund(facts: RefundFacts): WireObject {
  return {
    id: facts.id,
    object: 'refund',
    amount: facts.amount,
    balance_transaction: facts.balanceTransaction,
    charge: facts.charge,
    created: facts.created,
    currency: facts.currency,
    destination_details: destination(facts),
    ...(facts.status === 'failed' ? { failure_reason: 'expired_or_canceled_card' } : {}),
    metadata: facts.metadata,
    payment_intent: facts.paymentIntent,
    ...(facts.status === 'pending' ? { pending_reason: 'processing' } : {}),
    reason: facts.reason,
    receipt_number: null,
    source_transfer_reversal: null,
    status: facts.status,
    transfer_reversal: null,
  };
}

function destination({ id, methodType, status }: RefundFacts): JsonObject {
  if (methodType !== 'card') return { [methodType]: {}, type: methodType };
  const reference: Record<string, Json> =
    status === 'succeeded'
      ? { reference: token(`reference/${id}`, 23), reference_status: 'available' }
      : { reference_status: status === 'pending' ? 'pending' : 'unavailable' };
  return {
    card: { ...reference, reference_type: 'acquirer_reference_number', type: 'refund' },
    type: 'card',
  };
}
