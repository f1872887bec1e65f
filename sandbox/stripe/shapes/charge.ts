import { token } from '../stripe-ids.ts';
import { type Json, type JsonObject, textAt, type WireObject } from '../stripe-json.ts';
import type { Decline } from './decline.ts';

export interface ChargeFacts {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  readonly customer: string | null;
  readonly description: string | null;
  readonly paymentIntent: string;
  readonly method: WireObject;
  readonly balanceTransaction: string | null;
  readonly outcome: 'authorized' | 'captured' | 'pending' | Decline;
}

export function toCharge(facts: ChargeFacts): WireObject {
  const { id, amount, outcome, method } = facts;
  const isCaptured = outcome === 'captured' || outcome === 'pending';
  const decline = typeof outcome === 'string' ? null : outcome;
  return {
    id,
    object: 'charge',
    amount,
    amount_captured: isCaptured ? amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: facts.balanceTransaction,
    billing_details: method['billing_details'] ?? null,
    calculated_statement_descriptor: decline === null ? 'TRIBUTARY DEMO' : null,
    captured: isCaptured,
    created: facts.created,
    currency: facts.currency,
    customer: facts.customer,
    description: facts.description,
    destination: null,
    dispute: null,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: {},
    on_behalf_of: null,
    order: null,
    outcome: decline === null ? AUTHORIZED : declined(decline),
    paid: decline === null && outcome !== 'pending',
    payment_intent: facts.paymentIntent,
    payment_method: method.id,
    payment_method_details: methodDetails(facts),
    radar_options: {},
    receipt_email: null,
    receipt_number: null,
    receipt_url:
      decline === null
        ? `https://pay.stripe.example/receipts/payment/${token(`receipt/${id}`, 40)}`
        : null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: decline === null ? (outcome === 'pending' ? 'pending' : 'succeeded') : 'failed',
    transfer_data: null,
    transfer_group: null,
  };
}

const AUTHORIZED = {
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  network_status: 'approved_by_network',
  reason: null,
  risk_level: 'normal',
  risk_score: 24,
  seller_message: 'Payment complete.',
  type: 'authorized',
};

function declined({ declineCode, networkCode }: Decline): JsonObject {
  return {
    ...AUTHORIZED,
    advice_code: 'try_again_later',
    network_decline_code: networkCode,
    network_status: 'declined_by_network',
    reason: declineCode,
    seller_message: `The bank returned the decline code \`${declineCode}\`.`,
    type: 'issuer_declined',
  };
}

function methodDetails({ id, amount, method, outcome }: ChargeFacts): JsonObject {
  const type = textAt(method, 'type');
  const details = method[type] as JsonObject; // A payment method holds its details under its type's name.
  const pickFrom = (...keys: string[]): Record<string, Json> =>
    Object.fromEntries(keys.map((key) => [key, details[key] ?? null]));
  switch (type) {
    case 'card':
      return {
        card: {
          amount_authorized: amount,
          authorization_code: String(100_000 + (Number.parseInt(token(id, 4), 36) % 900_000)),
          ...pickFrom(
            'brand',
            'checks',
            'country',
            'exp_month',
            'exp_year',
            'fingerprint',
            'funding',
            'last4',
            'regulated_status',
          ),
          extended_authorization: { status: 'disabled' },
          incremental_authorization: { status: 'unavailable' },
          installments: null,
          mandate: null,
          multicapture: { status: 'unavailable' },
          network: details['brand'] ?? null,
          network_token: { used: false },
          network_transaction_id: String(
            100_000_000_000_000 + Number.parseInt(token(`network/${id}`, 9), 36),
          ).slice(0, 15),
          overcapture: { maximum_amount_capturable: amount, status: 'unavailable' },
          three_d_secure: null,
          wallet: null,
          ...(outcome === 'authorized' ? { capture_before: null } : {}),
        },
        type,
      };
    case 'sepa_debit':
      return {
        sepa_debit: {
          ...pickFrom('bank_code', 'branch_code', 'country', 'fingerprint', 'last4'),
          mandate: null,
        },
        type,
      };
    case 'us_bank_account':
      return {
        us_bank_account: {
          ...pickFrom(
            'account_holder_type',
            'account_type',
            'bank_name',
            'fingerprint',
            'last4',
            'routing_number',
          ),
          mandate: null,
          payment_reference: null,
        },
        type,
      };
    case 'bacs_debit':
      return {
        bacs_debit: { ...pickFrom('fingerprint', 'last4', 'sort_code'), mandate: null },
        type,
      };
    default:
      return { [type]: {}, type };
  }
}
