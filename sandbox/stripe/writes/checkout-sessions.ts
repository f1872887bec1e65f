import { toPrice } from '../shapes/catalog.ts';
import { toCheckoutSession } from '../shapes/checkout-session.ts';
import { leastCharge } from '../stripe-currencies.ts';
import { missingParameter } from '../stripe-errors.ts';
import { longId, sessionId } from '../stripe-ids.ts';
import { type JsonObject, textAt } from '../stripe-json.ts';
import type { ParamReader } from '../stripe-param-reader.ts';
import { type Priced, readPrice } from '../stripe-pricing.ts';
import { findNamed, save, type Write, type WriteContext } from '../stripe-write-context.ts';
import { notAUrl, onlyPayments, otherCurrency, tooSmall } from '../stripe-write-errors.ts';

const PARAMS = [
  'cancel_url',
  'client_reference_id',
  'customer',
  'customer_email',
  'expand',
  'line_items',
  'metadata',
  'mode',
  'success_url',
];

/** `POST /v1/checkout/sessions`, for payments on Stripe's page. */
export const createCheckoutSession: Write = (params, context) => {
  params.refuseUnknown(PARAMS);
  params.requiredText('mode');
  if (params.choice('mode', ['payment', 'setup', 'subscription']) !== 'payment')
    throw onlyPayments();
  const successUrl = readUrl(params, 'success_url') ?? params.requiredText('success_url');
  const cancelUrl = readUrl(params, 'cancel_url');
  const customerId = params.text('customer');
  const lines = readLines(params, context);
  const [first] = lines;
  if (first === undefined) throw missingParameter('line_items');
  const { currency } = first.price.facts;
  const session = toCheckoutSession({
    id: sessionId(context.key),
    created: context.now,
    currency,
    customer: customerId === null ? null : findNamed('customer', customerId, 'customer', context),
    customerEmail: params.text('customer_email'),
    clientReferenceId: params.text('client_reference_id'),
    successUrl,
    cancelUrl,
    metadata: params.metadata(),
    items: lines.map((line, index) => toItem(line, `${context.key}/${String(index)}`)),
  });
  if (Number(session['amount_total']) < leastCharge(currency))
    throw tooSmall(currency, leastCharge(currency));
  return save(params, context, session, ...lines.flatMap(({ price }) => price.minted));
};

interface Line {
  readonly price: Priced;
  readonly quantity: number;
  readonly description: string;
}

function readLines(params: ParamReader, context: WriteContext): Line[] {
  const items = params.items('line_items');
  return items.map((item, index) => {
    item.refuseUnknown(['price', 'price_data', 'quantity']);
    const price = readPrice(item, `${context.key}/${String(index)}`, false, context);
    const first =
      items[0]?.inner('price_data')?.text('currency')?.toLowerCase() ?? price.facts.currency;
    if (price.facts.currency !== first)
      throw otherCurrency(item.nameOf('price_data'), price.facts.currency, first);
    return {
      price,
      quantity: item.requiredInteger('quantity', 1),
      description: nameOf(price, context),
    };
  });
}

function nameOf({ facts, minted }: Priced, { store }: WriteContext): string {
  const product =
    minted.find(({ id }) => id === facts.product) ?? store.find('product', facts.product);
  return product === undefined ? facts.product : textAt(product, 'name');
}

function toItem({ price, quantity, description }: Line, key: string): JsonObject {
  const { facts } = price;
  const amount = facts.unitAmount * quantity;
  return {
    id: longId('li', key),
    object: 'item',
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: facts.currency,
    description,
    metadata: {},
    price: toPrice(facts),
    quantity,
  };
}

function readUrl(params: ParamReader, name: string): string | null {
  const url = params.text(name);
  if (url !== null && !/^https?:\/\/[^\s/]+/.test(url)) throw notAUrl(name);
  return url;
}
