/**
 * The input fields of the parameters of a write. Parameters are written as in refusals, `line_items.*.quantity`
 * for `line_items[1][quantity]`, and fields as paths in the record. Nested parameters belong to their parent in the table.
 */
export type PartTable = Readonly<Record<string, string>>;

const linesAt = (lines: string): PartTable => ({
  [lines]: 'lines',
  [`${lines}.*`]: 'lines.*',
  [`${lines}.*.quantity`]: 'lines.*.quantity',
  [`${lines}.*.description`]: 'lines.*.description',
  [`${lines}.*.price_data.currency`]: 'lines.*.unitAmount.currency',
  [`${lines}.*.price_data.unit_amount`]: 'lines.*.unitAmount.amount',
  [`${lines}.*.price_data.product_data`]: 'lines.*.description',
});

export const CHECKOUT_PARTS: PartTable = {
  customer: 'billingAccountId',
  success_url: 'successUrl',
  cancel_url: 'cancelUrl',
  ...linesAt('line_items'),
  // The sum of all lines, if the refusal names no parameter.
  amount: 'lines',
};

/** Stripe names the invoice in the path `invoice` or `id`. */
export const INVOICE_PARTS: PartTable = {
  id: 'invoiceId',
  invoice: 'invoiceId',
  customer: 'billingAccountId',
  due_date: 'dueOn',
  description: 'description',
  currency: 'lines.0.unitAmount.currency',
  ...linesAt('lines'),
  amount: 'lines',
};

export const REFUND_PARTS: PartTable = {
  payment_intent: 'paymentId',
  charge: 'paymentId',
  amount: 'amount',
  reason: 'reason',
};

export const ACCOUNT_PARTS: PartTable = {
  name: 'name',
  email: 'email',
  phone: 'phone',
  description: 'description',
  address: 'address',
  'address.line1': 'address.line1',
  'address.line2': 'address.line2',
  'address.city': 'address.city',
  'address.state': 'address.region',
  'address.postal_code': 'address.postalCode',
  'address.country': 'address.countryCode',
};

export const PLAN_PARTS: PartTable = {
  customer: 'billingAccountId',
  days_until_due: 'daysUntilDue',
  items: 'items',
  'items.*': 'items.*',
  'items.*.quantity': 'items.*.quantity',
  'items.*.price_data.currency': 'items.*.unitAmount.currency',
  'items.*.price_data.unit_amount': 'items.*.unitAmount.amount',
  'items.*.price_data.recurring.interval': 'items.*.interval',
  'items.*.price_data.recurring.interval_count': 'items.*.intervalCount',
  // The name of an item's product.
  name: 'items',
  amount: 'items',
};

export const CANCELLATION_PARTS: PartTable = {
  id: 'recurringPlanId',
  subscription: 'recurringPlanId',
};
