import type { SeededRandom } from '../stripe-random.ts';
import { token } from '../stripe-ids.ts';
import type { Json, JsonObject, WireObject } from '../stripe-json.ts';

export type MethodType = 'bacs_debit' | 'card' | 'link' | 'sepa_debit' | 'us_bank_account';

export interface PaymentMethodFacts {
  readonly id: string;
  readonly created: number;
  readonly customer: string | null;
  readonly billingDetails: JsonObject;
  readonly type: MethodType;
  /** What is particular to the type, under the type's name. */
  readonly details: JsonObject;
}

export function toPaymentMethod(facts: PaymentMethodFacts): WireObject {
  return {
    id: facts.id,
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    billing_details: facts.billingDetails,
    created: facts.created,
    customer: facts.customer,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: facts.type,
    [facts.type]: facts.details,
  };
}

export function billingDetails(
  of: { email?: Json; name?: Json; phone?: Json; address?: Json } = {},
): JsonObject {
  const nowhere = {
    city: null,
    country: null,
    line1: null,
    line2: null,
    postal_code: null,
    state: null,
  };
  return {
    address: of.address ?? nowhere,
    email: of.email ?? null,
    name: of.name ?? null,
    phone: of.phone ?? null,
    tax_id: null,
  };
}

/** The details of one made-up means of payment. `year` is the current year: some cards have expired, most have not. */
export function inventDetails(
  type: MethodType,
  random: SeededRandom,
  { year, email }: { year: number; email: string | null },
): JsonObject {
  const last4 = String(random.integer(0, 9999)).padStart(4, '0');
  const fingerprint = token(`fingerprint/${type}/${last4}`, 16);
  switch (type) {
    case 'card':
      return cardDetails(random, last4, fingerprint, year);
    case 'sepa_debit':
      return {
        bank_code: random.pick(['37040044', '19043', '20041']),
        branch_code: '',
        country: random.pick(['DE', 'AT', 'FR']),
        fingerprint,
        generated_from: { charge: null, setup_attempt: null },
        last4,
      };
    case 'us_bank_account':
      return {
        account_holder_type: random.pick(['individual', 'company']),
        account_type: 'checking',
        bank_name: 'STRIPE TEST BANK',
        financial_connections_account: null,
        fingerprint,
        last4,
        networks: { preferred: 'ach', supported: ['ach'] },
        routing_number: '110000000',
        status_details: null,
      };
    case 'bacs_debit':
      return { fingerprint, last4, sort_code: '108800' };
    case 'link':
      return { email };
  }
}

function cardDetails(
  random: SeededRandom,
  last4: string,
  fingerprint: string,
  year: number,
): JsonObject {
  const brand = random.weighted([
    ['visa', 5],
    ['mastercard', 4],
    ['amex', 1],
    ['discover', 1],
  ] as const);
  return {
    brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: 'pass' },
    country: random.pick(['US', 'DE', 'GB', 'CH', 'JP']),
    display_brand: brand === 'amex' ? 'american_express' : brand,
    exp_month: random.integer(1, 12),
    exp_year: year + random.integer(-1, 4),
    fingerprint,
    funding: random.weighted([
      ['credit', 3],
      ['debit', 2],
      ['prepaid', 1],
    ] as const),
    generated_from: null,
    last4,
    networks: { available: [brand], preferred: null },
    regulated_status: 'unregulated',
    three_d_secure_usage: { supported: true },
    wallet: null,
  };
}
