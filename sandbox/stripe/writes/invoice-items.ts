import { toInvoiceItem } from '../shapes/invoice-item.ts';
import { type LineFacts, toLine } from '../shapes/invoice-line.ts';
import { readCurrency } from '../stripe-currencies.ts';
import { longId } from '../stripe-ids.ts';
import { type JsonObject, textAt, type WireObject } from '../stripe-json.ts';
import type { ParamReader } from '../stripe-param-reader.ts';
import { mintPrice, mintProduct, type Priced, readPrice } from '../stripe-pricing.ts';
import { findNamed, save, type Write, type WriteContext } from '../stripe-write-context.ts';
import { notEditable, oneOfTwo, otherCurrency } from '../stripe-write-errors.ts';
import { linesOf, withLines } from '../stripe-invoicing.ts';
import { refuseOtherCurrency } from './customer-currency.ts';

const PARAMS = [
  'amount',
  'currency',
  'customer',
  'description',
  'expand',
  'invoice',
  'metadata',
  'price_data',
  'quantity',
];

/** `POST /v1/invoiceitems`: on a draft, or waiting for the customer's next invoice that includes what waits. */
export const createInvoiceItem: Write = (params, context) => {
  params.refuseUnknown(PARAMS);
  const customerId = params.requiredText('customer');
  const currencyParam = params.text('currency');
  const priced = readItem(
    params,
    context.key,
    currencyParam === null ? null : readCurrency(currencyParam, 'currency'),
    context,
  );
  const customer = findNamed('customer', customerId, 'customer', context);
  const invoiceId = params.text('invoice');
  const draft = invoiceId === null ? null : findNamed('invoice', invoiceId, 'invoice', context);
  if (draft !== null) refuseLine(draft, priced, 'currency');
  else refuseOtherCurrency(customer, priced.facts.currency, context);
  const item = toItem(
    priced,
    { key: context.key, customer: customer.id, invoice: invoiceId, metadata: params.metadata() },
    context,
  );
  const after =
    draft === null
      ? []
      : [withLines(draft, [toLineOf(item, context.key, draft.id), ...linesOf(draft)])];
  return save(params, context, item, ...priced.minted, ...after);
};

/** What one line charges. */
export interface PricedLine extends Priced {
  readonly amount: number;
  readonly quantity: number;
  readonly description: string | null;
}

/** An amount alone, or a price and how often. */
export function readItem(
  item: ParamReader,
  key: string,
  currency: string | null,
  context: WriteContext,
): PricedLine {
  const amount = item.integer('amount');
  const description = item.text('description');
  if (amount !== null && item.has('quantity'))
    throw oneOfTwo(item.nameOf('amount'), 'amount', 'quantity');
  if (amount !== null) {
    const product = mintProduct(key, description ?? 'Invoice item', context);
    const price = { currency: currency ?? 'usd', unitAmount: amount, interval: null };
    return { ...mintPrice(key, price, product, context), amount, quantity: 1, description };
  }
  if (!item.has('price_data')) item.requiredInteger('amount');
  const priced = readPrice(item, key, false, context);
  const quantity = item.integer('quantity', 0) ?? 1;
  return { ...priced, amount: priced.facts.unitAmount * quantity, quantity, description };
}

/** Only drafts take lines, and only of their currency. */
export function refuseLine(invoice: WireObject, { facts }: Priced, param: string): void {
  if (invoice['status'] !== 'draft') throw notEditable();
  if (facts.currency !== invoice['currency'])
    throw otherCurrency(param, facts.currency, textAt(invoice, 'currency'));
}

interface ItemPlace {
  readonly key: string;
  readonly customer: string;
  readonly invoice: string | null;
  readonly metadata: JsonObject;
}

export function toItem(
  line: PricedLine,
  { key, ...place }: ItemPlace,
  { now }: WriteContext,
): WireObject {
  const { facts, amount, quantity, description } = line;
  return toInvoiceItem({
    ...place,
    id: longId('ii', key),
    created: now,
    amount,
    currency: facts.currency,
    description,
    quantity,
    price: facts.id,
    product: facts.product,
  });
}

/** The line that an item is on an invoice. */
export function toLineOf(item: WireObject, key: string, invoice: string): JsonObject {
  const { price, product } = (
    item['pricing'] as {
      readonly price_details: { readonly price: string; readonly product: string };
    }
  ).price_details; // Always.
  const facts: LineFacts = {
    key,
    amount: Number(item['amount']),
    currency: textAt(item, 'currency'),
    description: typeof item['description'] === 'string' ? item['description'] : null,
    quantity: Number(item['quantity']),
    price,
    product,
    period: { start: item.created, end: item.created },
    subscription: null,
  };
  const line = toLine(facts, invoice);
  const parent = line['parent'] as { readonly invoice_item_details: JsonObject }; // It comes of an item.
  return {
    ...line,
    metadata: item['metadata'] ?? {},
    parent: {
      ...parent,
      invoice_item_details: { ...parent.invoice_item_details, invoice_item: item.id },
    },
  };
}
