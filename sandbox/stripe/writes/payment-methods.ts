import { declineOf, methodNamed } from '../stripe-charging.ts';
import type { JsonObject, WireObject } from '../stripe-json.ts';
import { findInPath, findNamed, save, type Write } from '../stripe-write-context.ts';
import { declinedPlan, notAttached } from '../stripe-write-errors.ts';

/** `POST /v1/payment_methods/{id}/attach`: a declined card is not attached, except the test card that fails later. */
export const attachPaymentMethod: Write = (params, context) => {
  params.refuseUnknown(['customer', 'expand']);
  const customer = findNamed('customer', params.requiredText('customer'), 'customer', context);
  const { method } = methodNamed(context.id, 'payment_method', context);
  const decline = declineOf(method, false);
  if (decline !== null && context.id !== 'pm_card_chargeCustomerFail') throw declinedPlan(decline);
  const attached: WireObject = { ...method, customer: customer.id };
  return save(params, context, attached);
};

/** `POST /v1/payment_methods/{id}/detach`: it can never be attached again, and is no customer's default any more. */
export const detachPaymentMethod: Write = (params, context) => {
  params.refuseUnknown(['expand']);
  const method = findInPath('payment_method', 'payment_method', context);
  const owner = method['customer'];
  if (typeof owner !== 'string') throw notAttached();
  const customer = context.store.find('customer', owner);
  const settings = customer?.['invoice_settings'] as JsonObject | undefined; // An object always.
  const isDefault = settings?.['default_payment_method'] === method.id;
  const after: readonly WireObject[] =
    customer === undefined || !isDefault
      ? []
      : [{ ...customer, invoice_settings: { ...settings, default_payment_method: null } }];
  return save(params, context, { ...method, customer: null }, ...after);
};
