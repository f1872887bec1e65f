import { z } from 'zod';
import { wireList, wireMap } from '../../../../upstream/wire.ts';

/**
 * The parts of Stripe's objects that are read, by the pinned version (https://docs.stripe.com/api). Unknown keys are dropped, so
 * no other data, such as that of cards, gets further. Only fields that Stripe always sends are required.
 */

const text = z.string().nullish();
/** Characters: at most 12 decimals, https://docs.stripe.com/api/prices/object#price_object-unit_amount_decimal */
const MAX_DECIMAL = 40;
/** Up to the last second that RFC 3339 can represent, the end of the year 9999. */
const unixSeconds = z.int().min(0, { abort: true }).max(253_402_300_799, { abort: true });
/** Values of the graph's `Int`, which has 32 bits. */
const int32 = z.int().min(0, { abort: true }).max(2_147_483_647, { abort: true });
const decimal = z
  .string()
  .max(MAX_DECIMAL, { abort: true })
  .regex(/^-?\d+(\.\d+)?$/, { abort: true });
/** Stripe also has currencies that are not in ISO 4217. */
const currency = z.string().regex(/^[a-z0-9]{3,12}$/i, { abort: true });

const isInteger = (value: unknown): value is number => Number.isSafeInteger(value);

/** https://docs.stripe.com/api/metadata: text by the account's own keys. */
const metadata = wireMap((value) => typeof value === 'string')
  .nullish()
  .catch(undefined);

const addressSchema = z.object({
  city: text,
  country: text,
  line1: text,
  line2: text,
  postal_code: text,
  state: text,
});

const livingCustomerSchema = z.object({
  id: z.string(),
  deleted: z.undefined().optional(),
  address: addressSchema.nullish(),
  balance: z.int().nullish(),
  created: unixSeconds,
  currency: currency.nullish(),
  delinquent: z.boolean().nullish(),
  invoice_credit_balance: wireMap(isInteger).nullish(),
  email: text,
  metadata,
  name: text,
  phone: text,
});

const deletedCustomerSchema = z.object({ id: z.string(), deleted: z.literal(true) });

export const customerSchema = z.union([deletedCustomerSchema, livingCustomerSchema]);

/** Its id, or the customer if expanded. */
const customerOf = z.union([z.string(), customerSchema]).nullish();

const cardSchema = z.object({
  brand: text,
  last4: text,
  exp_month: int32.nullish(),
  exp_year: int32.nullish(),
});

/** Details are under the name of their type; a card has several. */
const cardDetails = {
  card: cardSchema.nullish(),
  card_present: cardSchema.nullish(),
  interac_present: cardSchema.nullish(),
  kr_card: cardSchema.nullish(),
};

export const paymentMethodSchema = z.object({
  id: z.string(),
  type: z.string(),
  ...cardDetails,
  created: unixSeconds,
});

export const chargeSchema = z.object({
  amount_refunded: z.int(),
  currency,
  disputed: z.boolean().nullish(),
  payment_method: text,
  payment_method_details: z.object({ type: z.string(), ...cardDetails }).nullish(),
});

export const paymentIntentSchema = z.object({
  id: z.string(),
  amount: z.int(),
  amount_received: z.int().nullish(),
  created: unixSeconds,
  currency,
  customer: customerOf,
  description: text,
  last_payment_error: z
    .object({
      code: text,
      decline_code: text,
      message: text,
      payment_method: paymentMethodSchema.nullish(),
    })
    .nullish(),
  latest_charge: z.union([z.string(), chargeSchema]).nullish(),
  metadata,
  payment_method: z.union([z.string(), paymentMethodSchema]).nullish(),
  status: z.string(),
});

export const disputeSchema = z.object({
  id: z.string(),
  amount: z.int(),
  created: unixSeconds,
  currency,
  reason: text,
  status: text,
});

export const refundSchema = z.object({
  id: z.string(),
  amount: z.int(),
  created: unixSeconds,
  currency,
  reason: text,
  status: text,
});

export const checkoutSessionSchema = z.object({
  id: z.string(),
  amount_total: z.int().nullish(),
  created: unixSeconds,
  currency: currency.nullish(),
  customer: customerOf,
  expires_at: unixSeconds,
  payment_intent: text,
  status: text,
  url: text,
});

export const lineSchema = z.object({
  id: z.string(),
  amount: z.int(),
  currency,
  description: text,
  // An integer without the decimals: https://docs.stripe.com/api/invoice-line-item/object
  quantity: z.int().nullish(),
  quantity_decimal: decimal.nullish(),
});

const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ data: wireList(item), has_more: z.boolean() });

/** Fractional cents are possible; then there is no `unit_amount`. */
const unitAmount = { unit_amount: z.int().nullish(), unit_amount_decimal: decimal.nullish() };

/** https://docs.stripe.com/api/prices/object#price_object-currency_options: only if expanded. */
export const priceSchema = z.object({
  currency,
  currency_options: z.record(currency, z.object(unitAmount)).nullish(),
  ...unitAmount,
});

export const subscriptionItemSchema = z.object({
  id: z.string(),
  current_period_end: unixSeconds.nullish(),
  current_period_start: unixSeconds.nullish(),
  price: z.object({
    id: text,
    currency,
    recurring: z.object({ interval: z.string(), interval_count: int32 }).nullish(),
    transform_quantity: z.object({ divide_by: int32 }).nullish(),
    ...unitAmount,
  }),
  quantity: z.int().nullish(),
  quantity_decimal: decimal.nullish(),
});

export const subscriptionSchema = z.object({
  id: z.string(),
  cancel_at: unixSeconds.nullish(),
  cancel_at_period_end: z.boolean(),
  canceled_at: unixSeconds.nullish(),
  created: unixSeconds,
  // The currency of the charge; an item's price can have another one.
  currency: currency.nullish(),
  customer: customerOf,
  items: listOf(subscriptionItemSchema),
  metadata,
  pause_collection: z.object({ resumes_at: unixSeconds.nullish() }).nullish(),
  start_date: unixSeconds,
  status: z.string(),
});

export const invoiceSchema = z.object({
  id: z.string(),
  amount_due: z.int(),
  amount_paid: z.int(),
  amount_remaining: z.int(),
  created: unixSeconds,
  currency,
  customer: customerOf,
  due_date: unixSeconds.nullish(),
  hosted_invoice_url: text,
  lines: listOf(lineSchema),
  metadata,
  number: text,
  parent: z
    .object({
      subscription_details: z
        .object({ subscription: z.union([z.string(), subscriptionSchema]).nullish() })
        .nullish(),
    })
    .nullish(),
  status: text,
  total: z.int(),
});

/** A list whose items are validated one by one, so that an invalid one fails alone. A search's response contains its next page. */
export const pageSchema = listOf(z.looseObject({ id: z.string() })).extend({ next_page: text });

/** A written record is read again by its id. */
export const writtenSchema = z.object({ id: z.string() });

export const errorSchema = z.object({
  error: z.object({ type: text, code: text, decline_code: text, param: text }),
});

export type WireCustomer = z.output<typeof customerSchema>;
export type WireLivingCustomer = z.output<typeof livingCustomerSchema>;
export type WireCharge = z.output<typeof chargeSchema>;
export type WireCardDetails = Pick<WirePaymentMethod, keyof typeof cardDetails>;
export type WirePaymentMethod = z.output<typeof paymentMethodSchema>;
export type WirePaymentIntent = z.output<typeof paymentIntentSchema>;
export type WireCheckoutSession = z.output<typeof checkoutSessionSchema>;
export type WireDispute = z.output<typeof disputeSchema>;
export type WirePrice = z.output<typeof priceSchema>;
export type WireRefund = z.output<typeof refundSchema>;
export type WireLine = z.output<typeof lineSchema>;
export type WireSubscription = z.output<typeof subscriptionSchema>;
export type WireSubscriptionItem = z.output<typeof subscriptionItemSchema>;
export type WireInvoice = z.output<typeof invoiceSchema>;
export type WirePage = z.output<typeof pageSchema>;
