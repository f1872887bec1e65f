import type { z } from 'zod';
import { CodedError } from '../../../../errors/coded-error.ts';
import type { RequestScope } from '../../../../request/request-scope.ts';
import type { UpstreamClient } from '../../../../upstream/upstream-client.ts';
import { UpstreamError } from '../../../../upstream/upstream-error.ts';
import type { UpstreamRequest } from '../../../../upstream/upstream-request.ts';
import { safeParseWire } from '../../../../upstream/wire.ts';
import type { Page } from '../../../paging/connection.ts';
import type { RecurringPlan } from '../../domain.ts';
import type { PaymentsProvider, PaymentsSettings, PaymentsWriter } from '../../provider.ts';
import { PaymentsRefused } from '../../refusal.ts';
import { MAX_PAGE_SIZE, MAX_PAGES } from './stripe-capabilities.ts';
import { find, ifMissing } from './stripe-client.ts';
import { CUSTOM_ID } from './endpoints/stripe-ids.ts';
import * as endpoints from './endpoints/stripe-read-endpoints.ts';
import {
  toBillingAccount,
  toCheckoutSession,
  toDispute,
  toInvoice,
  toInvoiceLine,
  toPayment,
  toRecurringPlan,
  toRefund,
  toSavedPaymentMethod,
  toUnitAmounts,
} from './mapping/stripe-mapping.ts';
import { metadataReader, type ReadMetadata } from './mapping/stripe-metadata.ts';
import {
  customerSchema,
  disputeSchema,
  invoiceSchema,
  lineSchema,
  paymentIntentSchema,
  paymentMethodSchema,
  refundSchema,
  subscriptionItemSchema,
  subscriptionSchema,
  type WireInvoice,
  type WirePage,
  type WireSubscription,
} from './stripe-wire.ts';
import { PAYMENTS } from '../../service.ts';

type Reads = Omit<PaymentsProvider, keyof PaymentsWriter | 'capabilities' | 'close'>;

/** Stripe has no batch read: n records of different accounts are n calls, as many at once as its client allows. */
export const createStripeReads = (client: UpstreamClient, settings: PaymentsSettings): Reads => ({
  ...createPaymentReads(client, settings),
  ...createReversalReads(client),
  ...createInvoiceReads(client, settings),
  ...createPlanReads(client, settings),
});

type PaymentReads = Omit<Reads, ReversalReading | InvoiceReading | PlanReading>;

const createPaymentReads = (
  client: UpstreamClient,
  { needsPayerEmail, customFields }: PaymentsSettings,
  read: ReadMetadata = metadataReader(customFields),
): PaymentReads => ({
  billingAccount: async (id, fields, scope) => {
    const request = endpoints.getCustomer(id, endpoints.accountExpansions(fields));
    const wire = await find(client, request, scope);
    return wire && toBillingAccount(wire, read);
  },
  billingAccountsByEmail: async (email, fields, scope) => {
    const expansions = endpoints.accountExpansions(fields);
    const accounts = await readAllPages(
      client,
      (after) => endpoints.listCustomersByEmail(email, after, expansions),
      'billing accounts with this e-mail address',
      scope,
    );
    return accounts.flatMap(
      (body) => readItem(customerSchema, (wire) => toBillingAccount(wire, read), body) ?? [],
    );
  },

  payment: async (id, fields, scope) => {
    const wire = await find(
      client,
      endpoints.getPaymentIntent(id, endpoints.paymentExpansions(fields, needsPayerEmail)),
      scope,
    );
    return wire && toPayment(wire, read);
  },
  payments: async (filter, page, fields, scope) => {
    const request = endpoints.listPaymentIntents(
      filter,
      page,
      endpoints.paymentExpansions(fields, needsPayerEmail),
    );
    return list(
      client,
      request,
      (body) => readItem(paymentIntentSchema, (wire) => toPayment(wire, read), body),
      scope,
    );
  },
  checkoutSession: async (id, fields, scope) => {
    const wire = await find(
      client,
      endpoints.getCheckoutSession(id, endpoints.customerExpansion(fields, needsPayerEmail)),
      scope,
    );
    return wire && toCheckoutSession(wire, read);
  },
  paymentMethods: async (accountId, page, scope) =>
    list(
      client,
      endpoints.listPaymentMethods(accountId, page),
      (body) => readItem(paymentMethodSchema, toSavedPaymentMethod, body),
      scope,
    ),
});

type ReversalReading = 'dispute' | 'refund' | 'refunds';

/** Of what a payer gets back. */
const createReversalReads = (client: UpstreamClient): Pick<Reads, ReversalReading> => ({
  dispute: async (paymentId, scope) => {
    const { data } = await client.send(endpoints.listDisputes(paymentId), scope);
    return data[0] === undefined ? null : readItem(disputeSchema, toDispute, data[0]);
  },
  refund: async (id, scope) => {
    const wire = await find(client, endpoints.getRefund(id), scope);
    return wire && toRefund(wire);
  },
  refunds: async (paymentId, page, scope) =>
    list(
      client,
      endpoints.listRefunds(paymentId, page),
      (body) => readItem(refundSchema, toRefund, body),
      scope,
    ),
});

type InvoiceReading = 'invoice' | 'invoices' | 'invoiceLines';
type PlanReading = 'recurringPlan' | 'recurringPlans' | 'unitAmounts';

function createInvoiceReads(
  client: UpstreamClient,
  { needsPayerEmail, timeZone, customFields }: PaymentsSettings,
): Pick<PaymentsProvider, InvoiceReading> {
  const metadata = metadataReader(customFields);
  const read = (wire: WireInvoice) => toInvoice(wire, timeZone, metadata);
  return {
    invoice: async (id, fields, scope) => {
      const wire = await find(
        client,
        endpoints.getInvoice(id, endpoints.invoiceExpansions(fields, needsPayerEmail)),
        scope,
      );
      return wire && read(wire);
    },
    invoices: async (filter, page, fields, scope) => {
      if (filter.status === 'UNKNOWN')
        throw new PaymentsRefused({ reason: 'STATUS_UNKNOWN', at: ['status'] });
      const request = endpoints.listInvoices(
        filter,
        page,
        endpoints.invoiceExpansions(fields, needsPayerEmail),
      );
      return list(client, request, (body) => readItem(invoiceSchema, read, body), scope);
    },
    invoiceLines: async (invoiceId, page, scope) =>
      list(
        client,
        endpoints.listInvoiceLines(invoiceId, page),
        (body) => readItem(lineSchema, toInvoiceLine, body),
        scope,
      ),
  };
}

function createPlanReads(
  client: UpstreamClient,
  { needsPayerEmail, customFields }: PaymentsSettings,
): Pick<PaymentsProvider, PlanReading> {
  const read = metadataReader(customFields);
  const toPlan = async (wire: WireSubscription, scope: RequestScope): Promise<RecurringPlan> =>
    toRecurringPlan(
      wire,
      wire.items.has_more ? await readAllItems(client, wire.id, scope) : wire.items.data,
      read,
    );

  return {
    recurringPlan: async (id, fields, scope) => {
      const wire = await find(
        client,
        endpoints.getSubscription(id, endpoints.customerExpansion(fields, needsPayerEmail)),
        scope,
      );
      return wire && toPlan(wire, scope);
    },
    recurringPlans: async (accountId, page, fields, scope) => {
      const request = endpoints.listSubscriptions(
        accountId,
        page,
        endpoints.customerExpansion(fields, needsPayerEmail),
      );
      const { entries, hasNextPage } = await list(
        client,
        request,
        (body) => readItem(subscriptionSchema, (wire) => wire, body),
        scope,
      );
      const plans = entries.map(async ({ item, position }) => ({
        item:
          item === null || item instanceof Error
            ? item
            : await toPlan(item, scope).catch((error: unknown) => error as Error),
        position,
      }));
      return { entries: await Promise.all(plans), hasNextPage };
    },
    unitAmounts: async (priceId, scope) => {
      if (!CUSTOM_ID.test(priceId)) return [];
      const wire = await find(client, endpoints.getPrice(priceId), scope);
      return wire === null ? [] : toUnitAmounts(wire);
    },
  };
}

/** A list below a record that does not exist is empty. */
const list = <Item>(
  client: UpstreamClient,
  request: UpstreamRequest<WirePage>,
  read: (body: unknown) => Item,
  scope: RequestScope,
): Promise<Page<Item>> =>
  client.send(request, scope).then((page) => toPage(page, read), ifMissing(EMPTY));

const EMPTY: Page<never> = { entries: [], hasNextPage: false };

async function readAllItems(client: UpstreamClient, subscriptionId: string, scope: RequestScope) {
  const items = await readAllPages(
    client,
    (after) => endpoints.listSubscriptionItems(subscriptionId, after),
    'items of this recurring plan',
    scope,
  );
  return items.map((body) => readItem(subscriptionItemSchema, (item) => item, body));
}

/**
 * Reads a list to its end: a part of it would be a wrong answer.
 * @param what is in the list, for the error
 * @throws CodedError `OPERATION_TOO_COMPLEX` for a list of more than five pages
 */
async function readAllPages(
  client: UpstreamClient,
  requestAfter: (after: string | undefined) => UpstreamRequest<WirePage>,
  what: string,
  scope: RequestScope,
): Promise<WirePage['data']> {
  const items: WirePage['data'] = [];
  for (let pages = 1; pages <= MAX_PAGES; pages += 1) {
    const { data, has_more: hasMore } = await client.send(requestAfter(items.at(-1)?.id), scope);
    items.push(...data);
    if (!hasMore) return items;
    if (data.length === 0) throw new UpstreamError('UPSTREAM_CONTRACT', PAYMENTS);
  }
  throw new CodedError(
    'OPERATION_TOO_COMPLEX',
    `There must be at most ${String(MAX_PAGES * MAX_PAGE_SIZE)} ${what}, but there are more.`,
    { service: PAYMENTS.name },
  );
}

/** An item that cannot be read takes only its own place. */
const toPage = <Item>({ data, has_more }: WirePage, read: (body: unknown) => Item): Page<Item> => ({
  entries: data.map((body) => ({ item: readOrError(read, body), position: body.id })),
  hasNextPage: has_more,
});

function readOrError<Item>(read: (body: unknown) => Item, body: unknown): Item | Error {
  try {
    return read(body);
  } catch (error) {
    return error instanceof Error ? error : new UpstreamError('UPSTREAM_CONTRACT', PAYMENTS);
  }
}

function readItem<Wire, Item>(
  schema: z.ZodType<Wire>,
  map: (wire: Wire) => Item,
  body: unknown,
): Item {
  const wire = safeParseWire(schema, body);
  if (!wire.success) throw new UpstreamError('UPSTREAM_CONTRACT', PAYMENTS, { cause: wire.error });
  return map(wire.data);
}
