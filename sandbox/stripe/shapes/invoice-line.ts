import { longId, shortId } from '../stripe-ids.ts';
import type { JsonObject } from '../stripe-json.ts';

export interface LineFacts {
  readonly key: string;
  readonly amount: number;
  readonly currency: string;
  readonly description: string | null;
  readonly quantity: number;
  readonly price: string;
  readonly product: string;
  readonly period: { readonly start: number; readonly end: number };
  /** Null for what is charged once. */
  readonly subscription: string | null;
  /** @default the subscription's first */
  readonly subscriptionItem?: string;
}

export function toLine(facts: LineFacts, invoice: string): JsonObject {
  return {
    id: longId('il', facts.key),
    object: 'line_item',
    amount: facts.amount,
    currency: facts.currency,
    description: facts.description,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice,
    livemode: false,
    metadata: {},
    parent:
      facts.subscription === null
        ? itemParent(facts.key)
        : subscriptionParent(
            facts.subscription,
            facts.subscriptionItem ?? shortId('si', facts.subscription),
          ),
    period: { end: facts.period.end, start: facts.period.start },
    pretax_credit_amounts: [],
    pricing: {
      price_details: { price: facts.price, product: facts.product },
      type: 'price_details',
      unit_amount_decimal: String(facts.amount / facts.quantity),
    },
    quantity: facts.quantity,
    quantity_decimal: String(facts.quantity),
    subtotal: facts.amount,
    taxes: [],
  };
}

const NOT_PRORATED = { proration: false, proration_details: { credited_items: null } };

function itemParent(key: string): JsonObject {
  return {
    invoice_item_details: { invoice_item: longId('ii', key), ...NOT_PRORATED, subscription: null },
    subscription_item_details: null,
    type: 'invoice_item_details',
  };
}

function subscriptionParent(subscription: string, item: string): JsonObject {
  return {
    invoice_item_details: null,
    subscription_item_details: {
      invoice_item: null,
      ...NOT_PRORATED,
      subscription,
      subscription_item: item,
    },
    type: 'subscription_item_details',
  };
}
