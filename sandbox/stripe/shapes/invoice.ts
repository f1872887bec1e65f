import { ACCOUNT_ID, token } from '../stripe-ids.ts';
import type { Json, JsonObject, WireObject } from '../stripe-json.ts';
import { type LineFacts, toLine } from './invoice-line.ts';

const DAY = 86_400;

export type InvoiceStatus = 'draft' | 'open' | 'paid' | 'uncollectible' | 'void';

export interface InvoiceFacts {
  readonly id: string;
  readonly created: number;
  readonly currency: string;
  readonly customer: WireObject;
  readonly status: InvoiceStatus;
  /** Of a draft too; it is shown once the invoice is final. */
  readonly number: string;
  readonly billingReason: 'manual' | 'subscription_create' | 'subscription_cycle';
  readonly subscription: string | null;
  /** Null for what is charged automatically. */
  readonly dueDate: number | null;
  readonly lines: readonly LineFacts[];
  readonly description?: string | null;
  readonly metadata?: JsonObject;
}

export function toInvoice(facts: InvoiceFacts): WireObject {
  const { id, created, status } = facts;
  const isFinal = status !== 'draft';
  return {
    id,
    object: 'invoice',
    account_country: 'US',
    account_name: 'Tributary Demo',
    account_tax_ids: null,
    application: null,
    automatic_tax: {
      disabled_reason: null,
      enabled: false,
      liability: null,
      provider: null,
      status: null,
    },
    billing_reason: facts.billingReason,
    created,
    currency: facts.currency,
    custom_fields: null,
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: facts.description ?? null,
    discounts: [],
    effective_at: isFinal ? created : null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: isFinal ? hostedUrl(id, '') : null,
    invoice_pdf: isFinal ? hostedUrl(id, '/pdf') : null,
    issuer: { type: 'self' },
    last_finalization_error: null,
    latest_revision: null,
    lines: toLines(facts),
    livemode: false,
    metadata: facts.metadata ?? {},
    number: isFinal ? facts.number : null,
    on_behalf_of: null,
    parent: parent(facts.subscription),
    payment_settings: {
      default_mandate: null,
      payment_method_options: null,
      payment_method_types: null,
    },
    period_end: created,
    period_start: created,
    receipt_number: null,
    rendering: {
      amount_tax_display: null,
      pdf: { page_size: isFinal ? 'letter' : 'auto' },
      template: null,
      template_version: null,
    },
    shipping_cost: null,
    shipping_details: null,
    statement_descriptor: null,
    status,
    status_transitions: transitions(facts),
    test_clock: null,
    webhooks_delivered_at: created,
    ...amounts(facts),
    ...collection(facts),
    ...debtor(facts.customer),
  };
}

function amounts({ lines, status }: InvoiceFacts): JsonObject {
  const total = lines.reduce((sum, line) => sum + line.amount, 0);
  const isPaid = status === 'paid';
  return {
    amount_due: total,
    amount_overpaid: 0,
    amount_paid: isPaid ? total : 0,
    amount_remaining: isPaid ? 0 : total,
    amount_shipping: 0,
    ending_balance: status === 'draft' ? null : 0,
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    starting_balance: 0,
    subtotal: total,
    subtotal_excluding_tax: total,
    total,
    total_discount_amounts: [],
    total_excluding_tax: total,
    total_pretax_credit_amounts: [],
    total_taxes: [],
  };
}

function collection({ created, status, dueDate }: InvoiceFacts): JsonObject {
  const isCharged = dueDate === null;
  const isRetried = isCharged && status === 'open';
  return {
    attempt_count: status === 'paid' || isRetried ? 1 : 0,
    attempted: status === 'paid' || isRetried,
    auto_advance: status === 'open',
    automatically_finalizes_at: null,
    collection_method: isCharged ? 'charge_automatically' : 'send_invoice',
    due_date: dueDate,
    next_payment_attempt: isRetried ? created + 3 * DAY : null,
  };
}

function debtor(customer: WireObject): JsonObject {
  return {
    customer: customer.id,
    customer_account: null,
    customer_address: customer['address'] ?? null,
    customer_email: customer['email'] ?? null,
    customer_name: customer['name'] ?? null,
    customer_phone: customer['phone'] ?? null,
    customer_shipping: null,
    customer_tax_exempt: 'none',
    customer_tax_ids: [],
  };
}

/** All lines; what is answered shows the first ten. */
function toLines({ id, lines }: InvoiceFacts): JsonObject {
  return {
    object: 'list',
    data: lines.map((line) => toLine(line, id)),
    has_more: false,
    total_count: lines.length,
    url: `/v1/invoices/${id}/lines`,
  };
}

function parent(subscription: string | null): Json {
  return (
    subscription && {
      quote_details: null,
      subscription_details: { metadata: {}, subscription },
      type: 'subscription_details',
    }
  );
}

function transitions({ created, status }: InvoiceFacts): JsonObject {
  const later = created + 60;
  return {
    finalized_at: status === 'draft' ? null : created,
    marked_uncollectible_at: status === 'uncollectible' ? later : null,
    paid_at: status === 'paid' ? later : null,
    voided_at: status === 'void' ? later : null,
  };
}

export function hostedUrl(id: string, page: '' | '/pdf'): string {
  const host =
    page === '' ? 'https://invoice.stripe.example/i' : 'https://pay.stripe.example/invoice';
  return `${host}/${ACCOUNT_ID}/test_${token(`hosted/${id}`, 60)}${page}?s=ap`;
}
