import type { RequestScope } from '../../../../request/request-scope.ts';
import type { Rate } from '../../../../state/shared-state.ts';
import type { Credential } from '../../../../upstream/credential.ts';
import { createUpstreamClient, type UpstreamClient } from '../../../../upstream/upstream-client.ts';
import {
  type CachePolicy,
  type Lifetimes,
  NO_LIFETIMES,
  type RateLimits,
  type RateRefusal,
  type UpstreamResources,
} from '../../../../upstream/upstream-policy.ts';
import type {
  AnyRequest,
  OutgoingRequest,
  UpstreamRequest,
} from '../../../../upstream/upstream-request.ts';
import type { UpstreamResponse } from '../../../../upstream/vendor-response.ts';
import { safeParseWire } from '../../../../upstream/wire.ts';
import type { CachedType } from '../../domain.ts';
import type { PaymentsSettings } from '../../provider.ts';
import { CUSTOMER_SEARCH } from './endpoints/stripe-read-endpoints.ts';
import { changesOf, tagsOf } from './stripe-cache-tags.ts';
import { STRIPE_VERSION, type StripeConfig } from './stripe-config.ts';
import { explainStripeError, StripeRefusal } from './refusals/stripe-errors.ts';
import { describeRefusal } from './stripe-permissions.ts';
import { errorSchema } from './stripe-wire.ts';
import { PAYMENTS } from '../../service.ts';

/** A test key has a limit of 25 calls per second, a live key 100: https://docs.stripe.com/rate-limits */
const MAX_CONCURRENCY = 20;

export const createStripeClient = (
  config: StripeConfig,
  { lifetimes }: PaymentsSettings,
  resources: UpstreamResources,
): UpstreamClient => {
  const { baseUrl, secretKey, timeoutMs } = config;
  const limits = stripeLimits(config);
  return createUpstreamClient({
    service: PAYMENTS,
    vendor: 'stripe',
    baseUrl,
    authorize: authorizeStripe(secretKey),
    policy: {
      maxConcurrency: MAX_CONCURRENCY,
      timeoutMs,
      readRetryAdvice,
      // https://docs.stripe.com/api has no call that reads several records by their ids, or the lists of several customers.
      noBatchReason: 'Stripe has no batch read',
      cache: stripeCache(secretKey, lifetimes),
      ...(limits !== undefined && { limits }),
    },
    explain: explainStripeError,
    describeRefusal,
    resources,
  });
};

/** One limit for all calls, and one for each endpoint: https://docs.stripe.com/rate-limits */
const stripeLimits = ({
  secretKey,
  rateLimit,
  endpointRateLimit,
}: StripeConfig): RateLimits | undefined =>
  rateLimit === null
    ? undefined
    : {
        account: secretKey.budgetAccount,
        rates: { calls: rateLimit },
        limitOf: () => 'calls',
        ...(endpointRateLimit !== null && {
          perEndpoint: endpointRateLimit,
          endpoints: { [`GET ${CUSTOMER_SEARCH}`]: slowerOf(endpointRateLimit, SEARCH_RATE) },
        }),
        readRefusal,
      };

/** The limit of all search endpoints together, of which one is used: https://docs.stripe.com/search#rate-limits */
const SEARCH_RATE: Rate = { limit: 20, windowMs: 1000 };

const slowerOf = (one: Rate, other: Rate): Rate =>
  one.limit / one.windowMs < other.limit / other.windowMs ? one : other;

/**
 * `Stripe-Rate-Limited-Reason` names the limit: https://docs.stripe.com/rate-limits. A lock timeout, without the header, concerns one
 * object in
 * use: https://docs.stripe.com/rate-limits#object-lock-timeouts
 */
function readRefusal({ headers, body }: UpstreamResponse): RateRefusal {
  if (safeParseWire(errorSchema, body).data?.error.code === 'lock_timeout')
    return { pauses: 'call' };
  const reason = headers['stripe-rate-limited-reason'];
  return { pauses: (typeof reason === 'string' ? PAUSED_BY.get(reason) : undefined) ?? 'limit' };
}

const PAUSED_BY: ReadonlyMap<string, RateRefusal['pauses']> = new Map([
  ['global-rate', 'limit'],
  ['global-concurrency', 'limit'],
  ['endpoint-rate', 'endpoint'],
  ['endpoint-concurrency', 'endpoint'],
  ['resource-specific', 'call'],
]);

export const authorizeStripe =
  (secretKey: Credential) =>
  ({ headers }: OutgoingRequest): void => {
    headers['authorization'] = `Bearer ${secretKey.text}`;
    headers['stripe-version'] = STRIPE_VERSION;
  };

/** It takes precedence over the status: https://docs.stripe.com/error-low-level#should-retry */
function readRetryAdvice({
  'stripe-should-retry': advice,
}: UpstreamResponse['headers']): boolean | undefined {
  return advice === 'true' || (advice === 'false' ? false : undefined);
}

const stripeCache = (secretKey: Credential, lifetimes: Lifetimes = NO_LIFETIMES): CachePolicy => ({
  get account() {
    return secretKey.account;
  },
  kindOf,
  tagsOf,
  changesOf,
  ...lifetimes,
});

function kindOf({ path }: AnyRequest): CachedType | undefined {
  const [, , resource = '', ...below] = path.split('/');
  return KINDS[below.at(-1) === 'payment_methods' ? 'payment_methods' : resource];
}

const KINDS: Readonly<Record<string, CachedType>> = {
  customers: 'BillingAccount',
  payment_intents: 'Payment',
  disputes: 'Payment',
  payment_methods: 'PaymentMethod',
  refunds: 'Refund',
  checkout: 'CheckoutSession',
  invoices: 'Invoice',
  subscriptions: 'RecurringPlan',
  subscription_items: 'RecurringPlan',
  prices: 'RecurringPlan',
};

/** @returns null if there is no such record */
export const find = <T>(
  client: UpstreamClient,
  request: UpstreamRequest<T>,
  scope: RequestScope,
): Promise<T | null> => client.find(request, scope).catch(ifMissing(null));

/** Deletes records that are no longer needed; ignores failures. */
export async function discardAll(
  client: UpstreamClient,
  removals: readonly UpstreamRequest<unknown>[],
  scope: RequestScope,
): Promise<void> {
  await Promise.allSettled(removals.map((removal) => client.send(removal, scope)));
}

export const ifMissing =
  <T>(substitute: T) =>
  (error: unknown): T => {
    if (error instanceof StripeRefusal && error.isMissing) return substitute;
    throw error;
  };
