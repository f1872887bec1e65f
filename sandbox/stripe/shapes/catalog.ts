import type { Currency } from '../stripe-currencies.ts';
import type { JsonObject, WireObject } from '../stripe-json.ts';

export interface ProductFacts {
  readonly id: string;
  readonly created: number;
  readonly name: string;
  readonly description: string | null;
  readonly defaultPrice: string | null;
}

/** No recording of a product exists: https://docs.stripe.com/api/products/object and the official client's types. */
export function toProduct(facts: ProductFacts): WireObject {
  return {
    id: facts.id,
    object: 'product',
    active: true,
    created: facts.created,
    default_price: facts.defaultPrice,
    description: facts.description,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: {},
    name: facts.name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: 'service',
    unit_label: null,
    updated: facts.created,
    url: null,
  };
}

export interface PriceFacts {
  readonly id: string;
  readonly created: number;
  readonly currency: Currency;
  readonly product: string;
  readonly nickname: string;
  /** Null for what is paid once. */
  readonly interval: 'month' | 'year' | null;
  readonly unitAmount: number;
}

export function toPrice({ interval, unitAmount, ...facts }: PriceFacts): WireObject {
  return {
    id: facts.id,
    object: 'price',
    active: true,
    billing_scheme: 'per_unit',
    created: facts.created,
    currency: facts.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: null,
    metadata: {},
    nickname: facts.nickname,
    product: facts.product,
    recurring: interval && { interval, interval_count: 1, meter: null, trial_period_days: null, usage_type: 'licensed' },
    tax_behavior: 'unspecified',
    tiers_mode: null,
    transform_quantity: null,
    type: interval === null ? 'one_time' : 'recurring',
    unit_amount: unitAmount,
    unit_amount_decimal: String(unitAmount),
  };
}

/** The older form of a recurring price, which subscriptions still carry beside it. */
export function toPlan({ id, created, currency, product, nickname, interval, unitAmount }: PriceFacts): JsonObject {
  return {
    id,
    object: 'plan',
    active: true,
    amount: unitAmount,
    amount_decimal: String(unitAmount),
    billing_scheme: 'per_unit',
    created,
    currency,
    interval,
    interval_count: 1,
    livemode: false,
    metadata: {},
    meter: null,
    nickname,
    product,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: null,
    usage_type: 'licensed',
  };
}
