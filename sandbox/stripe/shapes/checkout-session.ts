import { token } from '../stripe-ids.ts';
import type { JsonObject, WireObject } from '../stripe-json.ts';

export interface CheckoutSessionFacts {
  readonly id: string;
  readonly created: number;
  readonly currency: string;
  /** Null for a guest. */
  readonly customer: WireObject | null;
  readonly customerEmail: string | null;
  readonly clientReferenceId: string | null;
  readonly successUrl: string;
  readonly cancelUrl: string | null;
  readonly metadata: JsonObject;
  readonly items: readonly JsonObject[];
}

const DAY = 86_400;

/** No recording of a session exists: https://docs.stripe.com/api/checkout/sessions/object and the official client's types. */
export function toCheckoutSession(facts: CheckoutSessionFacts): WireObject {
  const total = facts.items.reduce((sum, { amount_total: amount }) => sum + Number(amount), 0);
  return {
    id: facts.id,
    object: 'checkout.session',
    ...UNUSED,
    amount_subtotal: total,
    amount_total: total,
    cancel_url: facts.cancelUrl,
    client_reference_id: facts.clientReferenceId,
    created: facts.created,
    currency: facts.currency,
    customer: facts.customer?.id ?? null,
    customer_creation: facts.customer === null ? 'if_required' : null,
    customer_details: customerDetails(facts),
    customer_email: facts.customerEmail,
    expires_at: facts.created + DAY,
    line_items: {
      object: 'list',
      data: facts.items,
      has_more: false,
      url: `/v1/checkout/sessions/${facts.id}/line_items`,
    },
    livemode: false,
    metadata: facts.metadata,
    mode: 'payment',
    payment_intent: null,
    payment_method_collection: 'if_required',
    payment_method_options: { card: { request_three_d_secure: 'automatic' } },
    payment_method_types: ['card', 'link'],
    payment_status: 'unpaid',
    saved_payment_method_options:
      facts.customer === null
        ? null
        : {
            allow_redisplay_filters: ['always'],
            payment_method_remove: 'disabled',
            payment_method_save: null,
          },
    status: 'open',
    success_url: facts.successUrl,
    ui_mode: 'hosted_page',
    url: `https://checkout.stripe.example/c/pay/${facts.id}#${token(`page/${facts.id}`, 60)}`,
  };
}

/** What only parameters fill that are not offered. */
const UNUSED: JsonObject = {
  adaptive_pricing: { enabled: true },
  after_expiration: null,
  allow_promotion_codes: null,
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
  billing_address_collection: null,
  client_secret: null,
  collected_information: null,
  consent: null,
  consent_collection: null,
  currency_conversion: null,
  custom_fields: [],
  custom_text: {
    after_submit: null,
    shipping_address: null,
    submit: null,
    terms_of_service_acceptance: null,
  },
  customer_account: null,
  discounts: [],
  invoice: null,
  invoice_creation: null,
  locale: null,
  origin_context: null,
  payment_link: null,
  payment_method_configuration_details: null,
  permissions: null,
  phone_number_collection: { enabled: false },
  recovered_from: null,
  setup_intent: null,
  shipping_address_collection: null,
  shipping_cost: null,
  shipping_options: [],
  submit_type: null,
  subscription: null,
  total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
  wallet_options: null,
};

function customerDetails({ customer, customerEmail }: CheckoutSessionFacts): JsonObject | null {
  const email = customer?.['email'] ?? customerEmail;
  if (customer === null && email === null) return null;
  return {
    address: null,
    business_name: null,
    email,
    individual_name: null,
    name: null,
    phone: null,
    tax_exempt: customer === null ? 'none' : (customer['tax_exempt'] ?? null),
    tax_ids: null,
  };
}
