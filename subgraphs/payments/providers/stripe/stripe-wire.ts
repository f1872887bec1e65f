import { z } from 'zod';
import { wireList } from '../../../../upstream/wire.ts';

/**
 * What is read of Stripe's objects, as of the pinned version (https://docs.stripe.com/api). Unknown keys are dropped, so
 * nothing that is not named here, least of all of a card, gets any further. Only what Stripe always sends is required.
 */

const text = z.string().nullish();
/** Characters: at most 12 decimals, https://docs.stripe.com/api/prices/object#price_object-unit_amount_decimal */
const MAX_DECIMAL = 40;
/** Up to the last second that RFC 3339 can write, the end of the year 9999. */
const unixSeconds = z.int().min(0, { abort: true }).max(253_402_300_799, { abort: true });
const currency = z.string().regex(/^[a-z]{3}$/i, { abort: true });

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
  email: text,
  name: text,
  phone: text,
});

const deletedCustomerSchema = z.object({ id: z.string(), deleted: z.literal(true) });

export const customerSchema = z.union([deletedCustomerSchema, livingCustomerSchema]);

/** Its id, or the customer where `expand` asked for it. */
const customerOf = z.union([z.string(), customerSchema]).nullish();

const cardSchema = z.object({
  brand: text,
  last4: text,
  exp_month: z.int().nullish(),
  exp_year: z.int().nullish(),
});

export const paymentMethodSchema = z.object({
  id: z.string(),
  type: z.string(),
  card: cardSchema.nullish(),
  created: unixSeconds,
});

export const chargeSchema = z.object({
  amount_refunded: z.int(),
  currency,
  payment_method: text,
  payment_method_details: z.object({ type: z.string(), card: cardSchema.nullish() }).nullish(),
});

export const paymentIntentSchema = z.object({
  id: z.string(),
  amount: z.int(),
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
  payment_method: z.union([z.string(), paymentMethodSchema]).nullish(),
  status: z.string(),
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
  quantity: z.int().nullish(),
});

const listOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ data: wireList(item), has_more: z.boolean() });

export const subscriptionItemSchema = z.object({
  id: z.string(),
  current_period_end: unixSeconds.nullish(),
  current_period_start: unixSeconds.nullish(),
  price: z.object({
    currency,
    recurring: z.object({ interval: z.string(), interval_count: z.int() }).nullish(),
    unit_amount: z.int().nullish(),
    // A number of cents may have decimals; then there is no `unit_amount`.
    unit_amount_decimal: z
      .string()
      .max(MAX_DECIMAL, { abort: true })
      .regex(/^-?\d+(\.\d+)?$/, { abort: true })
      .nullish(),
  }),
  quantity: z.int().nullish(),
});

export const subscriptionSchema = z.object({
  id: z.string(),
  cancel_at_period_end: z.boolean(),
  canceled_at: unixSeconds.nullish(),
  created: unixSeconds,
  customer: customerOf,
  items: listOf(subscriptionItemSchema),
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

/** A list whose items are read one by one, so that a strange one takes only its own place. */
export const pageSchema = listOf(z.looseObject({ id: z.string() }));

/** What was written is read anew, by its id. */
export const writtenSchema = z.object({ id: z.string() });

export const errorSchema = z.object({
  error: z.object({ type: text, code: text, decline_code: text, param: text }),
});

export type WireCustomer = z.output<typeof customerSchema>;
export type WireLivingCustomer = z.output<typeof livingCustomerSchema>;
export type WireCharge = z.output<typeof chargeSchema>;
export type WireCard = z.output<typeof cardSchema>;
export type WirePaymentMethod = z.output<typeof paymentMethodSchema>;
export type WirePaymentIntent = z.output<typeof paymentIntentSchema>;
export type WireCheckoutSession = z.output<typeof checkoutSessionSchema>;
export type WireRefund = z.output<typeof refundSchema>;
export type WireLine = z.output<typeof lineSchema>;
export type WireSubscription = z.output<typeof subscriptionSchema>;
export type WireSubscriptionItem = z.output<typeof subscriptionItemSchema>;
export type WireInvoice = z.output<typeof invoiceSchema>;
export type WirePage = z.output<typeof pageSchema>;
