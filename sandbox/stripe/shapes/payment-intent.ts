import { token } from '../stripe-ids.ts';
import type { Json, JsonObject, WireObject } from '../stripe-json.ts';

export type PaymentIntentStatus =
  | 'canceled'
  | 'processing'
  | 'requires_action'
  | 'requires_capture'
  | 'requires_confirmation'
  | 'requires_payment_method'
  | 'succeeded';

export interface PaymentIntentFacts {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  readonly customer: string | null;
  readonly description: string | null;
  readonly invoice: string | null;
  readonly lastError: Json;
  readonly latestCharge: string | null;
  readonly paymentMethod: string | null;
  readonly methodType: string;
  readonly status: PaymentIntentStatus;
  /** @default all of it once it has succeeded */
  readonly received?: number;
}

export function toPaymentIntent(facts: PaymentIntentFacts): WireObject {
  const { id, amount, status } = facts;
  const isCanceled = status === 'canceled';
  return {
    id,
    object: 'payment_intent',
    amount,
    amount_capturable: status === 'requires_capture' ? amount : 0,
    amount_details: { tip: {} },
    amount_received: status === 'succeeded' ? (facts.received ?? amount) : 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods:
      facts.invoice === null ? { allow_redirects: 'always', enabled: true } : null,
    canceled_at: isCanceled ? facts.created + 3600 : null,
    cancellation_reason: isCanceled ? 'requested_by_customer' : null,
    capture_method: status === 'requires_capture' ? 'manual' : 'automatic_async',
    client_secret: `${id}_secret_${token(`secret/${id}`, 25)}`,
    confirmation_method: 'automatic',
    created: facts.created,
    currency: facts.currency,
    customer: facts.customer,
    customer_account: null,
    description: facts.description,
    excluded_payment_method_types: null,
    last_payment_error: facts.lastError,
    latest_charge: facts.latestCharge,
    livemode: false,
    metadata: {},
    next_action: status === 'requires_action' ? redirect(id) : null,
    on_behalf_of: null,
    ...(facts.invoice === null
      ? {}
      : {
          payment_details: {
            customer_reference: null,
            order_reference: facts.invoice.slice(0, 25),
          },
        }),
    payment_method: facts.paymentMethod,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: {
        installments: null,
        mandate_options: null,
        network: null,
        request_three_d_secure: 'automatic',
      },
      link: { persistent_token: null },
    },
    payment_method_types: [...new Set(['card', 'link', facts.methodType])],
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: facts.invoice === null ? null : 'off_session',
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status,
    transfer_data: null,
    transfer_group: null,
  };
}

function redirect(id: string): JsonObject {
  const url = `https://hooks.stripe.example/3d_secure_2/hosted?payment_intent=${id}`;
  return { redirect_to_url: { return_url: 'https://shop.example/', url }, type: 'redirect_to_url' };
}
