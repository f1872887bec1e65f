import { toCustomer } from '../shapes/customer.ts';
import { shortId } from '../stripe-ids.ts';
import type { JsonObject } from '../stripe-json.ts';
import type { ParamReader } from '../stripe-param-reader.ts';
import { keep, type Write } from '../stripe-write-context.ts';

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
  return keep(params, context, customer);
};

function readAddress(address: ParamReader | null): JsonObject | null {
  if (address === null) return null;
  const names = ['city', 'country', 'line1', 'line2', 'postal_code', 'state'];
  return Object.fromEntries(names.map((name) => [name, address.text(name)]));
}
