import { type Interval, type PriceFacts, toPrice, toProduct } from './shapes/catalog.ts';
import { readCurrency } from './stripe-currencies.ts';
import { longId, shortId } from './stripe-ids.ts';
import { type JsonObject, textAt, type WireObject } from './stripe-json.ts';
import type { ParamReader } from './stripe-param-reader.ts';
import { findNamed, type WriteContext } from './stripe-write-context.ts';
import { productNeeded } from './stripe-write-errors.ts';

const INTERVALS: readonly Interval[] = ['day', 'week', 'month', 'year'];

/** A price, and what has to be kept with what is priced by it. */
export interface Priced {
  readonly facts: PriceFacts;
  readonly minted: readonly WireObject[];
}

/** The price that an item names by `price`, or makes by `price_data`. `key` is unique among all items. */
export function readPrice(
  item: ParamReader,
  key: string,
  isRecurring: boolean,
  context: WriteContext,
): Priced {
  const data = item.inner('price_data');
  if (data === null) {
    const price = findNamed('price', item.requiredText('price'), item.nameOf('price'), context);
    return { facts: priceFacts(price), minted: [] };
  }
  data.refuseUnknown([
    'currency',
    'product',
    'product_data',
    'recurring',
    'tax_behavior',
    'unit_amount',
  ]);
  const currency = readCurrency(data.requiredText('currency'), data.nameOf('currency'));
  const unitAmount = data.requiredInteger('unit_amount', 0);
  const recurring = data.inner('recurring');
  if (isRecurring && recurring === null) data.requiredText('recurring');
  const interval = recurring?.choice('interval', INTERVALS) ?? null;
  if (recurring !== null && interval === null) recurring.requiredText('interval');
  const product = productOf(data, key, context);
  return mintPrice(
    key,
    { currency, unitAmount, interval, intervalCount: recurring?.integer('interval_count', 1) ?? 1 },
    product,
    context,
  );
}

/** A price for one use, as Stripe makes it for amounts without one. */
export function mintPrice(
  key: string,
  price: Pick<PriceFacts, 'currency' | 'unitAmount' | 'interval' | 'intervalCount'>,
  product: { readonly id: string; readonly minted: readonly WireObject[] },
  { now }: WriteContext,
): Priced {
  const facts = {
    ...price,
    id: longId('price', key),
    created: now,
    product: product.id,
    nickname: null,
    active: false,
  };
  return { facts, minted: [...product.minted, toPrice(facts)] };
}

export function mintProduct(key: string, name: string, { now }: WriteContext) {
  const id = shortId('prod', key);
  return {
    id,
    minted: [
      toProduct({ id, created: now, name, description: null, defaultPrice: null, active: false }),
    ],
  };
}

function productOf(data: ParamReader, key: string, context: WriteContext) {
  const productId = data.text('product');
  if (productId !== null)
    return { id: findNamed('product', productId, data.nameOf('product'), context).id, minted: [] };
  const inner = data.inner('product_data');
  if (inner === null) throw productNeeded();
  return mintProduct(key, inner.requiredText('name'), context);
}

function priceFacts(price: WireObject): PriceFacts {
  const recurring = price['recurring'] as JsonObject | null; // Null for what is paid once.
  return {
    id: price.id,
    created: price.created,
    currency: textAt(price, 'currency'),
    product: textAt(price, 'product'),
    nickname: typeof price['nickname'] === 'string' ? price['nickname'] : null,
    interval: recurring === null ? null : (textAt(recurring, 'interval') as Interval), // Prices have no other.
    intervalCount: Number(recurring?.['interval_count'] ?? 1),
    unitAmount: Number(price['unit_amount']),
    transformQuantity: price['transform_quantity'] as JsonObject | null, // Null for most.
  };
}
