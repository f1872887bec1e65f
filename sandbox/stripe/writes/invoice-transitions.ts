import { collect } from '../stripe-collecting.ts';
import { finalize, voidInvoice } from '../stripe-invoicing.ts';
import { textAt, type WireObject } from '../stripe-json.ts';
import type { ParamReader } from '../stripe-param-reader.ts';
import { findInPath, save, type Write, type WriteContext } from '../stripe-write-context.ts';
import {
  chargedInvoice,
  finalizedBefore,
  notOpen,
  notSendable,
  paidBefore,
} from '../stripe-write-errors.ts';

/** `POST /v1/invoices/{id}/finalize`. It is not charged yet, even where it could be. */
export const finalizeInvoice: Write = (params, context) => {
  params.refuseUnknown(['auto_advance', 'expand']);
  const autoAdvance = params.boolean('auto_advance');
  const invoice = findInPath('invoice', 'id', context);
  if (invoice['status'] !== 'draft') throw finalizedBefore();
  return saveFinal(
    params,
    context,
    autoAdvance === null ? invoice : { ...invoice, auto_advance: autoAdvance },
  );
};

/** `POST /v1/invoices/{id}/send`: finalizes a draft; what is open is sent again. */
export const sendInvoice: Write = (params, context) => {
  params.refuseUnknown(['expand']);
  const invoice = findInPath('invoice', 'invoice', context);
  if (invoice['collection_method'] !== 'send_invoice') throw chargedInvoice();
  if (invoice['status'] === 'draft') return saveFinal(params, context, invoice);
  if (invoice['status'] !== 'open') throw notSendable();
  return save(params, context, invoice);
};

/** `POST /v1/invoices/{id}/void`: https://docs.stripe.com/invoicing/overview#void */
export const voidInvoiceOf: Write = (params, context) => {
  params.refuseUnknown(['expand']);
  const invoice = findInPath('invoice', 'id', context);
  if (invoice['status'] === 'paid') throw paidBefore();
  if (invoice['status'] !== 'open' && invoice['status'] !== 'uncollectible') throw notOpen();
  return save(
    params,
    context,
    voidInvoice(invoice, context.now),
    ...cancelPayments(invoice, context),
  );
};

function saveFinal(params: ParamReader, context: WriteContext, draft: WireObject) {
  const customer = context.store.find('customer', textAt(draft, 'customer'));
  const invoice = finalize(draft, customer === undefined ? '' : nextNumber(customer), context.now);
  const counted = customer === undefined ? [] : [countInvoice(customer)];
  return save(
    params,
    context,
    invoice,
    ...counted,
    ...collect(invoice, { ...context, payingBy: null }),
  );
}

/** Invoices of a customer are numbered once they are final. */
export function nextNumber(customer: WireObject): string {
  return `${textAt(customer, 'invoice_prefix')}-${String(Number(customer['next_invoice_sequence'])).padStart(4, '0')}`;
}

export const countInvoice = (customer: WireObject): WireObject => ({
  ...customer,
  next_invoice_sequence: Number(customer['next_invoice_sequence']) + 1,
});

function cancelPayments(invoice: WireObject, { store, now }: WriteContext): WireObject[] {
  return store
    .all('invoice_payment')
    .filter((link) => link['invoice'] === invoice.id && link['status'] === 'open')
    .flatMap((link) => {
      const { payment_intent: id } = link['payment'] as { readonly payment_intent: string }; // Payments here are intents.
      const intent = store.find('payment_intent', id);
      const canceled: WireObject = {
        ...link,
        status: 'canceled',
        status_transitions: { canceled_at: now, paid_at: null },
      };
      return intent === undefined ? [canceled] : [canceled, cancelIntent(intent, now)];
    });
}

const cancelIntent = (intent: WireObject, now: number): WireObject => ({
  ...intent,
  canceled_at: now,
  cancellation_reason: 'void_invoice',
  status: 'canceled',
});
