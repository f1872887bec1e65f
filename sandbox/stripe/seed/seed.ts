import type { World } from '../../world/world.ts';
import { priceIn } from '../stripe-currencies.ts';
import { longId } from '../stripe-ids.ts';
import { type JsonObject, textAt, type WireObject } from '../stripe-json.ts';
import { toCustomer } from '../shapes/customer.ts';
import { toInvoice } from '../shapes/invoice.ts';
import { toInvoicePayment } from '../shapes/invoice-payment.ts';
import { createStore, type Store } from '../stripe-store.ts';
import { type Account, accountsOf } from './account.ts';
import { buildCatalog } from './catalog.ts';
import { inventInvoices, type InvoiceDraft, invoicesOf, isOverdue } from './invoices.ts';
import { inventGuestCard, inventPaymentMethods } from './payment-methods.ts';
import { paymentIntentId, type Purchase, seedPayment } from './payments.ts';
import { inventPurchases } from './purchases.ts';
import { inventAgreements, toSubscriptionOf } from './subscriptions.ts';

const MOST_PAYMENTS = 12;

/** A store with the catalog and every customer's story. */
export function seedStore(world: World): Store {
  const store = createStore();
  store.put(...buildCatalog());
  for (const account of accountsOf(world.people)) store.put(...seedAccount(account));
  return store;
}

function seedAccount(account: Account): WireObject[] {
  const methods = inventPaymentMethods(account);
  const blank = toCustomer(account.facts);
  const agreements = inventAgreements(account, methods);
  const drafts = [...agreements.flatMap(invoicesOf), ...inventInvoices(account)].sort(
    (a, b) => a.created - b.created,
  );
  const invoices = drafts.map((draft, index) =>
    toInvoice({ ...draft, customer: blank, number: numberOf(blank, index + 1) }),
  );
  const invoicePayments = drafts.flatMap((draft, index) =>
    payInvoice(draft, invoices[index], methods, account),
  );
  const purchases = inventPurchases(account, methods, MOST_PAYMENTS - drafts.length);
  const subscriptions = agreements.map((agreement) => {
    const latest = drafts.findLast(({ subscription }) => subscription === agreement.facts.id);
    return toSubscriptionOf({
      ...agreement,
      facts: { ...agreement.facts, latestInvoice: latest?.id ?? null },
    });
  });
  const isBuyer = invoices.length + purchases.length > 0;
  const customer = {
    ...blank,
    balance: account.random.chance(0.15)
      ? account.random.pick([-1, 1, -3]) * priceIn(account.currency, 10)
      : 0,
    currency: isBuyer ? account.currency : null,
    delinquent: invoices.some(isOverdue),
    invoice_settings: {
      ...(blank['invoice_settings'] as JsonObject),
      default_payment_method: methods[0]?.id ?? null,
    }, // An object always.
    next_invoice_sequence: invoices.length + 1,
    ...(account.isDeleted ? { deleted: true } : {}),
  };
  return [
    customer,
    ...methods,
    ...subscriptions,
    ...invoices,
    ...invoicePayments,
    ...purchases.flatMap((one) => seedPayment(one, account)),
  ];
}

function numberOf(customer: WireObject, sequence: number): string {
  return `${textAt(customer, 'invoice_prefix')}-${String(sequence).padStart(4, '0')}`;
}

/** The payment of an invoice that is to be charged or was paid, and the link between the two. */
function payInvoice(
  draft: InvoiceDraft,
  invoice: WireObject | undefined,
  methods: readonly WireObject[],
  account: Account,
): WireObject[] {
  const isPaid = draft.status === 'paid';
  const amount = Number(invoice?.['amount_due'] ?? 0);
  if (amount === 0 || !(isPaid || draft.status === 'open')) return [];
  const key = `${draft.id}/payment`;
  const method = methods[0] ?? inventGuestCard(account, key, draft.created);
  const purchase: Purchase = {
    key,
    created: draft.created,
    amount,
    currency: draft.currency,
    description: draft.subscription === null ? 'Payment for Invoice' : 'Subscription update',
    invoice: draft.id,
    method,
    status: isPaid ? 'succeeded' : 'requires_payment_method',
    isTried: draft.dueDate === null,
  };
  const link = toInvoicePayment({
    id: longId('inpay', key),
    created: draft.created,
    amount,
    currency: draft.currency,
    invoice: draft.id,
    paymentIntent: paymentIntentId(key),
    status: isPaid ? 'paid' : 'open',
  });
  return [link, ...(methods.length === 0 ? [method] : []), ...seedPayment(purchase, account)];
}
