import type { Rate } from '../../../../state/shared-state.ts';
import type { RequestScope } from '../../../../request/request-scope.ts';
import { createUpstreamClient, type UpstreamClient } from '../../../../upstream/upstream-client.ts';
import {
  accountOf,
  type CachePolicy,
  type Lifetimes,
  NO_LIFETIMES,
  type RateLimits,
  type UpstreamResources,
} from '../../../../upstream/upstream-policy.ts';
import {
  type AnyRequest,
  isSafe,
  type OutgoingRequest,
  type UpstreamRequest,
} from '../../../../upstream/upstream-request.ts';
import type { UpstreamResponse } from '../../../../upstream/vendor-response.ts';
import type { CachedType } from '../../domain.ts';
import type { PaymentsSettings } from '../../provider.ts';
import { STRIPE_VERSION, type StripeConfig } from './stripe-config.ts';
import { explainStripeError, StripeRefusal } from './refusals/stripe-errors.ts';
import { describeRefusal } from './stripe-permissions.ts';
import { PAYMENTS } from '../../service.ts';

/** A test key is allowed 25 reads a second, a live one 100: https://docs.stripe.com/rate-limits */
const MAX_CONCURRENCY = 20;

export const createStripeClient = (
  { baseUrl, secretKey, rateLimit }: StripeConfig,
  { lifetimes }: PaymentsSettings,
  resources: UpstreamResources,
): UpstreamClient =>
  createUpstreamClient({
    service: PAYMENTS,
    vendor: 'stripe',
    baseUrl,
    authorize: authorizeStripe(secretKey),
    policy: {
      maxConcurrency: MAX_CONCURRENCY,
      readRetryAdvice,
      cache: stripeCache(secretKey, lifetimes),
      ...(rateLimit !== null && { limits: stripeLimits(secretKey, rateLimit) }),
    },
    explain: explainStripeError,
    describeRefusal,
    resources,
  });

export const authorizeStripe =
  (secretKey: string) =>
  ({ headers }: OutgoingRequest): void => {
    headers['authorization'] = `Bearer ${secretKey}`;
    headers['stripe-version'] = STRIPE_VERSION;
  };

/** Reads and writes are counted apart: https://docs.stripe.com/rate-limits */
const stripeLimits = (secretKey: string, rate: Rate): RateLimits => ({
  account: accountOf(secretKey),
  rates: { reads: rate, writes: rate },
  limitOf: (request) => (isSafe(request) ? 'reads' : 'writes'),
});

/** It counts, whatever the status: https://docs.stripe.com/error-low-level#should-retry */
function readRetryAdvice({
  'stripe-should-retry': advice,
}: UpstreamResponse['headers']): boolean | undefined {
  return advice === 'true' || (advice === 'false' ? false : undefined);
}

const stripeCache = (secretKey: string, lifetimes: Lifetimes = NO_LIFETIMES): CachePolicy => ({
  account: accountOf(secretKey),
  kindOf,
  ...lifetimes,
});

function kindOf({ path }: AnyRequest): CachedType | undefined {
  const [, , resource = '', ...below] = path.split('/');
  return KINDS[below.at(-1) === 'payment_methods' ? 'payment_methods' : resource];
}

const KINDS: Readonly<Record<string, CachedType>> = {
  customers: 'BillingAccount',
  payment_intents: 'Payment',
  payment_methods: 'PaymentMethod',
  refunds: 'Refund',
  checkout: 'CheckoutSession',
  invoices: 'Invoice',
  subscriptions: 'RecurringPlan',
  subscription_items: 'RecurringPlan',
};

/** Null where there is no such record. */
export const find = <T>(
  client: UpstreamClient,
  request: UpstreamRequest<T>,
  scope: RequestScope,
): Promise<T | null> => client.find(request, scope).catch(ifMissing(null));

export const ifMissing =
  <T>(substitute: T) =>
  (error: unknown): T => {
    if (error instanceof StripeRefusal && error.isMissing) return substitute;
    throw error;
  };
