import type { JsonObject, WireObject } from '../stripe-json.ts';

export interface InvoiceItemFacts {
  readonly id: string;
  readonly created: number;
  readonly customer: string;
  readonly amount: number;
  readonly currency: string;
  readonly description: string | null;
  readonly quantity: number;
  /** Null while it waits for an invoice. */
  readonly invoice: string | null;
  readonly price: string;
  readonly product: string;
  readonly metadata: JsonObject;
}

/** Its time is `date`; `created` only orders lists and is not in responses. */
export function toInvoiceItem(facts: InvoiceItemFacts): WireObject {
  return {
    id: facts.id,
    object: 'invoiceitem',
    amount: facts.amount,
    created: facts.created,
    currency: facts.currency,
    customer: facts.customer,
    customer_account: null,
    date: facts.created,
    description: facts.description,
    discountable: true,
    discounts: [],
    invoice: facts.invoice,
    livemode: false,
    metadata: facts.metadata,
    parent: null,
    period: { end: facts.created, start: facts.created },
    pricing: {
      price_details: { price: facts.price, product: facts.product },
      type: 'price_details',
      unit_amount_decimal: String(facts.amount / facts.quantity),
    },
    proration: false,
    quantity: facts.quantity,
    quantity_decimal: String(facts.quantity),
    tax_rates: [],
    test_clock: null,
  };
}
