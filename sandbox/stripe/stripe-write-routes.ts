import { unknownUrl } from './stripe-errors.ts';
import type { Write } from './stripe-write-context.ts';
import { createCheckoutSession } from './writes/checkout-sessions.ts';
import { createCustomer } from './writes/customers.ts';
import { createInvoiceItem } from './writes/invoice-items.ts';
import { finalizeInvoice, sendInvoice, voidInvoiceOf } from './writes/invoice-transitions.ts';
import { addInvoiceLines, createInvoice } from './writes/invoices.ts';
import { createProduct } from './writes/products.ts';
import { createRefund } from './writes/refunds.ts';
import { cancelSubscription, updateSubscription } from './writes/subscription-changes.ts';
import { createSubscription } from './writes/subscriptions.ts';

/** What can be written. */
const ROUTES: Readonly<Record<string, Write>> = {
  'POST /v1/checkout/sessions': createCheckoutSession,
  'POST /v1/customers': createCustomer,
  'POST /v1/invoiceitems': createInvoiceItem,
  'POST /v1/invoices': createInvoice,
  'POST /v1/invoices/{id}/add_lines': addInvoiceLines,
  'POST /v1/invoices/{id}/finalize': finalizeInvoice,
  'POST /v1/invoices/{id}/send': sendInvoice,
  'POST /v1/invoices/{id}/void': voidInvoiceOf,
  'POST /v1/products': createProduct,
  'POST /v1/refunds': createRefund,
  'POST /v1/subscriptions': createSubscription,
  'POST /v1/subscriptions/{id}': updateSubscription,
  'DELETE /v1/subscriptions/{id}': cancelSubscription,
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
