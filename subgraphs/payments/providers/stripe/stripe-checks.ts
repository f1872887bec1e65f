import type { AnyRequest } from '../../../../upstream/upstream-request.ts';
import type { UpstreamResponse } from '../../../../upstream/vendor-response.ts';
import type { Verdict, VendorCheck } from '../../../vendor-check.ts';
import { authorizeStripe } from './stripe-client.ts';
import type { StripeConfig } from './stripe-config.ts';
import { permissionOf } from './stripe-permissions.ts';

/** The permissions that a restricted key needs for the graph; a secret key has all. */
export function stripeChecks({ secretKey, baseUrl }: StripeConfig): readonly VendorCheck[] {
  const api = { baseUrl, authorize: authorizeStripe(secretKey) };
  const check = (name: string, request: AnyRequest, isForMutations = false): VendorCheck => {
    const needs = permissionOf(request).join();
    return { name, needs, isForMutations, api, request, judge: judgeBy(needs, isForMutations) };
  };
  return [
    ...READS.map(([name, path]) =>
      check(`read ${name}`, { method: 'GET', path, query: { limit: 1 } }),
    ),
    ...WRITES.map(([name, path, form = {}]) =>
      check(`write ${name}`, { method: 'POST', semantics: 'idempotent', path, form }, true),
    ),
  ];
}

/** An unused id: a permitted write returns 404, and changes nothing. */
const UNUSED_ID = 'tributary_doctor';

const READS = [
  ['customers', '/v1/customers'],
  ['payments', '/v1/payment_intents'],
  ['refunds', '/v1/refunds'],
  ['invoices', '/v1/invoices'],
  ['subscriptions', '/v1/subscriptions'],
  ['checkout sessions', '/v1/checkout/sessions'],
  ['events', '/v1/events'],
  ['payment methods', `/v1/customers/cus_${UNUSED_ID}/payment_methods`],
] as const;

const WRITES: readonly (readonly [string, string, Readonly<Record<string, string>>?])[] = [
  ['customers', `/v1/customers/cus_${UNUSED_ID}`],
  ['refunds', '/v1/refunds', { payment_intent: `pi_${UNUSED_ID}` }],
  ['invoices', `/v1/invoices/in_${UNUSED_ID}/send`],
  ['subscriptions', `/v1/subscriptions/sub_${UNUSED_ID}`],
  ['checkout sessions', `/v1/checkout/sessions/cs_${UNUSED_ID}/expire`],
  ['products', `/v1/products/prod_${UNUSED_ID}`],
];

const judgeBy =
  (needs: string, isForMutations: boolean) =>
  ({ status }: UpstreamResponse): Verdict => {
    if (status === 401)
      return {
        result: 'refused',
        remedy:
          'Set STRIPE_SECRET_KEY to a valid key: Stripe does not accept this one. It was revoked, has expired, or is not complete.',
      };
    if (status === 403)
      return {
        result: 'refused',
        remedy: `Give the restricted key of STRIPE_SECRET_KEY the permission "${needs}"${isForMutations ? ', if clients use mutations' : ''}.`,
      };
    return status < 300 || status === 404 ? { result: 'ok' } : { result: 'not disproved' };
  };
