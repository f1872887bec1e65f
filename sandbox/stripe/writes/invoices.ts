import { toInvoice } from '../shapes/invoice.ts';
import { readCurrency } from '../stripe-currencies.ts';
import { missingParameter } from '../stripe-errors.ts';
import { linesOf, withAdvance, withLines } from '../stripe-invoicing.ts';
import { longId } from '../stripe-ids.ts';
import { textAt, type WireObject } from '../stripe-json.ts';
import type { ParamReader } from '../stripe-param-reader.ts';
import {
  findInPath,
  findNamed,
  save,
  type Write,
  type WriteContext,
} from '../stripe-write-context.ts';
import { dueDateOfCharge, noDueDate, notEditable } from '../stripe-write-errors.ts';
import { withCurrency } from './customer-currency.ts';
import { readItem, refuseLine, toItem, toLineOf } from './invoice-items.ts';

const DAY = 86_400;

const PARAMS = [
  'auto_advance',
  'collection_method',
  'currency',
  'customer',
  'days_until_due',
  'description',
  'due_date',
  'expand',
  'metadata',
  'pending_invoice_items_behavior',
];

/** `POST /v1/invoices`: a draft, with what waits for the customer where it is to be included. */
export const createInvoice: Write = (params, context) => {
  params.refuseUnknown(PARAMS);
  const customerId = params.requiredText('customer');
  const method =
    params.choice('collection_method', ['charge_automatically', 'send_invoice']) ??
    'charge_automatically';
  const dueDate = readDueDate(params, method, context);
  const includes =
    params.choice('pending_invoice_items_behavior', ['exclude', 'include']) === 'include';
  const currencyText = params.text('currency');
  const wanted = currencyText === null ? null : readCurrency(currencyText, 'currency');
  const autoAdvance = params.boolean('auto_advance') ?? false;
  const customer = findNamed('customer', customerId, 'customer', context);
  const waiting = includes
    ? context.store
        .all('invoiceitem')
        .filter((item) => item['customer'] === customerId && item['invoice'] === null)
    : [];
  const [first] = waiting;
  const bound = first ?? (customer['currency'] === null ? undefined : customer);
  const currency = wanted ?? (bound === undefined ? 'usd' : textAt(bound, 'currency'));
  const draft = toInvoice({
    id: longId('in', context.key),
    created: context.now,
    currency,
    customer,
    status: 'draft',
    number: '',
    billingReason: 'manual',
    subscription: null,
    dueDate,
    lines: [],
    description: params.text('description'),
    metadata: params.metadata(),
  });
  const lines = waiting.map((item) => toLineOf(item, item.id, draft.id));
  const invoice = withAdvance(withLines(draft, lines), autoAdvance);
  const billed = waiting.map((item): WireObject => ({ ...item, invoice: draft.id }));
  return save(params, context, invoice, withCurrency(customer, currency), ...billed);
};

function readDueDate(
  params: ParamReader,
  method: 'charge_automatically' | 'send_invoice',
  { now }: WriteContext,
): number | null {
  const [days, date] = [params.integer('days_until_due', 0), params.integer('due_date', 0)];
  if (method === 'charge_automatically' && (days !== null || date !== null))
    throw dueDateOfCharge();
  if (method === 'send_invoice' && days === null && date === null) throw noDueDate();
  return date ?? (days === null ? null : now + days * DAY);
}

/** `POST /v1/invoices/{id}/add_lines`: each line makes an invoice item, and the newest comes first. */
export const addInvoiceLines: Write = (params, context) => {
  params.refuseUnknown(['expand', 'invoice_metadata', 'lines']);
  const items = params.items('lines');
  if (items.length === 0) throw missingParameter('lines');
  const invoice = findInPath('invoice', 'invoice', context);
  if (invoice['status'] !== 'draft') throw notEditable();
  const added = items.map((item, index) => {
    item.refuseUnknown(['amount', 'description', 'metadata', 'price_data', 'quantity']);
    const key = `${context.key}/${String(index)}`;
    const line = readItem(item, key, textAt(invoice, 'currency'), context);
    refuseLine(invoice, line, `${item.nameOf('price_data')}[currency]`);
    const place = {
      key,
      customer: textAt(invoice, 'customer'),
      invoice: invoice.id,
      metadata: item.metadata(),
    };
    const made = toItem(line, place, context);
    return { made, line: toLineOf(made, key, invoice.id), minted: line.minted };
  });
  const after = withLines(invoice, [
    ...added.map(({ line }) => line).reverse(),
    ...linesOf(invoice),
  ]);
  return save(params, context, after, ...added.flatMap(({ made, minted }) => [...minted, made]));
};
