import { minorUnits } from './stripe-currencies.ts';
import { StripeError } from './stripe-errors.ts';

/** Refusals of writes whose parameters are right, in Stripe's words where they are known. */

export const noPaymentMethod = () =>
  new StripeError(400, {
    code: 'resource_missing',
    message:
      'This customer has no attached payment source or default payment method. Please consider adding a default payment method. For more information, visit https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.',
  });

export const combinedCurrencies = (currency: string) =>
  new StripeError(400, {
    message: `You cannot combine currencies on a single customer. This customer has an active subscription, subscription schedule, discount, quote, invoice item or active subscription mode checkout session with currency ${currency}.`,
  });

export const otherCurrency = (param: string, given: string, wanted: string) =>
  new StripeError(400, {
    message: `The specified currency (${given}) does not match the currency of the rest (${wanted}).`,
    param,
  });

export function tooSmall(currency: string, least: number) {
  const digits = minorUnits(currency);
  const amount = new Intl.NumberFormat('en-US', {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
  }).format(least / 10 ** digits);
  return new StripeError(400, {
    code: 'amount_too_small',
    message: `The Checkout Session's total amount due must add up to at least ${amount} ${currency}`,
  });
}

export const notAUrl = (param: string) =>
  new StripeError(400, { code: 'url_invalid', message: 'Not a valid URL', param });

export const productNeeded = () =>
  new StripeError(400, {
    message: 'You must specify either `product` or `product_data` when creating a price.',
  });

export const oneOfTwo = (param: string, first: string, second: string) =>
  new StripeError(400, {
    message: `You may only specify one of these parameters: ${first}, ${second}.`,
    param,
  });

export const noDueDate = () =>
  new StripeError(400, {
    message:
      "If invoice collection method is 'send_invoice', you must specify 'due_date' or 'days_until_due'.",
  });

export const dueDateOfCharge = () =>
  new StripeError(400, {
    message:
      "You can only specify 'due_date' or 'days_until_due' if invoice collection method is 'send_invoice'.",
  });

export const notEditable = () =>
  new StripeError(400, {
    code: 'invoice_not_editable',
    message: 'Invalid invoice: This invoice is no longer editable',
  });

export const finalizedBefore = () =>
  new StripeError(400, {
    message: "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
  });

export const notOpen = () =>
  new StripeError(400, { message: "You can only pass in open invoices. This invoice isn't open." });

export const paidBefore = () =>
  new StripeError(400, { message: 'Invoices with `paid` payments cannot be voided.' });

export const notSendable = () =>
  new StripeError(400, {
    message:
      'This invoice cannot be sent right now. Please contact us via https://support.stripe.com/contact with details, so we can help.',
  });

export const chargedInvoice = () =>
  new StripeError(400, {
    message: "You can only manually send an invoice if its collection method is 'send_invoice'.",
  });

export const canceledBefore = () =>
  new StripeError(400, {
    message: 'A canceled subscription can only update its cancellation_details and metadata.',
  });

export const onlyPayments = () =>
  new StripeError(400, {
    message: "The sandbox supports checkout in mode 'payment' only.",
    param: 'mode',
  });
