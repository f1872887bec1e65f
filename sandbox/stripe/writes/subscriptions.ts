import { toInvoice } from '../shapes/invoice.ts';
import type { LineFacts } from '../shapes/invoice-line.ts';
import {
  type SubscriptionItemFacts,
  subscriptionItemId,
  toSubscription,
} from '../shapes/subscription.ts';
import { collect } from '../stripe-collecting.ts';
import { declineOf } from '../stripe-charging.ts';
import type { PriceFacts } from '../shapes/catalog.ts';
import { readCurrency } from '../stripe-currencies.ts';
import { missingParameter } from '../stripe-errors.ts';
import { withAdvance } from '../stripe-invoicing.ts';
import { longId } from '../stripe-ids.ts';
import { type JsonObject, textAt, type WireObject } from '../stripe-json.ts';
import type { ParamReader } from '../stripe-param-reader.ts';
import { readPrice } from '../stripe-pricing.ts';
import { findNamed, save, type Write, type WriteContext } from '../stripe-write-context.ts';
import {
  declinedPlan,
  noDueDate,
  noPaymentMethod,
  otherCurrency,
  priceOfOtherCurrency,
} from '../stripe-write-errors.ts';
import { endOfPeriod } from './billing-period.ts';
import { refuseOtherCurrency, withCurrency } from './customer-currency.ts';
import { countInvoice, nextNumber } from './invoice-transitions.ts';

const PARAMS = [
  'cancel_at_period_end',
  'collection_method',
  'currency',
  'customer',
  'days_until_due',
  'default_payment_method',
  'description',
  'expand',
  'items',
  'metadata',
  'off_session',
  'payment_behavior',
];

const BEHAVIORS = [
  'allow_incomplete',
  'default_incomplete',
  'error_if_incomplete',
  'pending_if_incomplete',
] as const;

/** `POST /v1/subscriptions`: charged at once, or with a first invoice that is to be paid. */
export const createSubscription: Write = (params, context) => {
  params.refuseUnknown(PARAMS);
  const customerId = params.requiredText('customer');
  const isSent =
    params.choice('collection_method', ['charge_automatically', 'send_invoice']) === 'send_invoice';
  const daysUntilDue = params.integer('days_until_due', 0);
  if (isSent && daysUntilDue === null) throw noDueDate();
  const behavior = params.choice('payment_behavior', BEHAVIORS) ?? 'allow_incomplete';
  const waits = behavior === 'default_incomplete';
  const cancels = params.boolean('cancel_at_period_end') ?? false;
  const wanted = params.text('currency');
  const { first, others, minted } = readItems(
    params,
    wanted === null ? null : readCurrency(wanted, 'currency'),
    context,
  );
  const customer = findNamed('customer', customerId, 'customer', context);
  const { currency } = first.charged;
  refuseOtherCurrency(customer, currency, context);
  const method = isSent ? null : methodOf(params, customer, context);
  if (!isSent && !waits && method === null) throw noPaymentMethod();
  const decline = method === null || waits ? null : declineOf(method, true);
  const isIncomplete = !isSent && (waits || decline !== null);
  if (decline !== null && behavior === 'error_if_incomplete') throw declinedPlan(decline);
  const end = endOfPeriod(
    context.now,
    first.price.interval ?? 'month',
    first.price.intervalCount ?? 1,
  );
  const subscription = toSubscription({
    ...first,
    id: longId('sub', context.key),
    created: context.now,
    customer: customer.id,
    status: isIncomplete ? 'incomplete' : 'active',
    period: { start: context.now, end },
    trial: null,
    canceledAt: cancels ? context.now : null,
    cancelsAtPeriodEnd: cancels,
    latestInvoice: longId('in', context.key),
    paymentMethod: params.text('default_payment_method'),
    daysUntilDue: isSent ? daysUntilDue : null,
    currency,
    description: params.text('description'),
    metadata: params.metadata(),
    others,
  });
  const payingBy = isIncomplete ? null : method;
  return save(
    params,
    context,
    subscription,
    ...minted,
    ...bill(subscription, [first, ...others], customer, payingBy, context),
  );
};

/** An item with what it costs in the subscription's currency, in which its price need not be listed. */
interface ChargedItem extends SubscriptionItemFacts {
  readonly charged: PriceFacts;
}

function readItems(params: ParamReader, wanted: string | null, context: WriteContext) {
  const read = params.items('items').map((item, index) => {
    item.refuseUnknown(['metadata', 'price', 'price_data', 'quantity']);
    const { facts, minted } = readPrice(item, `${context.key}/${String(index)}`, true, context);
    const charged = chargedIn(wanted, facts, item, context);
    return { price: facts, charged, quantity: item.integer('quantity', 0) ?? 1, minted, item };
  });
  const [first, ...others] = read;
  if (first === undefined) throw missingParameter('items');
  const { currency } = first.charged;
  const odd = others.find(({ charged }) => charged.currency !== currency);
  if (odd !== undefined)
    throw otherCurrency(odd.item.nameOf('price_data'), odd.charged.currency, currency);
  const factsOf = ({ price, charged, quantity }: ChargedItem): ChargedItem => ({
    price,
    charged,
    quantity,
  });
  return {
    first: factsOf(first),
    others: others.map(factsOf),
    minted: read.flatMap(({ minted }) => minted),
  };
}

/** https://docs.stripe.com/products-prices/how-products-and-prices-work#multicurrency */
function chargedIn(
  wanted: string | null,
  price: PriceFacts,
  item: ParamReader,
  { store }: WriteContext,
): PriceFacts {
  if (wanted === null || wanted === price.currency) return price;
  const options = store.find('price', price.id)?.['currency_options'] as JsonObject | undefined; // Where there are any.
  const option = options?.[wanted] as { readonly unit_amount: number } | undefined; // Options are made with it.
  if (option === undefined)
    throw priceOfOtherCurrency(item.nameOf('price'), price.currency, wanted);
  return { ...price, currency: wanted, unitAmount: option.unit_amount };
}

/** https://docs.stripe.com/billing/subscriptions/payment-methods-setting#payment-method-priority */
function methodOf(
  params: ParamReader,
  customer: WireObject,
  context: WriteContext,
): WireObject | null {
  const paymentMethodId = params.text('default_payment_method');
  if (paymentMethodId !== null)
    return findNamed('payment_method', paymentMethodId, 'default_payment_method', context);
  const { default_payment_method: id } = customer['invoice_settings'] as JsonObject; // An object always.
  return typeof id === 'string' ? (context.store.find('payment_method', id) ?? null) : null;
}

/** The first invoice with its payment: a draft for an hour where it is sent, paid where there is something to pay by, and else open. */
function bill(
  subscription: WireObject,
  items: readonly ChargedItem[],
  customer: WireObject,
  payingBy: WireObject | null,
  context: WriteContext,
): WireObject[] {
  const days = subscription['days_until_due'];
  const isSent = typeof days === 'number';
  const invoice = toInvoice({
    id: textAt(subscription, 'latest_invoice'),
    created: context.now,
    currency: textAt(subscription, 'currency'),
    customer,
    status: isSent ? 'draft' : payingBy === null ? 'open' : 'paid',
    number: nextNumber(customer),
    billingReason: 'subscription_create',
    subscription: subscription.id,
    dueDate: isSent ? context.now + days * 86_400 : null,
    lines: items.map((item, index) => lineOf(subscription, item, index, context)),
  });
  const known = withCurrency(customer, textAt(subscription, 'currency'));
  if (isSent) return [known, withAdvance(invoice, true)];
  return [countInvoice(known), invoice, ...collect(invoice, { ...context, payingBy })];
}

function lineOf(
  subscription: WireObject,
  { charged: price, quantity }: ChargedItem,
  index: number,
  { now, store }: WriteContext,
): LineFacts {
  const product = store.find('product', price.product);
  return {
    key: `${subscription.id}/${String(index)}`,
    amount: price.unitAmount * quantity,
    currency: price.currency,
    description: `${String(quantity)} × ${product === undefined ? 'Subscription' : textAt(product, 'name')}`,
    quantity,
    price: price.id,
    product: price.product,
    period: {
      start: now,
      end: endOfPeriod(now, price.interval ?? 'month', price.intervalCount ?? 1),
    },
    subscription: subscription.id,
    subscriptionItem: subscriptionItemId(subscription.id, index),
  };
}
