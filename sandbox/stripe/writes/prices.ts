import { currencyOption, type Interval, toPrice } from '../shapes/catalog.ts';
import { readCurrency } from '../stripe-currencies.ts';
import { missingParameter } from '../stripe-errors.ts';
import { longId } from '../stripe-ids.ts';
import type { JsonObject, WireObject } from '../stripe-json.ts';
import type { ParamReader } from '../stripe-param-reader.ts';
import { mintProduct } from '../stripe-pricing.ts';
import {
  findInPath,
  findNamed,
  save,
  mergedMetadata,
  type Write,
} from '../stripe-write-context.ts';

const INTERVALS: readonly Interval[] = ['day', 'week', 'month', 'year'];

/** `POST /v1/prices`, of amounts per unit. */
export const createPrice: Write = (params, context) => {
  params.refuseUnknown([
    'active',
    'currency',
    'currency_options',
    'expand',
    'lookup_key',
    'metadata',
    'nickname',
    'product',
    'product_data',
    'recurring',
    'transform_quantity',
    'unit_amount',
  ]);
  const currency = readCurrency(params.requiredText('currency'), 'currency');
  const unitAmount = params.requiredInteger('unit_amount', 0);
  const recurring = params.inner('recurring');
  const interval = recurring?.choice('interval', INTERVALS) ?? null;
  if (recurring !== null && interval === null) recurring.requiredText('interval');
  const transform = readTransform(params.inner('transform_quantity'));
  const data = params.inner('product_data');
  const product =
    data === null
      ? {
          id: findNamed('product', params.requiredText('product'), 'product', context).id,
          minted: [],
        }
      : mintProduct(context.key, data.requiredText('name'), context);
  const price: WireObject = {
    ...toPrice({
      id: longId('price', context.key),
      created: context.now,
      currency,
      product: product.id,
      nickname: params.text('nickname'),
      interval,
      intervalCount: recurring?.integer('interval_count', 1) ?? 1,
      unitAmount,
      active: params.boolean('active') ?? true,
      transformQuantity: transform,
    }),
    currency_options: { ...readOptions(params), [currency]: currencyOption(unitAmount) },
    lookup_key: params.text('lookup_key'),
    metadata: params.metadata(),
  };
  return save(params, context, price, ...product.minted);
};

/** `POST /v1/prices/{id}`: what a price costs in its own currency never changes. */
export const updatePrice: Write = (params, context) => {
  params.refuseUnknown([
    'active',
    'currency_options',
    'expand',
    'lookup_key',
    'metadata',
    'nickname',
  ]);
  const price = findInPath('price', 'price', context);
  const active = params.boolean('active');
  const after: WireObject = {
    ...price,
    ...(active !== null && { active }),
    ...(params.has('nickname') && { nickname: params.text('nickname') }),
    ...(params.has('lookup_key') && { lookup_key: params.text('lookup_key') }),
    currency_options: {
      ...(price['currency_options'] as JsonObject | undefined),
      ...readOptions(params),
    }, // Options are objects.
    metadata: mergedMetadata(price, params),
  };
  return save(params, context, after);
};

function readOptions(params: ParamReader): JsonObject {
  const options = params.inner('currency_options');
  if (options === null) return {};
  return Object.fromEntries(
    options.names().map((name) => {
      const currency = readCurrency(name, options.nameOf(name));
      const option = options.inner(name);
      if (option === null) throw missingParameter(`${options.nameOf(name)}[unit_amount]`);
      option.refuseUnknown(['tax_behavior', 'unit_amount']);
      return [currency, currencyOption(option.requiredInteger('unit_amount', 0))];
    }),
  );
}

function readTransform(transform: ParamReader | null): JsonObject | null {
  if (transform === null) return null;
  transform.refuseUnknown(['divide_by', 'round']);
  transform.requiredText('round');
  return {
    divide_by: transform.requiredInteger('divide_by', 1),
    round: transform.choice('round', ['down', 'up']),
  };
}
