import type { JsonObject, WireObject } from '../stripe-json.ts';
import { token } from '../stripe-ids.ts';

export interface CustomerFacts {
  readonly id: string;
  readonly created: number;
  readonly name: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  readonly address: JsonObject | null;
  readonly description: string | null;
  readonly metadata: JsonObject;
}

export function toCustomer(facts: CustomerFacts): WireObject {
  return {
    id: facts.id,
    object: 'customer',
    address: facts.address,
    balance: 0,
    created: facts.created,
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: facts.description,
    discount: null,
    email: facts.email,
    invoice_prefix: token(`prefix/${facts.id}`, 8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: false,
    metadata: facts.metadata,
    name: facts.name,
    next_invoice_sequence: 1,
    phone: facts.phone,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    test_clock: null,
  };
}
