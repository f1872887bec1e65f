import { z } from 'zod';
import type { UpstreamRequest } from '../../../../../upstream/upstream-request.ts';
import { parseWire } from '../../../../../upstream/wire.ts';
import type { PageRequest } from '../../../../paging/connection.ts';
import type { Fields, InvoiceFilter, PaymentFilter } from '../../../provider.ts';
import { MAX_PAGE_SIZE } from '../stripe-capabilities.ts';
import { readId, readPosition, type Kind } from './stripe-ids.ts';
import {
  checkoutSessionSchema,
  customerSchema,
  invoiceSchema,
  pageSchema,
  paymentIntentSchema,
  priceSchema,
  refundSchema,
  subscriptionSchema,
  type WirePage,
} from '../stripe-wire.ts';
import { eventPageSchema, type WireEventPage } from '../webhooks/stripe-event-wire.ts';

export const getCustomer = (id: string, expansions: readonly string[] = []) =>
  getById('/v1/customers/{id}', readId('billing account', id, 'id'), customerSchema, expansions);

/** The filter is exact and case-sensitive: https://docs.stripe.com/api/customers/list */
export const listCustomersByEmail = (
  email: string,
  after: string | undefined,
  expansions: readonly string[] = [],
): UpstreamRequest<WirePage> =>
  list('/v1/customers', {
    email,
    limit: MAX_PAGE_SIZE,
    starting_after: after,
    ...expandEach(expansions),
  });

/**
 * Finds customers by their addresses, and others with the same words: https://docs.stripe.com/search#search-query-language
 * @param emails at most ten, the maximum number of clauses in a query; without backslashes
 * @param page a `next_page` of the previous response
 */
export const searchCustomersByEmail = (
  emails: readonly string[],
  page: string | undefined,
  expansions: readonly string[] = [],
): UpstreamRequest<WirePage> => ({
  ...list(CUSTOMER_SEARCH, {
    query: emails.map((email) => `email:"${email.replaceAll('"', '\\"')}"`).join(' OR '),
    limit: MAX_PAGE_SIZE,
    page,
    ...expandEach(expansions),
  }),
  batchSize: emails.length,
});

export const CUSTOMER_SEARCH = '/v1/customers/search';

export const getPaymentIntent = (id: string, expansions: readonly string[]) =>
  getById('/v1/payment_intents/{id}', readId('payment', id, 'id'), paymentIntentSchema, expansions);

export const listPaymentIntents = (
  filter: PaymentFilter,
  page: PageRequest,
  expansions: readonly string[],
) =>
  list('/v1/payment_intents', {
    ...filterQuery(filter),
    ...pageQuery('payment', page),
    ...expandEach(expansions),
  });

/** Newest first: https://docs.stripe.com/api/disputes/list */
export const listDisputes = (paymentId: string) =>
  list('/v1/disputes', { payment_intent: readId('payment', paymentId, 'id'), limit: 1 });

/** Amounts in other currencies are only sent if expanded: https://docs.stripe.com/api/prices/retrieve */
export const getPrice = (id: string) =>
  getById('/v1/prices/{id}', id, priceSchema, ['currency_options']);

export const getRefund = (id: string) =>
  getById('/v1/refunds/{id}', readId('refund', id, 'id'), refundSchema);

export const listRefunds = (paymentId: string, page: PageRequest) =>
  list('/v1/refunds', {
    payment_intent: readId('payment', paymentId, 'id'),
    ...pageQuery('refund', page),
  });

export const getCheckoutSession = (id: string, expansions: readonly string[]) =>
  getById(
    '/v1/checkout/sessions/{id}',
    readId('checkout session', id, 'id'),
    checkoutSessionSchema,
    expansions,
  );

export const getInvoice = (id: string, expansions: readonly string[]) =>
  getById('/v1/invoices/{id}', readId('invoice', id, 'id'), invoiceSchema, expansions);

export const listInvoices = (
  { recurringPlanId, status, ...filter }: InvoiceFilter,
  page: PageRequest,
  expansions: readonly string[],
) =>
  list('/v1/invoices', {
    ...filterQuery(filter),
    subscription:
      recurringPlanId === undefined
        ? undefined
        : readId('recurring plan', recurringPlanId, 'recurringPlanId'),
    status: status?.toLowerCase(),
    ...pageQuery('invoice', page),
    ...expandEach(expansions),
  });

export const listInvoiceLines = (invoiceId: string, page: PageRequest) =>
  list('/v1/invoices/{id}/lines', pageQuery('invoice line', page), {
    id: readId('invoice', invoiceId, 'id'),
  });

export const getSubscription = (id: string, expansions: readonly string[]) =>
  getById(
    '/v1/subscriptions/{id}',
    readId('recurring plan', id, 'id'),
    subscriptionSchema,
    expansions,
  );

/** Without `status`, cancelled ones are omitted: https://docs.stripe.com/api/subscriptions/list */
export const listSubscriptions = (
  customerId: string,
  page: PageRequest,
  expansions: readonly string[],
) =>
  list('/v1/subscriptions', {
    customer: readId('billing account', customerId, 'id'),
    status: 'all',
    ...pageQuery('recurring plan', page),
    ...expandEach(expansions),
  });

export const listSubscriptionItems = (subscriptionId: string, after: string | undefined) =>
  list('/v1/subscription_items', {
    subscription: subscriptionId,
    limit: MAX_PAGE_SIZE,
    starting_after: after,
  });

export const listPaymentMethods = (customerId: string, page: PageRequest) =>
  list('/v1/customers/{id}/payment_methods', pageQuery('payment method', page), {
    id: readId('billing account', customerId, 'id'),
  });

/** Seconds since 1970; `to` is exclusive. */
export interface EventStretch {
  readonly from: number;
  /** Undefined: up to now. */
  readonly to: number | undefined;
}

/** The record's state at the time of the event: https://docs.stripe.com/api/events/retrieve */
export const getEvent = (id: string) => getById('/v1/events/{id}', id, z.unknown());

/** Newest first, of the last 30 days: https://docs.stripe.com/api/events/list */
export const listEvents = (
  types: readonly string[],
  { from, to }: EventStretch,
  after: string | undefined,
): UpstreamRequest<WireEventPage> => ({
  ...list('/v1/events', {
    'types[]': types,
    'created[gte]': from,
    'created[lt]': to,
    limit: MAX_PAGE_SIZE,
    starting_after: after,
  }),
  read: (body) => parseWire(eventPageSchema, body),
});

/** The expansions of a payment intent for the selected fields. */
export function paymentExpansions(fields: Fields): readonly string[] {
  return [
    ...(OF_CHARGE.some((field) => fields.has(field)) ? ['latest_charge'] : []),
    // Before the first charge, only the intent contains the payment method.
    ...(fields.has('method') ? ['payment_method'] : []),
    ...customerExpansion(fields),
  ];
}

const OF_CHARGE = ['method', 'refundedAmount', 'isDisputed', 'dispute'];

export function invoiceExpansions(fields: Fields): readonly string[] {
  // The invoice's own `customer_email` does not change after finalization.
  return [
    ...customerExpansion(fields),
    ...(fields.has('recurringPlan') ? ['parent.subscription_details.subscription'] : []),
  ];
}

/**
 * Balances in other currencies than the account's own: https://docs.stripe.com/api/customers/object#customer_object-invoice_credit_balance
 */
export const accountExpansions = (fields: Fields): readonly string[] =>
  fields.has('balances') ? ['invoice_credit_balance'] : [];

/** Reading the account of each record would need a call per record; expanding it needs none. */
export const customerExpansion = (fields: Fields): readonly string[] =>
  fields.has('billingAccount') || fields.has('payer') ? ['customer'] : [];

type Query = NonNullable<UpstreamRequest<unknown>['query']>;

const getById = <Schema extends z.ZodType>(
  path: string,
  id: string,
  schema: Schema,
  expansions: readonly string[] = [],
) =>
  ({
    method: 'GET',
    path,
    params: { id },
    query: { 'expand[]': expansions },
    read: (body) => parseWire(schema, body),
  }) satisfies UpstreamRequest<z.output<Schema>>;

const list = (
  path: string,
  query: Query,
  params: Readonly<Record<string, string>> = {},
): UpstreamRequest<WirePage> => ({
  method: 'GET',
  path,
  params,
  query,
  read: (body) => parseWire(pageSchema, body),
});

const expandEach = (expansions: readonly string[]): Query => ({
  'expand[]': expansions.map((name) => `data.${name}`),
});

const pageQuery = (kind: Kind, { first, after }: PageRequest): Query => ({
  limit: first,
  starting_after: after === undefined ? undefined : readPosition(kind, after),
});

const filterQuery = ({ billingAccountId, createdFrom, createdBefore }: PaymentFilter): Query => ({
  customer:
    billingAccountId === undefined
      ? undefined
      : readId('billing account', billingAccountId, 'billingAccountId'),
  'created[gte]': createdFrom === undefined ? undefined : toUnixSeconds(createdFrom),
  'created[lt]': createdBefore === undefined ? undefined : toUnixSeconds(createdBefore),
});

/** Records are dated in whole seconds: rounds up, which is correct for both ends of a range. */
const toUnixSeconds = (time: Date) => Math.max(0, Math.ceil(time.getTime() / 1000));
