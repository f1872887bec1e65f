import type { WireObject } from '../stripe-json.ts';

export interface InvoicePaymentFacts {
  readonly id: string;
  readonly created: number;
  readonly amount: number;
  readonly currency: string;
  readonly invoice: string;
  readonly paymentIntent: string;
  readonly status: 'open' | 'paid';
}

export function toInvoicePayment(facts: InvoicePaymentFacts): WireObject {
  const isPaid = facts.status === 'paid';
  return {
    id: facts.id,
    object: 'invoice_payment',
    amount_paid: isPaid ? facts.amount : null,
    amount_requested: facts.amount,
    created: facts.created,
    currency: facts.currency,
    invoice: facts.invoice,
    is_default: true,
    livemode: false,
    payment: { payment_intent: facts.paymentIntent, type: 'payment_intent' },
    status: facts.status,
    status_transitions: { canceled_at: null, paid_at: isPaid ? facts.created + 1 : null },
  };
}
