import { shortId } from '../stripe-ids.ts';
import type { JsonObject, WireObject } from '../stripe-json.ts';
import { type PriceFacts, toPlan, toPrice } from './catalog.ts';

/** The first item's id follows from the subscription's alone. */
export const subscriptionItemId = (subscription: string, index: number) =>
  shortId('si', index === 0 ? subscription : `${subscription}/${String(index)}`);

export type SubscriptionStatus =
  'active' | 'canceled' | 'incomplete' | 'past_due' | 'paused' | 'trialing' | 'unpaid';

export interface SubscriptionItemFacts {
  readonly price: PriceFacts;
  readonly quantity: number;
}

export interface SubscriptionFacts extends SubscriptionItemFacts {
  readonly id: string;
  readonly created: number;
  readonly customer: string;
  readonly status: SubscriptionStatus;
  readonly period: { readonly start: number; readonly end: number };
  readonly trial: { readonly start: number; readonly end: number } | null;
  readonly canceledAt: number | null;
  readonly cancelsAtPeriodEnd: boolean;
  /** When it ends where no flag says so, as the customer portal and schedules write it. @default as the flag says */
  readonly cancelAt?: number | null;
  /** @default collected */
  readonly pause?: { readonly behavior: string; readonly resumes_at: number | null } | null;
  /** What is charged, where the price is listed in another currency. @default the price's */
  readonly currency?: string;
  readonly latestInvoice: string | null;
  readonly paymentMethod: string | null;
  /** Null for what is charged automatically. @default null */
  readonly daysUntilDue?: number | null;
  readonly description?: string | null;
  readonly metadata?: JsonObject;
  /** What was subscribed to beside the first item. @default nothing */
  readonly others?: readonly SubscriptionItemFacts[];
}

export function toSubscription(facts: SubscriptionFacts): WireObject {
  const { id, price, quantity, period, daysUntilDue = null, others = [] } = facts;
  const isAlone = others.length === 0;
  return {
    id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: facts.created,
    billing_cycle_anchor_config: null,
    billing_mode: {
      flexible: { proration_discounts: 'included' },
      type: 'flexible',
      updated_at: facts.created,
    },
    billing_thresholds: null,
    cancel_at: facts.cancelAt ?? (facts.cancelsAtPeriodEnd ? period.end : null),
    cancel_at_period_end: facts.cancelsAtPeriodEnd,
    canceled_at: facts.canceledAt,
    cancellation_details: {
      comment: null,
      feedback: null,
      reason: facts.canceledAt === null ? null : 'cancellation_requested',
    },
    collection_method: daysUntilDue === null ? 'charge_automatically' : 'send_invoice',
    created: facts.created,
    currency: facts.currency ?? price.currency,
    customer: facts.customer,
    days_until_due: daysUntilDue,
    default_payment_method: facts.paymentMethod,
    default_source: null,
    default_tax_rates: [],
    description: facts.description ?? null,
    discounts: [],
    ended_at: facts.status === 'canceled' ? facts.canceledAt : null,
    invoice_settings: { account_tax_ids: null, issuer: { type: 'self' } },
    items: {
      object: 'list',
      data: [facts, ...others].map((item, index) => toItem(facts, item, index)),
      has_more: false,
      total_count: 1 + others.length,
      url: `/v1/subscription_items?subscription=${id}`,
    },
    latest_invoice: facts.latestInvoice,
    livemode: false,
    metadata: facts.metadata ?? {},
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: facts.pause ?? null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: 'off',
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    plan: isAlone ? toPlan(price) : null,
    quantity: isAlone ? quantity : null,
    schedule: null,
    start_date: facts.created,
    status: facts.status,
    test_clock: null,
    transfer_data: null,
    trial_end: facts.trial?.end ?? null,
    trial_settings: {
      end_behavior: {
        missing_payment_method: facts.status === 'paused' ? 'pause' : 'create_invoice',
      },
    },
    trial_start: facts.trial?.start ?? null,
  };
}

function toItem(
  { id, created, period }: SubscriptionFacts,
  { price, quantity }: SubscriptionItemFacts,
  index: number,
): JsonObject {
  return {
    id: subscriptionItemId(id, index),
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
