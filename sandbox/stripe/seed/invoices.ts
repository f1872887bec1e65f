import type { Currency } from '../stripe-currencies.ts';
import { longId } from '../stripe-ids.ts';
import type { WireObject } from '../stripe-json.ts';
import type { InvoiceFacts, InvoiceStatus } from '../shapes/invoice.ts';
import type { LineFacts } from '../shapes/invoice-line.ts';
import { type Account, DAY, NOW } from './account.ts';
import { type Offer, singlesIn } from './catalog.ts';
import type { Agreement } from './subscriptions.ts';

/** An invoice before it has its number and its customer. */
export type InvoiceDraft = Omit<InvoiceFacts, 'currency' | 'customer' | 'number'> & {
  readonly currency: Currency;
};

const MOST_PERIODS = 4;

/** One for each of the latest periods of a subscription; the last one as the subscription's status implies. */
export function invoicesOf({ facts, offer }: Agreement): InvoiceDraft[] {
  const { id, created, period, quantity, status, trial } = facts;
  if (trial !== null) return [trialInvoice(facts, offer)];
  const length = period.end - period.start;
  const latest = Math.round((period.start - created) / length);
  const count = Math.min(MOST_PERIODS, latest + 1);
  return Array.from({ length: count }, (_, index) => {
    const number = latest - count + 1 + index;
    const start = created + number * length;
    const line = lineOf(
      `${id}/${String(number)}`,
      offer,
      quantity,
      { start, end: start + length },
      id,
    );
    return {
      id: longId('in', `${id}/${String(number)}`),
      created: start,
      currency: offer.price.currency,
      status: number === latest ? latestStatus(status) : 'paid',
      billingReason: number === 0 ? 'subscription_create' : 'subscription_cycle',
      subscription: id,
      dueDate: null,
      lines: [line],
    };
  });
}

/** Nothing is charged for a trial, which is an invoice nevertheless. */
function trialInvoice(
  { id, period, quantity }: Agreement['facts'],
  { product, price }: Offer,
): InvoiceDraft {
  const free = { product, price: { ...price, unitAmount: 0 } };
  return {
    id: longId('in', `${id}/trial`),
    created: period.start,
    currency: price.currency,
    status: 'paid',
    billingReason: 'subscription_create',
    subscription: id,
    dueDate: null,
    lines: [
      {
        ...lineOf(`${id}/trial`, free, quantity, period, id),
        description: `Trial period for ${product.name}`,
      },
    ],
  };
}

function latestStatus(status: Agreement['facts']['status']): InvoiceStatus {
  switch (status) {
    case 'incomplete':
    case 'past_due':
      return 'open';
    case 'unpaid':
      return 'draft';
    case 'active':
    case 'canceled':
    case 'paused':
    case 'trialing':
      return 'paid';
  }
}

/** Invoices that were written by hand: none to three, in every status, some overdue; a few are long. */
export function inventInvoices({ facts, currency, random, isDeleted }: Account): InvoiceDraft[] {
  if (isDeleted) return [];
  const count = random.weighted([
    [0, 5],
    [1, 3],
    [2, 2],
    [3, 1],
  ] as const);
  return Array.from({ length: count }, (_, index) => {
    const key = `${facts.id}/manual/${String(index)}`;
    const created = facts.created + Math.floor((NOW - facts.created) * random.fraction()) + index;
    const isLong = random.chance(0.04);
    const lines = Array.from(
      { length: isLong ? random.integer(12, 25) : random.integer(1, 4) },
      (_, line) =>
        lineOf(
          `${key}/${String(line)}`,
          random.pick(singlesIn(currency)),
          random.integer(1, 3),
          { start: created, end: created },
          null,
        ),
    );
    const status = random.weighted([
      ['paid', 5],
      ['open', 3],
      ['draft', 2],
      ['void', 1],
      ['uncollectible', 1],
    ] as const);
    const dueDate = created + random.pick([14, 30]) * DAY;
    return {
      id: longId('in', key),
      created,
      currency,
      status,
      billingReason: 'manual',
      subscription: null,
      dueDate,
      lines,
    };
  });
}

function lineOf(
  key: string,
  { product, price }: Offer,
  quantity: number,
  period: LineFacts['period'],
  subscription: string | null,
): LineFacts {
  return {
    key,
    amount: price.unitAmount * quantity,
    currency: price.currency,
    description: subscription === null ? product.name : `${String(quantity)} × ${product.name}`,
    quantity,
    price: price.id,
    product: product.id,
    period,
    subscription,
  };
}

/** Whether the invoice is overdue, which sets the customer's `delinquent`. */
export function isOverdue(invoice: WireObject): boolean {
  const dueDate = invoice['due_date'];
  return invoice['status'] === 'open' && (typeof dueDate !== 'number' || dueDate < NOW);
}
