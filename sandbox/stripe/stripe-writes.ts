import { missingParameter, noSuch, outOfBounds, StripeError } from './stripe-errors.ts';
import { expand, readExpansions } from './stripe-expand.ts';
import { readInteger } from './stripe-filters.ts';
import { type Params, textOf, valuesOf } from './stripe-form.ts';
import { shortId } from './stripe-ids.ts';
import type { JsonObject, Kind, WireObject } from './stripe-json.ts';
import { refuseUnknown } from './stripe-lists.ts';
import { refund } from './stripe-refunding.ts';
import { toCustomer } from './shapes/customer.ts';
import type { Store } from './stripe-store.ts';

/** What a write needs besides its parameters. */
interface WriteContext {
  readonly store: Store;
  /** Unique among all writes. */
  readonly key: string;
  /** Seconds since 1970. */
  readonly now: number;
}

export type Write = (params: Params, context: WriteContext) => JsonObject;

/** What can be written, by path. */
export const WRITES: Readonly<Record<string, Write>> = { '/v1/customers': createCustomer, '/v1/refunds': createRefund };

const CUSTOMER_PARAMS = ['address', 'description', 'email', 'expand', 'metadata', 'name', 'phone'];

function createCustomer(params: Params, { store, key, now }: WriteContext): JsonObject {
  refuseUnknown(params, CUSTOMER_PARAMS);
  const expansions = readExpansions('customer', valuesOf(params['expand']));
  const customer = toCustomer({
    id: shortId('cus', key),
    created: now,
    name: optionalText(params, 'name'),
    email: optionalText(params, 'email'),
    phone: optionalText(params, 'phone'),
    address: readAddress(params['address']),
    description: optionalText(params, 'description'),
    metadata: readMetadata(params['metadata']),
  });
  store.put(customer);
  return expand(customer, expansions, store);
}

const REFUND_PARAMS = ['amount', 'charge', 'expand', 'metadata', 'payment_intent', 'reason'];

function createRefund(params: Params, { store, key, now }: WriteContext): JsonObject {
  refuseUnknown(params, REFUND_PARAMS);
  const expansions = readExpansions('refund', valuesOf(params['expand']));
  const charge = findCharge(params, store);
  const [after, given, ...balance] = refund(charge, {
    key,
    created: now,
    amount: readAmount(optionalText(params, 'amount'), charge),
    reason: optionalText(params, 'reason'),
    metadata: readMetadata(params['metadata']),
    status: 'succeeded',
  });
  store.put(after, given, ...balance);
  return expand(given, expansions, store);
}

function findCharge(params: Params, store: Store): WireObject {
  const chargeId = optionalText(params, 'charge');
  if (chargeId !== null) return findNamed('charge', chargeId, 'charge', store);
  const intentId = optionalText(params, 'payment_intent');
  if (intentId === null) throw missingParameter('payment_intent');
  const intent = findNamed('payment_intent', intentId, 'payment_intent', store);
  const latest = intent['latest_charge'];
  const charge = typeof latest === 'string' ? store.find('charge', latest) : undefined;
  if (charge?.['status'] === 'succeeded') return charge;
  throw new StripeError(400, { message: `This PaymentIntent (${intentId}) does not have a successful charge to refund.` });
}

function findNamed(kind: Kind, id: string, param: string, store: Store): WireObject {
  const found = store.find(kind, id);
  if (found === undefined) throw noSuch(kind, id, param);
  return found;
}

function readAmount(given: string | null, charge: WireObject): number {
  const left = Number(charge['amount']) - Number(charge['amount_refunded']);
  if (left === 0) {
    throw new StripeError(400, { code: 'charge_already_refunded', message: `Charge ${charge.id} has already been refunded.` });
  }
  const amount = given === null ? left : readInteger(given, 'amount');
  if (amount < 1) throw outOfBounds('amount', 'greater than or equal to 1');
  if (amount <= left) return amount;
  const message = `Refund amount (${String(amount)}) is greater than unrefunded amount on charge (${String(left)})`;
  throw new StripeError(400, { message, param: 'amount' });
}

function optionalText(params: Params, name: string): string | null {
  const value = params[name];
  return value === undefined || value === '' ? null : textOf(value, name);
}

function readMetadata(param: string | Params | undefined): JsonObject {
  if (typeof param !== 'object') return {};
  return Object.fromEntries(Object.entries(param).map(([name, value]) => [name, textOf(value, `metadata[${name}]`)]));
}

function readAddress(param: string | Params | undefined): JsonObject | null {
  if (typeof param !== 'object') return null;
  const names = ['city', 'country', 'line1', 'line2', 'postal_code', 'state'];
  return Object.fromEntries(names.map((name) => [name, optionalText(param, name)]));
}
