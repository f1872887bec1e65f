/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

/** Stored object types that can be read by id, by the name in their field `object`. */
export type Kind =
  | 'balance_transaction'
  | 'charge'
  | 'checkout.session'
  | 'customer'
  | 'dispute'
  | 'event'
  | 'invoice'
  | 'invoice_payment'
  | 'invoiceitem'
  | 'payment_intent'
  | 'payment_method'
  | 'price'
  | 'product'
  | 'refund'
  | 'subscription'
  | 'webhook_endpoint';

/** An object as it is answered, references being ids. Times are seconds since 1970. */
export interface WireObject extends JsonObject {
  readonly id: string;
  readonly object: Kind;
  readonly created: number;
}

/** A field that holds text on every object of its kind. */
export function textAt(object: JsonObject, field: string): string {
  const value = object[field];
  if (typeof value !== 'string')
    throw new TypeError(`${field} must hold text, but holds ${JSON.stringify(value)}`);
  return value;
}
