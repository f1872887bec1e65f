import type { z } from 'zod';
import type { QueryValue, UpstreamRequest } from '../../../../../upstream/upstream-request.ts';
import { parseWire } from '../../../../../upstream/wire.ts';
import type { Part } from '../../../../writes/refusal.ts';
import type {
  NewBillingAccount,
  NewLineItem,
  NewCheckoutSession,
  NewInvoice,
  KnownInterval,
  NewRecurringPlan,
  NewRefund,
} from '../../../new-records.ts';
import { endOfDay } from '../../../calendar-day.ts';
import { readId } from './stripe-ids.ts';
import { toMinorUnits } from '../mapping/stripe-minor-units.ts';
import { subscriptionSchema, writtenSchema } from '../stripe-wire.ts';

/** https://docs.stripe.com/api/checkout/sessions/create */
export const createCheckoutSession = (
  { billingAccountId, lines, successUrl, cancelUrl }: NewCheckoutSession,
  key: string,
) =>
  post('/v1/checkout/sessions', key, {
    mode: 'payment',
    customer: accountId(billingAccountId),
    line_items: lines.map((line, index) => ({
      price_data: priceOf(line, ['lines', index]),
      quantity: line.quantity,
    })),
    success_url: successUrl.replaceAll(ENCODED_SESSION_ID, '{CHECKOUT_SESSION_ID}'),
    cancel_url: cancelUrl,
  });

/** A URL encodes braces. Stripe replaces the placeholder with braces: https://docs.stripe.com/payments/checkout/custom-success-page */
const ENCODED_SESSION_ID = '%7BCHECKOUT_SESSION_ID%7D';

/** If empty, no metadata is written. */
type WrittenMetadata = Readonly<Record<string, string>>;

/** Creates a draft that is not finalized automatically: https://docs.stripe.com/api/invoices/create */
export const createInvoice = (
  { billingAccountId, lines, dueOn, description }: NewInvoice,
  timeZone: string,
  metadata: WrittenMetadata,
  key: string,
) =>
  post('/v1/invoices', key, {
    metadata,
    customer: accountId(billingAccountId),
    currency: lines[0]?.unitAmount.currency.toLowerCase() ?? null,
    collection_method: 'send_invoice',
    auto_advance: false,
    // Exclude other pending items of the account.
    pending_invoice_items_behavior: 'exclude',
    due_date: endOfDay(dueOn, timeZone) / 1000,
    description,
  });

/** https://docs.stripe.com/api/invoices/add_lines */
export const addInvoiceLines = (
  invoiceId: string,
  lines: ReturnType<typeof linesOf>,
  key: string,
) => post('/v1/invoices/{id}/add_lines', key, { lines }, invoiceId);

/** @throws PaymentsRefused */
export const linesOf = ({ lines }: NewInvoice) =>
  lines.map((line, index) => ({
    description: line.description,
    price_data: priceOf(line, ['lines', index]),
    quantity: line.quantity,
  }));

/** Finalizes a draft and sends it: https://docs.stripe.com/api/invoices/send */
export const sendInvoice = (id: string, key: string) =>
  post('/v1/invoices/{id}/send', key, {}, readId('invoice', id, 'invoiceId'));

/** https://docs.stripe.com/api/invoices/void */
export const voidInvoice = (id: string, key: string) =>
  post('/v1/invoices/{id}/void', key, {}, readId('invoice', id, 'invoiceId'));

/** https://docs.stripe.com/api/refunds/create: the amount is in the payment's currency. */
export const createRefund = ({ paymentId, amount, reason }: NewRefund, key: string) =>
  post('/v1/refunds', key, {
    payment_intent: readId('payment', paymentId, 'paymentId'),
    amount: amount && toMinorUnits(amount, ['amount', 'amount']),
    reason: reason && reason.toLowerCase(),
  });

/** https://docs.stripe.com/api/customers/create */
export const createCustomer = (
  { name, email, phone, address, description }: NewBillingAccount,
  metadata: WrittenMetadata,
  key: string,
) =>
  post('/v1/customers', key, {
    metadata,
    name,
    email,
    phone,
    description,
    address: address && {
      line1: address.line1,
      line2: address.line2,
      city: address.city,
      state: address.region,
      postal_code: address.postalCode,
      country: address.countryCode,
    },
  });

/** A recurring price needs a product id: https://docs.stripe.com/api/subscriptions/create */
export const createProduct = (name: string, key: string) => post('/v1/products', key, { name });

/**
 * Returns a function that makes the request from the product ids of the items. A plan with automatic charges starts only if the first
 * charge succeeds:
 * https://docs.stripe.com/api/subscriptions/create#create_subscription-payment_behavior
 * @throws PaymentsRefused before any product is created
 */
export function createSubscription(
  { billingAccountId, items, daysUntilDue }: NewRecurringPlan,
  metadata: WrittenMetadata,
  key: string,
) {
  const customer = accountId(billingAccountId);
  const priced = items.map(({ unitAmount, interval, intervalCount, quantity }, index) => ({
    price: {
      currency: unitAmount.currency.toLowerCase(),
      unit_amount: toMinorUnits(unitAmount, ['items', index, 'unitAmount', 'amount']),
      recurring: { interval: INTERVALS[interval], interval_count: intervalCount },
    },
    quantity,
  }));
  return (productIds: readonly string[]) =>
    post('/v1/subscriptions', key, {
      customer,
      metadata,
      items: priced.map(({ price, quantity }, index) => ({
        price_data: { ...price, product: productIds[index] ?? null },
        quantity,
      })),
      ...(daysUntilDue === null
        ? {
            collection_method: 'charge_automatically',
            payment_behavior: 'error_if_incomplete',
            off_session: true,
          }
        : { collection_method: 'send_invoice', days_until_due: daysUntilDue }),
    });
}

/** https://docs.stripe.com/api/subscriptions/update; without changes it returns the current record. */
export const updateSubscription = (
  id: string,
  change: { readonly cancel_at_period_end?: true },
  key: string,
) => ({
  ...post('/v1/subscriptions/{id}', key, change, readId('recurring plan', id, 'recurringPlanId')),
  read: (body: unknown) => parseWire(subscriptionSchema, body),
});

/** https://docs.stripe.com/api/subscriptions/cancel: a cancellation is final. DELETE takes no idempotency key. */
export const cancelSubscription = (id: string) =>
  remove('/v1/subscriptions/{id}', readId('recurring plan', id, 'recurringPlanId'));

/** Deletes a product without prices: https://docs.stripe.com/api/products/delete */
export const deleteProduct = (id: string) => remove('/v1/products/{id}', id);

/** Deletes a draft: https://docs.stripe.com/api/invoices/delete */
export const deleteInvoice = (id: string) => remove('/v1/invoices/{id}', id);

const readWritten = (body: unknown) => parseWire(writtenSchema, body);

const remove = (path: string, id: string) =>
  ({
    method: 'DELETE',
    semantics: 'idempotent',
    path,
    params: { id },
    read: readWritten,
  }) satisfies UpstreamRequest<unknown>;

/** @param id the id in the path */
const post = (path: string, key: string, fields: FormValue, id?: string) =>
  ({
    method: 'POST',
    semantics: 'idempotent',
    path,
    ...(id !== undefined && { params: { id } }),
    // https://docs.stripe.com/api/idempotent_requests
    headers: { 'idempotency-key': key },
    form: toForm(fields),
    read: readWritten,
  }) satisfies UpstreamRequest<z.output<typeof writtenSchema>>;

const accountId = (id: string) => readId('billing account', id, 'billingAccountId');

const priceOf = ({ description, unitAmount }: NewLineItem, at: Part) => ({
  currency: unitAmount.currency.toLowerCase(),
  unit_amount: toMinorUnits(unitAmount, [...at, 'unitAmount', 'amount']),
  product_data: { name: description },
});

const INTERVALS: Readonly<Record<KnownInterval, string>> = {
  DAY: 'day',
  WEEK: 'week',
  MONTH: 'month',
  YEAR: 'year',
};

/** The value of a form field; null is omitted. */
type FormValue =
  string | number | boolean | null | readonly FormValue[] | { readonly [name: string]: FormValue };

/** Encodes nested values in Stripe's format: `line_items[0][quantity]=2` (https://docs.stripe.com/api, form-encoded requests). */
function toForm(value: FormValue, name = ''): Record<string, QueryValue> {
  if (value === null) return {};
  if (typeof value !== 'object') return { [name]: value };
  // An array's keys are its indexes.
  const entries = Object.entries(value as Readonly<Record<string, FormValue>>);
  return Object.assign(
    {},
    ...entries.map(([key, inner]) => toForm(inner, name === '' ? key : `${name}[${key}]`)),
  ) as ReturnType<typeof toForm>;
}
