import type { Json, JsonObject, WireObject } from '../stripe-json.ts';

export type DisputeStatus = 'lost' | 'needs_response' | 'under_review' | 'won';

export interface DisputeFacts {
  readonly id: string;
  readonly created: number;
  readonly charge: WireObject;
  readonly reason: string;
  readonly status: DisputeStatus;
}

/** No recording of a dispute exists: https://docs.stripe.com/api/disputes/object and the official client's types. */
export function toDispute({ id, created, charge, reason, status }: DisputeFacts): WireObject {
  return {
    id,
    object: 'dispute',
    amount: charge['amount_captured'] ?? 0,
    balance_transactions: [],
    charge: charge.id,
    created,
    currency: charge['currency'] ?? null,
    enhanced_eligibility_types: [],
    evidence: noEvidence(),
    evidence_details: {
      due_by: created + 14 * DAY,
      enhanced_eligibility: {},
      has_evidence: status !== 'needs_response',
      past_due: false,
      submission_count: status === 'needs_response' ? 0 : 1,
      submission_method: null,
    },
    intended_submission_method: null,
    is_charge_refundable: false,
    livemode: false,
    metadata: {},
    payment_intent: charge['payment_intent'] ?? null,
    payment_method_details: methodDetails(charge),
    reason,
    status,
  };
}

const DAY = 86_400;

function methodDetails(charge: WireObject): JsonObject {
  const details = charge['payment_method_details'] as JsonObject; // Every charge has these details.
  const { brand } = details['card'] as { readonly brand: Json }; // Only cards are disputed here.
  return {
    card: { brand, case_type: 'chargeback', network_reason_code: '4855' },
    type: 'card',
  };
}

/** What can be said against a dispute in text. */
export const EVIDENCE = [
  'access_activity_log',
  'billing_address',
  'cancellation_policy_disclosure',
  'cancellation_rebuttal',
  'customer_email_address',
  'customer_name',
  'customer_purchase_ip',
  'duplicate_charge_explanation',
  'duplicate_charge_id',
  'product_description',
  'refund_policy_disclosure',
  'refund_refusal_explanation',
  'service_date',
  'shipping_address',
  'shipping_carrier',
  'shipping_date',
  'shipping_tracking_number',
  'uncategorized_text',
];

const FILES = [
  'cancellation_policy',
  'customer_communication',
  'customer_signature',
  'duplicate_charge_documentation',
  'receipt',
  'refund_policy',
  'service_documentation',
  'shipping_documentation',
  'uncategorized_file',
];

const noEvidence = (): JsonObject => ({
  ...Object.fromEntries([...EVIDENCE, ...FILES].map((name) => [name, null])),
  enhanced_evidence: {},
});
