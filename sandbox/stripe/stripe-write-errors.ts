import { minorUnits } from './stripe-currencies.ts';
import type { Decline } from './shapes/decline.ts';
import { StripeError } from './stripe-errors.ts';
import { textAt, type WireObject } from './stripe-json.ts';

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

export const otherCurrency = (param: string, actual: string, expected: string) =>
  new StripeError(400, {
    message: `The specified currency (${actual}) does not match the currency of the rest (${expected}).`,
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

/** https://docs.stripe.com/error-codes#amount-too-small */
export function tooSmallPayment(currency: string, least: number) {
  const digits = minorUnits(currency);
  return new StripeError(400, {
    code: 'amount_too_small',
    message: `Amount must convert to at least ${(least / 10 ** digits).toFixed(digits)} ${currency}.`,
    param: 'amount',
  });
}

/** A bank's no, with the payment that it was about: https://docs.stripe.com/error-codes#card-declined */
export const declined = (
  { code, declineCode, networkCode, message }: Decline,
  intent: WireObject,
) =>
  new StripeError(402, {
    type: 'card_error',
    code,
    message,
    more: {
      advice_code: 'try_again_later',
      charge: intent['latest_charge'] ?? null,
      decline_code: declineCode,
      network_decline_code: networkCode,
      payment_intent: intent,
    },
  });

/** The same of a first charge, of which nothing is kept. */
export const declinedPlan = ({ code, declineCode, networkCode, message }: Decline) =>
  new StripeError(402, {
    type: 'card_error',
    code,
    message,
    more: {
      advice_code: 'try_again_later',
      decline_code: declineCode,
      network_decline_code: networkCode,
    },
  });

/** https://docs.stripe.com/error-codes#payment-intent-unexpected-state */
const unexpectedState = (message: string, intent: WireObject) =>
  new StripeError(400, {
    code: 'payment_intent_unexpected_state',
    message,
    more: { payment_intent: intent },
  });

export const noMethodToConfirm = (intent: WireObject) =>
  unexpectedState(
    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
    intent,
  );

const PARTICIPLES = {
  cancel: 'canceled',
  capture: 'captured',
  confirm: 'confirmed',
  update: 'updated',
} as const;

export function wrongState(
  intent: WireObject,
  action: keyof typeof PARTICIPLES,
  allowed: readonly string[],
) {
  const status = textAt(intent, 'status');
  return unexpectedState(
    `You cannot ${action} this PaymentIntent because it has a status of ${status}. Only a PaymentIntent with one of the following statuses may be ${PARTICIPLES[action]}: ${allowed.join(', ')}.`,
    intent,
  );
}

export const overAuthorized = () =>
  new StripeError(400, {
    code: 'amount_too_large',
    message: 'The requested capture amount is greater than the authorized amount.',
    param: 'amount_to_capture',
  });

export const notDeletable = () =>
  new StripeError(400, {
    code: 'invoice_not_editable',
    message: 'You can only delete draft invoices.',
  });

export const deletedSubscriptionInvoice = () =>
  new StripeError(400, { message: "You can't delete invoices created by subscriptions." });

export const productWithPrices = () =>
  new StripeError(400, {
    message: 'This product cannot be deleted because it has one or more user-created prices.',
  });

export const notAttached = () =>
  new StripeError(400, {
    message:
      'The payment method you provided is not attached to a customer so detachment is impossible.',
  });

export const tooManyEndpoints = (most: number) =>
  new StripeError(400, {
    message: `You have reached the maximum of ${String(most)} test webhook endpoints.`,
  });

export const wrongEndpointUrl = () =>
  new StripeError(400, {
    code: 'url_invalid',
    message: 'Invalid URL: An explicit scheme (such as https) must be provided.',
    param: 'url',
  });

export const wrongEventType = (type: string, param: string) =>
  new StripeError(400, {
    message: `Invalid ${param}: ${type} is not the name of an event type.`,
    param,
  });

export const disputeClosed = () =>
  new StripeError(400, { message: 'This dispute is already closed.' });

export const priceOfOtherCurrency = (param: string, own: string, expected: string) =>
  new StripeError(400, {
    message: `The price specified only supports \`${own}\`. This doesn't match the expected currency: \`${expected}\`.`,
    param,
  });

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
