import { unknownUrl } from './stripe-errors.ts';
import type { Write } from './stripe-write-context.ts';
import { createCheckoutSession } from './writes/checkout-sessions.ts';
import {
  createCustomer,
  createCustomerBalanceTransaction,
  deleteCustomer,
  updateCustomer,
} from './writes/customers.ts';
import { closeDispute, updateDispute } from './writes/disputes.ts';
import { deleteInvoice, updateInvoice } from './writes/invoice-changes.ts';
import { createInvoiceItem } from './writes/invoice-items.ts';
import { finalizeInvoice, sendInvoice, voidInvoiceOf } from './writes/invoice-transitions.ts';
import { addInvoiceLines, createInvoice } from './writes/invoices.ts';
import {
  cancelPaymentIntent,
  capturePaymentIntent,
  confirmPaymentIntent,
  createPaymentIntent,
  updatePaymentIntent,
} from './writes/payment-intents.ts';
import { attachPaymentMethod, detachPaymentMethod } from './writes/payment-methods.ts';
import { createPrice, updatePrice } from './writes/prices.ts';
import { createProduct, deleteProduct, updateProduct } from './writes/products.ts';
import { createRefund } from './writes/refunds.ts';
import { cancelSubscription, updateSubscription } from './writes/subscription-changes.ts';
import { createSubscription } from './writes/subscriptions.ts';
import {
  createWebhookEndpoint,
  deleteWebhookEndpoint,
  updateWebhookEndpoint,
} from './writes/webhook-endpoints.ts';

/** What can be written. */
const ROUTES: Readonly<Record<string, Write>> = {
  'POST /v1/checkout/sessions': createCheckoutSession,
  'POST /v1/customers': createCustomer,
  'POST /v1/customers/{id}': updateCustomer,
  'DELETE /v1/customers/{id}': deleteCustomer,
  'POST /v1/customers/{id}/balance_transactions': createCustomerBalanceTransaction,
  'POST /v1/disputes/{id}': updateDispute,
  'POST /v1/disputes/{id}/close': closeDispute,
  'POST /v1/invoiceitems': createInvoiceItem,
  'POST /v1/invoices': createInvoice,
  'POST /v1/invoices/{id}': updateInvoice,
  'DELETE /v1/invoices/{id}': deleteInvoice,
  'POST /v1/invoices/{id}/add_lines': addInvoiceLines,
  'POST /v1/invoices/{id}/finalize': finalizeInvoice,
  'POST /v1/invoices/{id}/send': sendInvoice,
  'POST /v1/invoices/{id}/void': voidInvoiceOf,
  'POST /v1/payment_intents': createPaymentIntent,
  'POST /v1/payment_intents/{id}': updatePaymentIntent,
  'POST /v1/payment_intents/{id}/cancel': cancelPaymentIntent,
  'POST /v1/payment_intents/{id}/capture': capturePaymentIntent,
  'POST /v1/payment_intents/{id}/confirm': confirmPaymentIntent,
  'POST /v1/payment_methods/{id}/attach': attachPaymentMethod,
  'POST /v1/payment_methods/{id}/detach': detachPaymentMethod,
  'POST /v1/prices': createPrice,
  'POST /v1/prices/{id}': updatePrice,
  'POST /v1/products': createProduct,
  'POST /v1/products/{id}': updateProduct,
  'DELETE /v1/products/{id}': deleteProduct,
  'POST /v1/refunds': createRefund,
  'POST /v1/subscriptions': createSubscription,
  'POST /v1/subscriptions/{id}': updateSubscription,
  'DELETE /v1/subscriptions/{id}': cancelSubscription,
  'POST /v1/webhook_endpoints': createWebhookEndpoint,
  'POST /v1/webhook_endpoints/{id}': updateWebhookEndpoint,
  'DELETE /v1/webhook_endpoints/{id}': deleteWebhookEndpoint,
};

export interface WriteRoute {
  readonly act: Write;
  /** The path with names in place of ids. */
  readonly template: string;
  /** The id in the path; empty where it has none. */
  readonly id: string;
}

/** @throws {StripeError} where nothing is written there. */
export function findWrite(method: string, path: string): WriteRoute {
  const whole = Object.hasOwn(ROUTES, `${method} ${path}`)
    ? ROUTES[`${method} ${path}`]
    : undefined;
  if (whole !== undefined) return { act: whole, template: path, id: '' };
  const [, collection = '', id = '', below = ''] =
    /^(\/v1\/[a-z_]+)\/([^/{}]+)(\/[a-z_]+)?$/.exec(path) ?? [];
  const template = `${collection}/{id}${below}`;
  const act = ROUTES[`${method} ${template}`];
  if (act === undefined) throw unknownUrl(method, path);
  return { act, template, id };
}
