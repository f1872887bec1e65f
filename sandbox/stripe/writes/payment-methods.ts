import { declineOf, methodNamed } from '../stripe-charging.ts';
import type { WireObject } from '../stripe-json.ts';
import { findNamed, keep, type Write } from '../stripe-write-context.ts';
import { declinedPlan } from '../stripe-write-errors.ts';

/** `POST /v1/payment_methods/{id}/attach`: a card that the bank says no to is not attached, but for the one that fails later. */
export const attachPaymentMethod: Write = (params, context) => {
  params.refuseUnknown(['customer', 'expand']);
  const customer = findNamed('customer', params.requiredText('customer'), 'customer', context);
  const { method } = methodNamed(context.id, 'payment_method', context);
  const decline = declineOf(method, false);
  if (decline !== null && context.id !== 'pm_card_chargeCustomerFail') throw declinedPlan(decline);
  const attached: WireObject = { ...method, customer: customer.id };
  return keep(params, context, attached);
};
