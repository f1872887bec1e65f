import { shortId } from '../stripe-ids.ts';
import type { JsonObject, WireObject } from '../stripe-json.ts';
import { type PriceFacts, toPlan, toPrice } from './catalog.ts';

export type SubscriptionStatus = 'active' | 'canceled' | 'incomplete' | 'past_due' | 'paused' | 'trialing' | 'unpaid';

export interface SubscriptionFacts {
  readonly id: string;
  readonly created: number;
  readonly customer: string;
  readonly price: PriceFacts;
  readonly quantity: number;
  readonly status: SubscriptionStatus;
  readonly period: { readonly start: number; readonly end: number };
  readonly trial: { readonly start: number; readonly end: number } | null;
  readonly canceledAt: number | null;
  readonly cancelsAtPeriodEnd: boolean;
  readonly latestInvoice: string | null;
  readonly paymentMethod: string | null;
}

export function toSubscription(facts: SubscriptionFacts): WireObject {
  const { id, price, quantity, period } = facts;
  return {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: facts.created,
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible', updated_at: facts.created },
    billing_thresholds: null,
    cancel_at: facts.cancelsAtPeriodEnd ? period.end : null,
    cancel_at_period_end: facts.cancelsAtPeriodEnd,
    canceled_at: facts.canceledAt,
    cancellation_details: { comment: null, feedback: null, reason: facts.canceledAt === null ? null : 'cancellation_requested' },
    collection_method: 'charge_automatically',
    created: facts.created,
    currency: price.currency,
    customer: facts.customer,
    days_until_due: null,
    default_payment_method: facts.paymentMethod,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    ended_at: facts.status === 'canceled' ? facts.canceledAt : null,
    invoice_settings: { account_tax_ids: null, issuer: { type: 'self' } },
    items: {
      object: 'list',
      data: [toItem(facts)],
      has_more: false,
      total_count: 1,
      url: `/v1/subscription_items?subscription=${id}`,
    },
    latest_invoice: facts.latestInvoice,
    livemode: false,
    metadata: {},
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: { payment_method_options: null, payment_method_types: null, save_default_payment_method: 'off' },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    plan: toPlan(price),
    quantity,
    schedule: null,
    start_date: facts.created,
    status: facts.status,
    test_clock: null,
    transfer_data: null,
    trial_end: facts.trial?.end ?? null,
    trial_settings: { end_behavior: { missing_payment_method: facts.status === 'paused' ? 'pause' : 'create_invoice' } },
    trial_start: facts.trial?.start ?? null,
  };
}

function toItem({ id, created, price, quantity, period }: SubscriptionFacts): JsonObject {
  return {
    id: shortId('si', id),
    object: 'subscription_item',
    billing_thresholds: null,
    created,
    current_period_end: period.end,
    current_period_start: period.start,
    discounts: [],
    metadata: {},
    plan: toPlan(price),
    price: toPrice(price),
    quantity,
    subscription: id,
    tax_rates: [],
  };
}
