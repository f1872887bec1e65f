import { toCustomer } from '../shapes/customer.ts';
import { readCurrency } from '../stripe-currencies.ts';
import { longId, shortId } from '../stripe-ids.ts';
import { noSuch } from '../stripe-errors.ts';
import type { JsonObject, WireObject } from '../stripe-json.ts';
import type { ParamReader } from '../stripe-param-reader.ts';
import {
  findInPath,
  findNamed,
  save,
  mergedMetadata,
  type Write,
} from '../stripe-write-context.ts';

/** `POST /v1/customers` */
export const createCustomer: Write = (params, context) => {
  params.refuseUnknown(['address', 'description', 'email', 'expand', 'metadata', 'name', 'phone']);
  const customer = toCustomer({
    id: shortId('cus', context.key),
    created: context.now,
    name: params.text('name'),
    email: params.text('email'),
    phone: params.text('phone'),
    address: readAddress(params.inner('address')),
    description: params.text('description'),
    metadata: params.metadata(),
  });
  return save(params, context, customer);
};

/** `POST /v1/customers/{id}` */
export const updateCustomer: Write = (params, context) => {
  params.refuseUnknown([
    'address',
    'balance',
    'description',
    'email',
    'expand',
    'invoice_settings',
    'metadata',
    'name',
    'phone',
  ]);
  const settings = params.inner('invoice_settings');
  settings?.refuseUnknown(['default_payment_method', 'footer']);
  const balance = params.integer('balance');
  const customer = findInPath('customer', 'id', context);
  if (customer['deleted'] === true)
    throw noSuch('customer', context.id, { param: 'id', status: 404 });
  const payingBy = settings?.text('default_payment_method') ?? null;
  if (payingBy !== null)
    findNamed('payment_method', payingBy, 'invoice_settings[default_payment_method]', context);
  const texts = ['name', 'email', 'phone', 'description'].filter((name) => params.has(name));
  const after: WireObject = {
    ...customer,
    ...Object.fromEntries(texts.map((name) => [name, params.text(name)])),
    ...(params.has('address') && { address: readAddress(params.inner('address')) }),
    // A balance is in the customer's currency, which is then the account's own.
    ...(balance !== null && { balance, currency: customer['currency'] ?? 'usd' }),
    ...(settings !== null && {
      invoice_settings: {
        ...(customer['invoice_settings'] as JsonObject), // An object always.
        ...(settings.has('default_payment_method') && { default_payment_method: payingBy }),
        ...(settings.has('footer') && { footer: settings.text('footer') }),
      },
    }),
    metadata: mergedMetadata(customer, params),
  };
  return save(params, context, after);
};

/** `DELETE /v1/customers/{id}`: its subscriptions end at once. */
export const deleteCustomer: Write = (params, context) => {
  params.refuseUnknown([]);
  const customer = findInPath('customer', 'id', context);
  if (customer['deleted'] === true)
    throw noSuch('customer', context.id, { param: 'id', status: 404 });
  const ended = context.store
    .all('subscription')
    .filter((one) => one['customer'] === customer.id && one['ended_at'] === null)
    .map((one): WireObject => ({
      ...one,
      cancel_at: null,
      cancel_at_period_end: false,
      canceled_at: one['canceled_at'] ?? context.now,
      ended_at: context.now,
      status: 'canceled',
    }));
  context.store.put({ ...customer, deleted: true }, ...ended);
  return { id: customer.id, object: 'customer', deleted: true };
};

/** `POST /v1/customers/{id}/balance_transactions`: https://docs.stripe.com/billing/customer/balance */
export const createCustomerBalanceTransaction: Write = (params, context) => {
  params.refuseUnknown(['amount', 'currency', 'description', 'expand', 'metadata']);
  const amount = params.requiredInteger('amount');
  const currency = readCurrency(params.requiredText('currency'), 'currency');
  const customer = findInPath('customer', 'customer', context);
  const own = customer['currency'] ?? currency;
  const credits = { ...(customer['invoice_credit_balance'] as JsonObject | undefined) }; // Of amounts, where there is one.
  const ending =
    (currency === own ? Number(customer['balance']) : 0 - Number(credits[currency] ?? 0)) + amount;
  context.store.put({
    ...customer,
    currency: own,
    ...(currency === own
      ? { balance: ending }
      : { invoice_credit_balance: { ...credits, [currency]: 0 - ending } }),
  });
  return {
    id: longId('cbtxn', context.key),
    object: 'customer_balance_transaction',
    amount,
    checkout_session: null,
    created: context.now,
    credit_note: null,
    currency,
    customer: customer.id,
    customer_account: null,
    description: params.text('description'),
    ending_balance: ending,
    invoice: null,
    livemode: false,
    metadata: params.metadata(),
    type: 'adjustment',
  };
};

function readAddress(address: ParamReader | null): JsonObject | null {
  if (address === null) return null;
  const names = ['city', 'country', 'line1', 'line2', 'postal_code', 'state'];
  return Object.fromEntries(names.map((name) => [name, address.text(name)]));
}
