import { z } from 'zod';
import type { RefusalDescription } from '../../../../upstream/vendor-refusal.ts';
import { type AnyRequest, isSafe } from '../../../../upstream/upstream-request.ts';
import type { UpstreamResponse } from '../../../../upstream/vendor-response.ts';
import { safeParseWire } from '../../../../upstream/wire.ts';

/** Describes a refusal. Only names of permissions are taken from its message: the rest contains parts of the key and the account's id. */
export function describeRefusal(
  { status, headers, body }: UpstreamResponse,
  request: AnyRequest,
): RefusalDescription {
  const { error } = safeParseWire(refusalSchema, body).data ?? {};
  const reason = headers['stripe-rate-limited-reason'];
  const correlationId = headers['request-id'];
  return {
    category: typeof reason === 'string' ? reason : (error?.code ?? error?.type),
    ...(status === 403 && {
      needs: permissionOf(request),
      missing: [...new Set(error?.message.slice(0, MAX_MESSAGE).match(PERMISSION))],
    }),
    ...(typeof correlationId === 'string' && { correlationId }),
  };
}

const refusalSchema = z.object({
  error: z.object({
    type: z.string().optional().catch(undefined),
    code: z.string().optional().catch(undefined),
    message: z.string().default('').catch(''),
  }),
});

const PERMISSION = /\brak_[a-z_]{1,58}/g;
const MAX_MESSAGE = 2000;

/** The permissions of a restricted key, by their names in Stripe's dashboard: https://docs.stripe.com/keys/restricted-api-keys */
export function permissionOf(request: Pick<AnyRequest, 'path' | 'semantics'>): readonly string[] {
  const [, , resource = '', ...below] = request.path.split('/');
  const name = RESOURCES[below.at(-1) === 'payment_methods' ? 'payment_methods' : resource];
  return name === undefined ? [] : [`${name}: ${isSafe(request) ? 'Read' : 'Write'}`];
}

const RESOURCES: Readonly<Record<string, string>> = {
  checkout: 'Checkout Sessions',
  customers: 'Customers',
  events: 'Events',
  invoices: 'Invoices',
  payment_intents: 'PaymentIntents',
  payment_methods: 'PaymentMethods',
  prices: 'Prices',
  products: 'Products',
  refunds: 'Charges and Refunds',
  disputes: 'Disputes',
  subscription_items: 'Subscriptions',
  subscriptions: 'Subscriptions',
  webhook_endpoints: 'Webhook Endpoints',
};
