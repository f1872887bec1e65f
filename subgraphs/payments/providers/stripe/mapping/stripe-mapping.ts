import type { CustomValues } from '../../../../extensions/custom-fields.ts';
import type { Money } from '../../../../money.ts';
import { type PostalAddress, toPostalAddress } from '../../../../postal-address.ts';
import type {
  BillingAccount,
  CheckoutSession,
  Dispute,
  Invoice,
  InvoiceLine,
  OfAccount,
  Payment,
  PaymentMethod,
  RecurringPlan,
  RecurringPlanItem,
  Refund,
  SavedPaymentMethod,
} from '../../../domain.ts';
import { dayOf, UTC } from '../../../calendar-day.ts';
import { NO_CUSTOM_FIELDS, type ReadMetadata } from './stripe-metadata.ts';
import { toMoney } from './stripe-minor-units.ts';
import {
  BILLING_INTERVALS,
  DISPUTE_STATUSES,
  INVOICE_STATUSES,
  PAYMENT_METHOD_TYPES,
  PAYMENT_STATUSES,
  PLAN_STATUSES,
  REFUND_STATUSES,
  SESSION_STATUSES,
  valueOf,
} from './stripe-values.ts';
import type {
  WireCardDetails,
  WireCharge,
  WireCheckoutSession,
  WireCustomer,
  WireDispute,
  WireInvoice,
  WireLine,
  WireLivingCustomer,
  WirePaymentIntent,
  WirePaymentMethod,
  WirePrice,
  WireRefund,
  WireSubscription,
  WireSubscriptionItem,
} from '../stripe-wire.ts';

/** @returns null for a deleted customer */
export function toBillingAccount(
  wire: WireCustomer,
  read: ReadMetadata = NO_CUSTOM_FIELDS,
): BillingAccount | null {
  if (wire.deleted === true) return null;
  const { id, balance, currency, created, address } = wire;
  const email = orNull(wire.email);
  return {
    id,
    name: orNull(wire.name),
    email,
    phone: orNull(wire.phone),
    address: toAddress(address),
    balance: balance == null || currency == null ? null : toMoney(balance, currency),
    balances: toBalances(wire),
    isDelinquent: wire.delinquent ?? null,
    createdAt: toDateTime(created),
    payer: { reference: id, email },
    ...toExtra(read('BillingAccount', wire.metadata)),
  };
}

/**
 * `balance` is that of the customer's own currency. The credit balances are those of all currencies, including the own one, with the
 * opposite sign:
 * https://docs.stripe.com/api/customers/object#customer_object-invoice_credit_balance
 */
function toBalances({
  balance,
  currency,
  invoice_credit_balance: credits,
}: WireLivingCustomer): Money[] | null {
  if (credits == null) return null;
  const own = balance == null || currency == null ? [] : [toMoney(balance, currency)];
  const others = Object.entries(credits).flatMap(([code, credit]) =>
    own.length > 0 && code === currency ? [] : [toMoney(0 - credit, code)],
  );
  return [...own, ...others];
}

const toExtra = (extra: CustomValues | undefined) => (extra === undefined ? undefined : { extra });

const toAddress = (address: WireLivingCustomer['address']): PostalAddress | null =>
  toPostalAddress({
    line1: orNull(address?.line1),
    line2: orNull(address?.line2),
    city: orNull(address?.city),
    region: orNull(address?.state),
    postalCode: orNull(address?.postal_code),
    country: orNull(address?.country),
  });

function toOfAccount(customer: WirePaymentIntent['customer'], read: ReadMetadata): OfAccount {
  if (customer == null) return { billingAccountId: null, payer: null };
  if (typeof customer === 'string')
    return { billingAccountId: customer, payer: { reference: customer, email: null } };
  const billingAccount = toBillingAccount(customer, read);
  return {
    billingAccountId: customer.id,
    billingAccount,
    payer: billingAccount?.payer ?? { reference: customer.id, email: null },
  };
}

export function toPayment(wire: WirePaymentIntent, read: ReadMetadata = NO_CUSTOM_FIELDS): Payment {
  const {
    id,
    amount,
    currency,
    created,
    last_payment_error: failure,
    latest_charge: charge,
  } = wire;
  return {
    id,
    status: toPaymentStatus(wire),
    amount: toMoney(amount, currency),
    receivedAmount: wire.amount_received == null ? null : toMoney(wire.amount_received, currency),
    isDisputed: typeof charge === 'string' ? null : (charge?.disputed ?? false),
    refundedAmount:
      typeof charge === 'string'
        ? null
        : toMoney(charge?.amount_refunded ?? 0, charge?.currency ?? currency),
    // The decline code is more specific than `card_declined`: https://docs.stripe.com/declines/codes
    failure:
      failure == null
        ? null
        : {
            code: orNull(failure.decline_code) ?? orNull(failure.code),
            message: orNull(failure.message),
          },
    description: orNull(wire.description),
    method: toMethod(wire),
    createdAt: toDateTime(created),
    // Last: Node.js 20 takes a microsecond for each property after a spread.
    ...toOfAccount(wire.customer, read),
    ...toExtra(read('Payment', wire.metadata)),
  };
}

/** A failed attempt resets an intent to the state without a payment method: https://docs.stripe.com/payments/paymentintents/lifecycle */
function toPaymentStatus({
  status,
  last_payment_error: failure,
}: WirePaymentIntent): Payment['status'] {
  return status === 'requires_payment_method' && failure != null
    ? 'FAILED'
    : valueOf(PAYMENT_STATUSES, status);
}

/** The payment method of the charge; before a charge, the one that it will use. */
function toMethod({
  latest_charge: charge,
  payment_method: method,
  last_payment_error: failure,
}: WirePaymentIntent): PaymentMethod | null {
  const charged = typeof charge === 'object' && charge !== null ? toChargedMethod(charge) : null;
  if (charged !== null) return charged;
  if (typeof method === 'object' && method !== null) return toPaymentMethod(method);
  return failure?.payment_method == null ? null : toPaymentMethod(failure.payment_method);
}

export function toChargedMethod({
  payment_method: id,
  payment_method_details: details,
}: WireCharge): PaymentMethod | null {
  if (id == null || details == null) return null;
  return { id, type: valueOf(PAYMENT_METHOD_TYPES, details.type), card: toCard(details) };
}

const toPaymentMethod = (wire: WirePaymentMethod): PaymentMethod => ({
  id: wire.id,
  type: valueOf(PAYMENT_METHOD_TYPES, wire.type),
  card: toCard(wire),
});

export const toSavedPaymentMethod = (wire: WirePaymentMethod): SavedPaymentMethod => ({
  createdAt: toDateTime(wire.created),
  ...toPaymentMethod(wire),
});

/** Cards at a terminal and Korean cards are cards too; a Korean one has no expiry. */
function toCard(details: WireCardDetails): PaymentMethod['card'] {
  const card =
    details.card ?? details.card_present ?? details.interac_present ?? details.kr_card ?? null;
  if (card?.brand == null || card.last4 == null) return null;
  return {
    brand: card.brand,
    last4: card.last4,
    expMonth: card.exp_month ?? null,
    expYear: card.exp_year ?? null,
  };
}

export const toDispute = ({
  id,
  status,
  amount,
  currency,
  reason,
  created,
}: WireDispute): Dispute => ({
  id,
  status: valueOf(DISPUTE_STATUSES, status),
  amount: toMoney(amount, currency),
  reason: orNull(reason),
  createdAt: toDateTime(created),
});

export const toRefund = ({
  id,
  status,
  amount,
  currency,
  reason,
  created,
}: WireRefund): Refund => ({
  id,
  status: valueOf(REFUND_STATUSES, status),
  amount: toMoney(amount, currency),
  reason: orNull(reason),
  createdAt: toDateTime(created),
});

export function toCheckoutSession(
  wire: WireCheckoutSession,
  read: ReadMetadata = NO_CUSTOM_FIELDS,
): CheckoutSession {
  const { id, amount_total: total, currency, payment_intent: payment } = wire;
  return {
    id,
    status: valueOf(SESSION_STATUSES, wire.status),
    url: toUrl(wire.url),
    total: total == null || currency == null ? null : toMoney(total, currency),
    expiresAt: toDateTime(wire.expires_at),
    paymentId: orNull(payment),
    createdAt: toDateTime(wire.created),
    ...toOfAccount(wire.customer, read),
  };
}

/** @param timeZone time zone of the due date */
export function toInvoice(
  wire: WireInvoice,
  timeZone = UTC,
  read: ReadMetadata = NO_CUSTOM_FIELDS,
): Invoice {
  const { currency } = wire;
  const plan = wire.parent?.subscription_details?.subscription ?? null;
  return {
    id: wire.id,
    number: orNull(wire.number),
    status: valueOf(INVOICE_STATUSES, wire.status),
    dueOn: wire.due_date == null ? null : dayOf(wire.due_date * 1000, timeZone),
    dueAt: wire.due_date == null ? null : toDateTime(wire.due_date),
    total: toMoney(wire.total, currency),
    amountDue: toMoney(wire.amount_due, currency),
    amountPaid: toMoney(wire.amount_paid, currency),
    amountRemaining: toMoney(wire.amount_remaining, currency),
    hostedUrl: toUrl(wire.hosted_invoice_url),
    recurringPlanId: typeof plan === 'string' ? plan : (plan?.id ?? null),
    leadingLines: { lines: wire.lines.data.map(toInvoiceLine), hasMore: wire.lines.has_more },
    createdAt: toDateTime(wire.created),
    ...toOfAccount(wire.customer, read),
    ...toExtra(read('Invoice', wire.metadata)),
    // A plan with more items than were expanded is read by its own id, if selected.
    ...(typeof plan === 'object' &&
      plan !== null &&
      !plan.items.has_more && { recurringPlan: toRecurringPlan(plan, plan.items.data, read) }),
  };
}

export const toInvoiceLine = ({
  id,
  description,
  quantity,
  quantity_decimal: exact,
  amount,
  currency,
}: WireLine): InvoiceLine => ({
  id,
  description: orNull(description),
  quantity: toQuantity(quantity, exact),
  amount: toMoney(amount, currency),
});

/** https://docs.stripe.com/changelog/dahlia/2026-03-25: the integer lacks the decimals. */
const toQuantity = (whole: number | null | undefined, exact: string | null | undefined) =>
  exact ?? (whole == null ? null : String(whole));

/** @param items all items of the subscription */
export function toRecurringPlan(
  wire: WireSubscription,
  items: readonly WireSubscriptionItem[],
  read: ReadMetadata = NO_CUSTOM_FIELDS,
): RecurringPlan {
  const starts = items.flatMap((item) => item.current_period_start ?? []);
  const ends = items.flatMap((item) => item.current_period_end ?? []);
  const status = valueOf(PLAN_STATUSES, wire.status);
  const hasEnded = status === 'CANCELED' || status === 'EXPIRED';
  return {
    id: wire.id,
    status,
    items: items.map((item) => toRecurringPlanItem(item, wire.currency ?? item.price.currency)),
    // Items have their own periods; like Stripe's list filters, this uses the latest start and the earliest end:
    // https://docs.stripe.com/api/subscriptions/list
    currentPeriodStart: starts.length === 0 ? null : toDateTime(Math.max(...starts)),
    currentPeriodEnd: ends.length === 0 ? null : toDateTime(Math.min(...ends)),
    // In the flexible billing mode, a cancellation at the end of the period is only its time:
    // https://docs.stripe.com/billing/subscriptions/billing-mode
    cancelsAtPeriodEnd:
      wire.cancel_at_period_end || (wire.cancel_at != null && ends.includes(wire.cancel_at)),
    cancelsAt: hasEnded ? null : toCancelsAt(wire, ends),
    canceledAt: wire.canceled_at == null ? null : toDateTime(wire.canceled_at),
    isCollectionPaused: wire.pause_collection != null,
    collectionPausedUntil:
      wire.pause_collection?.resumes_at == null
        ? null
        : toDateTime(wire.pause_collection.resumes_at),
    startedAt: toDateTime(wire.start_date),
    createdAt: toDateTime(wire.created),
    ...toOfAccount(wire.customer, read),
    ...toExtra(read('RecurringPlan', wire.metadata)),
  };
}

function toCancelsAt(
  { cancel_at: at, cancel_at_period_end: atPeriodEnd }: WireSubscription,
  ends: readonly number[],
): string | null {
  if (at != null) return toDateTime(at);
  return atPeriodEnd && ends.length > 0 ? toDateTime(Math.min(...ends)) : null;
}

/** @param currency the currency of the charge */
function toRecurringPlanItem(
  { id, quantity, quantity_decimal: exact, price }: WireSubscriptionItem,
  currency: string,
): RecurringPlanItem {
  const isOwn = price.currency.toLowerCase() === currency.toLowerCase();
  return {
    id,
    quantity: toQuantity(quantity, exact),
    unitAmount: isOwn ? toUnitAmount(price, currency) : null,
    priceOfOtherCurrency:
      isOwn || price.id == null ? null : { id: price.id, currency: currency.toUpperCase() },
    unitsPerPrice: price.transform_quantity?.divide_by ?? 1,
    interval: price.recurring == null ? null : valueOf(BILLING_INTERVALS, price.recurring.interval),
    intervalCount: price.recurring?.interval_count ?? null,
  };
}

/** One amount for each currency of the price. */
export function toUnitAmounts(price: WirePrice): Money[] {
  const options = Object.entries(price.currency_options ?? {});
  return [[price.currency, price] as const, ...options].flatMap(
    ([code, amounts]) => toUnitAmount(amounts, code) ?? [],
  );
}

function toUnitAmount(
  {
    unit_amount: whole,
    unit_amount_decimal: exact,
  }: Pick<WirePrice, 'unit_amount' | 'unit_amount_decimal'>,
  currency: string,
): Money | null {
  const amount = whole ?? exact ?? null;
  return amount === null ? null : toMoney(amount, currency);
}

const toDateTime = (unixSeconds: number) => new Date(unixSeconds * 1000).toISOString();

const toUrl = (text: string | null | undefined) =>
  text != null && URL.canParse(text) ? text : null;

/** Empty text is treated as null: nothing was entered. */
const orNull = (value: string | null | undefined) =>
  value == null || value.trim() === '' ? null : value;
