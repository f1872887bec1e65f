import type { JsonObject, WireObject } from '../stripe-json.ts';

export interface ProductFacts {
  readonly id: string;
  readonly created: number;
  readonly name: string;
  readonly description: string | null;
  readonly defaultPrice: string | null;
  readonly metadata?: JsonObject;
  /** @default true */
  readonly active?: boolean;
}

/** No recording of a product exists: https://docs.stripe.com/api/products/object and the official client's types. */
export function toProduct(facts: ProductFacts): WireObject {
  return {
    id: facts.id,
    object: 'product',
    active: facts.active ?? true,
    created: facts.created,
    default_price: facts.defaultPrice,
    description: facts.description,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: facts.metadata ?? {},
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
  readonly currency: string;
  readonly product: string;
  readonly nickname: string | null;
  /** Null for what is paid once. */
  readonly interval: Interval | null;
  /** @default 1 */
  readonly intervalCount?: number;
  readonly unitAmount: number;
  /** False for what was priced on the fly, for one use. @default true */
  readonly active?: boolean;
  /** How many units one amount pays for. @default each pays for one */
  readonly transformQuantity?: JsonObject | null;
}

/** What a price costs in one of its currencies. */
export const currencyOption = (unitAmount: number): JsonObject => ({
  custom_unit_amount: null,
  tax_behavior: 'unspecified',
  unit_amount: unitAmount,
  unit_amount_decimal: String(unitAmount),
});

export type Interval = 'day' | 'week' | 'month' | 'year';

export function toPrice({
  interval,
  intervalCount = 1,
  unitAmount,
  ...facts
}: PriceFacts): WireObject {
  return {
    id: facts.id,
    object: 'price',
    active: facts.active ?? true,
    billing_scheme: 'per_unit',
    created: facts.created,
    currency: facts.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: null,
    metadata: {},
    nickname: facts.nickname,
    product: facts.product,
    recurring: interval && {
      interval,
      interval_count: intervalCount,
      meter: null,
      trial_period_days: null,
      usage_type: 'licensed',
    },
    tax_behavior: 'unspecified',
    tiers_mode: null,
    transform_quantity: facts.transformQuantity ?? null,
    type: interval === null ? 'one_time' : 'recurring',
    unit_amount: unitAmount,
    unit_amount_decimal: String(unitAmount),
  };
}

/** The older form of a recurring price, which subscriptions still carry beside it. */
export function toPlan({
  id,
  created,
  currency,
  product,
  nickname,
  interval,
  intervalCount = 1,
  unitAmount,
}: PriceFacts): JsonObject {
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
    interval_count: intervalCount,
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
