import type { Part } from './stripe-expandable.ts';
import { ACCOUNT_ID } from './stripe-ids.ts';
import type { JsonObject, Kind } from './stripe-json.ts';

interface ErrorFields {
  readonly message: string;
  readonly type?: 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error';
  readonly code?: string;
  readonly param?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly isValidation?: boolean;
  /** What else the error holds. */
  readonly more?: JsonObject;
}

/** What goes wrong with a request, in Stripe's words: https://docs.stripe.com/error-codes */
export class StripeError extends Error {
  override readonly name = 'StripeError';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether the parameters are wrong in themselves, so that nothing was begun. */
  readonly isValidation: boolean;
  readonly #fields: ErrorFields;

  constructor(status: number, fields: ErrorFields) {
    super(fields.message);
    this.status = status;
    this.headers = fields.headers ?? {};
    this.isValidation = fields.isValidation ?? false;
    this.#fields = fields;
  }

  /** The answer's `error`. Requests that are not let in get no link to a log. */
  toWire(logUrl: string | null) {
    const { message, type = 'invalid_request_error', code, param, more } = this.#fields;
    return {
      ...more,
      ...(code !== undefined && {
        code,
        doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`,
      }),
      message,
      ...(param !== undefined && { param }),
      ...(logUrl !== null && { request_log_url: logUrl }),
      type,
    };
  }
}

const DOCS =
  'See https://stripe.com/docs/api#authentication for details, or we can help at https://support.stripe.com/.';

export const missingKey = () =>
  new StripeError(401, {
    message: `You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). ${DOCS}`,
    headers: { 'www-authenticate': 'Basic realm="Stripe"' },
  });

/** Says of the key what Stripe says: its kind and its last four characters. */
export const wrongKey = (key: string) =>
  new StripeError(401, { message: `Invalid API Key provided: ${masked(key)}` });

/** What was revoked or rolled in the dashboard: https://docs.stripe.com/error-codes#api-key-expired */
export const expiredKey = (key: string) =>
  new StripeError(401, {
    code: 'api_key_expired',
    message: `Expired API Key provided: ${masked(key)}`,
  });

export const missingPermission = (key: string, permission: string) =>
  new StripeError(403, {
    message: `The provided key '${masked(key)}' does not have the required permissions for this endpoint on account '${ACCOUNT_ID}'. Having the '${permission}' permission would allow this request to continue.`,
  });

const masked = (key: string) =>
  `${key.slice(0, 8)}${'*'.repeat(Math.max(0, key.length - 12))}${key.slice(-4)}`;

export const wrongVersion = (version: string) =>
  new StripeError(400, { message: `Invalid Stripe API version: ${version}` });

export const unknownUrl = (method: string, path: string) =>
  new StripeError(404, {
    message: `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/.`,
  });

/** https://docs.stripe.com/rate-limits */
export const tooMany = (reason: 'global-rate' | 'endpoint-rate' = 'global-rate') =>
  new StripeError(429, {
    code: 'rate_limit',
    message:
      'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.',
    headers: { 'stripe-rate-limited-reason': reason, 'stripe-should-retry': 'true' },
  });

/** Of an account in India: https://docs.stripe.com/search#regional-availability */
export const noSearch = () =>
  new StripeError(400, {
    message: 'The search feature is temporarily unavailable in your region.',
  });

export const internal = () =>
  new StripeError(500, { type: 'api_error', message: 'An unknown error occurred.' });

export const missingParameter = (param: string) =>
  new StripeError(400, {
    isValidation: true,
    code: 'parameter_missing',
    message: `Missing required param: ${param}.`,
    param,
  });

export function unknownParameters(names: readonly [string, ...string[]]) {
  const message = `Received unknown parameter${names.length > 1 ? 's' : ''}: ${names.join(', ')}`;
  return new StripeError(400, {
    isValidation: true,
    code: 'parameter_unknown',
    message,
    param: names[0],
  });
}

export const emptyParameter = (param: string) =>
  new StripeError(400, {
    isValidation: true,
    code: 'parameter_invalid_empty',
    message: `You passed an empty string for '${param}'. We assume empty values are an attempt to unset a field; however '${param}' cannot be unset. You should remove '${param}' from your request or supply a non-empty value.`,
    param,
  });

export const notAnInteger = (param: string, value: string) =>
  new StripeError(400, {
    isValidation: true,
    code: 'parameter_invalid_integer',
    message: `Invalid integer: ${value}`,
    param,
  });

export const notABoolean = (param: string, value: string) =>
  new StripeError(400, { isValidation: true, message: `Invalid boolean: ${value}`, param });

export const notText = (param: string, value: string) =>
  new StripeError(400, { isValidation: true, message: `Invalid string: ${value}`, param });

export const outOfBounds = (param: string, bound: string) =>
  new StripeError(400, {
    isValidation: true,
    code: 'parameter_invalid_integer',
    message: `This value must be ${bound}.`,
    param,
  });

export function notAChoice(param: string, choices: readonly string[]) {
  return new StripeError(400, {
    isValidation: true,
    message: `Invalid ${param}: must be one of ${choices.slice(0, -1).join(', ')}, or ${choices.at(-1) ?? ''}`,
    param,
  });
}

export const tooManyValues = (param: string, most: number) =>
  new StripeError(400, {
    isValidation: true,
    message: `Invalid array: ${param} can have at most ${String(most)} values.`,
    param,
  });

export const wrongCurrency = (code: string, supported: readonly string[], param: string) =>
  new StripeError(400, {
    isValidation: true,
    message: `Invalid currency: ${code}. Stripe currently supports these currencies: ${supported.join(', ')}`,
    param,
  });

/** https://docs.stripe.com/error-low-level#idempotency */
export const keyInUse = (key: string) =>
  new StripeError(409, {
    code: 'idempotency_key_in_use',
    message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}. Please try again later.`,
    headers: { 'stripe-should-retry': 'true' },
  });

export const notExpandable = (path: string, hint = '') =>
  new StripeError(400, { message: `This property cannot be expanded (${path}).${hint}` });

export const tooDeep = (path: string) =>
  new StripeError(400, {
    message: `You cannot expand more than 4 levels of a property (${path}).`,
  });

/** How messages name a kind, and which parameter is to blame where the id was part of the path. */
const NAMES: Record<Kind | Part, { readonly name: string; readonly param: string }> = {
  balance_transaction: { name: 'balance transaction', param: 'id' },
  charge: { name: 'charge', param: 'charge' },
  'checkout.session': { name: 'checkout.session', param: 'session' },
  customer: { name: 'customer', param: 'id' },
  dispute: { name: 'dispute', param: 'dispute' },
  event: { name: 'event', param: 'id' },
  invoice: { name: 'invoice', param: 'invoice' },
  invoice_payment: { name: 'invoice payment', param: 'invoice_payment' },
  invoiceitem: { name: 'Invoice Item', param: 'id' },
  item: { name: 'line item', param: 'id' },
  line_item: { name: 'invoice line item', param: 'id' },
  payment_intent: { name: 'payment_intent', param: 'intent' },
  payment_method: { name: 'PaymentMethod', param: 'payment_method' },
  plan: { name: 'plan', param: 'plan' },
  price: { name: 'price', param: 'price' },
  product: { name: 'product', param: 'id' },
  refund: { name: 'refund', param: 'refund' },
  subscription: { name: 'subscription', param: 'id' },
  subscription_item: { name: 'subscription item', param: 'id' },
  webhook_endpoint: { name: 'webhook endpoint', param: 'webhook_endpoint' },
};

const ELSEWHERE =
  "; It's possible this PaymentMethod exists on one of your connected accounts, in which case you should retry this request on that connected account. Learn more at https://stripe.com/docs/connect/authentication";

/** What is not there: status 404 where the path named it, 400 where a parameter did. @default named by the path */
export function noSuch(
  kind: Kind | Part,
  id: string,
  named: { readonly param?: string; readonly status: 400 | 404 } = { status: 404 },
) {
  const message = `No such ${NAMES[kind].name}: '${id}'${kind === 'payment_method' ? ELSEWHERE : ''}`;
  return new StripeError(named.status, {
    code: 'resource_missing',
    message,
    param: named.param ?? NAMES[kind].param,
  });
}
