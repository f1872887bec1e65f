import { hostedUrl } from './shapes/invoice.ts';
import type { JsonObject, WireObject } from './stripe-json.ts';

/** How long a draft waits until it is final by itself; Stripe's clock rounds up. */
const DRAFT_WINDOW = 3601;

/** When a draft becomes final by itself, and is charged. */
export function withAdvance(invoice: WireObject, autoAdvance: boolean): WireObject {
  const isCharged = invoice['collection_method'] === 'charge_automatically';
  return {
    ...invoice,
    auto_advance: autoAdvance,
    automatically_finalizes_at: autoAdvance ? invoice.created + DRAFT_WINDOW : null,
    next_payment_attempt: autoAdvance && isCharged ? invoice.created + DRAFT_WINDOW - 1 : null,
  };
}

export const linesOf = (invoice: WireObject) =>
  (invoice['lines'] as { readonly data: readonly JsonObject[] }).data; // A list always.

/** A draft with other lines, and what follows from them. */
export function withLines(invoice: WireObject, data: readonly JsonObject[]): WireObject {
  const total = data.reduce((sum, { amount }) => sum + Number(amount), 0);
  return {
    ...invoice,
    amount_due: Math.max(0, total),
    amount_remaining: Math.max(0, total),
    lines: { ...(invoice['lines'] as JsonObject), data, total_count: data.length }, // A list always.
    subtotal: total,
    subtotal_excluding_tax: total,
    total,
    total_excluding_tax: total,
  };
}

/** What there is nothing to pay of is paid at once, without an attempt. */
export function finalize(invoice: WireObject, number: string, now: number): WireObject {
  const isPaid = Number(invoice['amount_due']) === 0;
  return {
    ...invoice,
    attempted: isPaid,
    automatically_finalizes_at: null,
    effective_at: now,
    ending_balance: 0,
    hosted_invoice_url: hostedUrl(invoice.id, ''),
    invoice_pdf: hostedUrl(invoice.id, '/pdf'),
    next_payment_attempt: null,
    number,
    rendering: { ...(invoice['rendering'] as JsonObject), pdf: { page_size: 'letter' } }, // An object always.
    status: isPaid ? 'paid' : 'open',
    status_transitions: {
      ...transitionsOf(invoice),
      finalized_at: now,
      paid_at: isPaid ? now : null,
    },
  };
}

export function voidInvoice(invoice: WireObject, now: number): WireObject {
  return {
    ...invoice,
    auto_advance: false,
    next_payment_attempt: null,
    status: 'void',
    status_transitions: { ...transitionsOf(invoice), voided_at: now },
  };
}

const transitionsOf = (invoice: WireObject) => invoice['status_transitions'] as JsonObject; // An object always.
