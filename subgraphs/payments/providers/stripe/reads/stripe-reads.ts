import type { RequestScope } from '../../../../../request/request-scope.ts';
import type { UpstreamClient } from '../../../../../upstream/upstream-client.ts';
import type { RecurringPlan } from '../../../domain.ts';
import type { PaymentsProvider, PaymentsSettings, PaymentsWriter } from '../../../provider.ts';
import { PaymentsRefused } from '../../../refusal.ts';
import { CUSTOM_ID } from '../endpoints/stripe-ids.ts';
import * as endpoints from '../endpoints/stripe-read-endpoints.ts';
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
} from '../mapping/stripe-mapping.ts';
import { metadataReader, type ReadMetadata } from '../mapping/stripe-metadata.ts';
import { find } from '../stripe-client.ts';
import {
  disputeSchema,
  invoiceSchema,
  lineSchema,
  paymentIntentSchema,
  paymentMethodSchema,
  refundSchema,
  subscriptionItemSchema,
  subscriptionSchema,
  type WireInvoice,
  type WireSubscription,
} from '../stripe-wire.ts';
import type { AccountsByEmail } from './stripe-accounts-by-email.ts';
import { list, readAllPages, readItem } from './stripe-pages.ts';

type Reads = Omit<
  PaymentsProvider,
  keyof PaymentsWriter | 'capabilities' | 'withCustomFields' | 'close'
>;

/** Stripe has no batch read: n records of different accounts are n calls, with the client's maximum concurrency. */
export const createStripeReads = (
  client: UpstreamClient,
  accountsByEmail: AccountsByEmail,
  settings: PaymentsSettings,
): Reads => ({
  ...createPaymentReads(client, accountsByEmail, metadataReader(settings.customFields)),
  ...createReversalReads(client),
  ...createInvoiceReads(client, settings),
  ...createPlanReads(client, settings),
});

type PaymentReads = Omit<Reads, ReversalReading | InvoiceReading | PlanReading>;

const createPaymentReads = (
  client: UpstreamClient,
  accountsByEmail: AccountsByEmail,
  read: ReadMetadata,
): PaymentReads => ({
  billingAccount: async (id, fields, scope) => {
    const request = endpoints.getCustomer(id, endpoints.accountExpansions(fields));
    const wire = await find(client, request, scope);
    return wire && toBillingAccount(wire, read);
  },
  billingAccountsByEmail: (emails, fields, scope) =>
    accountsByEmail.read(emails, fields, scope, read),

  payment: async (id, fields, scope) => {
    const wire = await find(
      client,
      endpoints.getPaymentIntent(id, endpoints.paymentExpansions(fields)),
      scope,
    );
    return wire && toPayment(wire, read);
  },
  payments: async (filter, page, fields, scope) => {
    const request = endpoints.listPaymentIntents(filter, page, endpoints.paymentExpansions(fields));
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
      endpoints.getCheckoutSession(id, endpoints.customerExpansion(fields)),
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

/** Reads of disputes and refunds. */
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
  { timeZone, customFields }: PaymentsSettings,
): Pick<PaymentsProvider, InvoiceReading> {
  const metadata = metadataReader(customFields);
  const read = (wire: WireInvoice) => toInvoice(wire, timeZone, metadata);
  return {
    invoice: async (id, fields, scope) => {
      const wire = await find(
        client,
        endpoints.getInvoice(id, endpoints.invoiceExpansions(fields)),
        scope,
      );
      return wire && read(wire);
    },
    invoices: async (filter, page, fields, scope) => {
      if (filter.status === 'UNKNOWN')
        throw new PaymentsRefused({ reason: 'STATUS_UNKNOWN', at: ['status'] });
      const request = endpoints.listInvoices(filter, page, endpoints.invoiceExpansions(fields));
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
  { customFields }: PaymentsSettings,
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
        endpoints.getSubscription(id, endpoints.customerExpansion(fields)),
        scope,
      );
      return wire && toPlan(wire, scope);
    },
    recurringPlans: async (accountId, page, fields, scope) => {
      const request = endpoints.listSubscriptions(
        accountId,
        page,
        endpoints.customerExpansion(fields),
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

async function readAllItems(client: UpstreamClient, subscriptionId: string, scope: RequestScope) {
  const items = await readAllPages(
    client,
    (after) => endpoints.listSubscriptionItems(subscriptionId, after),
    'items of this recurring plan',
    scope,
  );
  return items.map((body) => readItem(subscriptionItemSchema, (item) => item, body));
}
