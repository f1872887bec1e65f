import { withAdvance } from '../stripe-invoicing.ts';
import type { WireObject } from '../stripe-json.ts';
import type { ParamReader } from '../stripe-param-reader.ts';
import {
  findInPath,
  findNamed,
  save,
  mergedMetadata,
  type Write,
} from '../stripe-write-context.ts';
import {
  deletedSubscriptionInvoice,
  dueDateOfCharge,
  notDeletable,
  notEditable,
} from '../stripe-write-errors.ts';

/** Only of a draft: https://docs.stripe.com/api/invoices/update */
const OF_DRAFT = ['collection_method', 'days_until_due', 'due_date'];

/** `POST /v1/invoices/{id}` */
export const updateInvoice: Write = (params, context) => {
  params.refuseUnknown([
    ...OF_DRAFT,
    'auto_advance',
    'default_payment_method',
    'description',
    'expand',
    'footer',
    'metadata',
  ]);
  const method = params.choice('collection_method', ['charge_automatically', 'send_invoice']);
  const advances = params.boolean('auto_advance');
  const due = readDue(params, context.now);
  const invoice = findInPath('invoice', 'invoice', context);
  if (invoice['status'] !== 'draft' && OF_DRAFT.some((name) => params.has(name)))
    throw notEditable();
  const payingBy = params.text('default_payment_method');
  if (payingBy !== null) findNamed('payment_method', payingBy, 'default_payment_method', context);
  const collection = method ?? invoice['collection_method'] ?? null;
  if (due !== null && collection !== 'send_invoice') throw dueDateOfCharge();
  const changed: WireObject = {
    ...invoice,
    collection_method: collection,
    ...(due !== null && { due_date: due }),
    ...(params.has('default_payment_method') && { default_payment_method: payingBy }),
    ...(params.has('description') && { description: params.text('description') }),
    ...(params.has('footer') && { footer: params.text('footer') }),
    metadata: mergedMetadata(invoice, params),
  };
  return save(params, context, advances === null ? changed : withAdvance(changed, advances));
};

const DAY = 86_400;

function readDue(params: ParamReader, now: number): number | null {
  const [days, date] = [params.integer('days_until_due', 0), params.integer('due_date', 0)];
  return date ?? (days === null ? null : now + days * DAY);
}

/** `DELETE /v1/invoices/{id}`: of a draft that no subscription made, for ever. */
export const deleteInvoice: Write = (params, context) => {
  params.refuseUnknown([]);
  const invoice = findInPath('invoice', 'invoice', context);
  if (invoice['status'] !== 'draft') throw notDeletable();
  if (invoice['parent'] !== null) throw deletedSubscriptionInvoice();
  const items = context.store.all('invoiceitem').filter((item) => item['invoice'] === invoice.id);
  for (const item of items) context.store.remove(item);
  context.store.remove(invoice);
  return { id: invoice.id, object: 'invoice', deleted: true };
};
