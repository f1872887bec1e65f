import { createSeededRandom } from '../stripe-random.ts';
import { longId } from '../stripe-ids.ts';
import type { WireObject } from '../stripe-json.ts';
import {
  type SubscriptionFacts,
  type SubscriptionStatus,
  toSubscription,
} from '../shapes/subscription.ts';
import { type Account, DAY, NOW } from './account.ts';
import { type Offer, plansIn } from './catalog.ts';

/** A subscription as it will be, and what it sold. */
export interface Agreement {
  readonly facts: SubscriptionFacts;
  readonly offer: Offer;
}

export const toSubscriptionOf = ({ facts, offer }: Agreement): WireObject =>
  toSubscription({ ...facts, ...peculiarities(facts, offer) });

/**
 * Rare states that Stripe reports in a field of their own: an end without the flag, a pause, a price that is listed in dollars. They have a
 * random stream of their own, so that all other choices stay the same.
 */
function peculiarities(
  { id, created, status, period, cancelsAtPeriodEnd }: SubscriptionFacts,
  offer: Offer,
): Partial<SubscriptionFacts> {
  const random = createSeededRandom(`${id}/peculiarities`);
  const { currency, nickname } = offer.price;
  const listed =
    currency !== 'usd' && random.chance(0.12)
      ? plansIn('usd').find(({ price }) => price.nickname === nickname)
      : undefined;
  const price = listed === undefined ? {} : { price: listed.price, currency };
  if (status !== 'active') return price;
  // https://docs.stripe.com/billing/subscriptions/billing-mode: the portal sets the time alone.
  if (cancelsAtPeriodEnd)
    return random.chance(0.5)
      ? { ...price, cancelsAtPeriodEnd: false, cancelAt: period.end }
      : price;
  const kind = random.weighted([
    ['none', 20],
    ['ends', 1],
    ['paused', 2],
  ] as const);
  if (kind === 'ends')
    return { ...price, cancelAt: period.end + 45 * DAY, canceledAt: Math.max(created, NOW - DAY) };
  if (kind === 'none') return price;
  const behavior = random.pick(['keep_as_draft', 'mark_uncollectible', 'void']);
  return { ...price, pause: { behavior, resumes_at: random.chance(0.5) ? NOW + 30 * DAY : null } };
}

/** None to two. */
export function inventAgreements(account: Account, methods: readonly WireObject[]): Agreement[] {
  const { facts, currency, random, isDeleted } = account;
  if (isDeleted) return [];
  const count = random.weighted([
    [0, 4],
    [1, 6],
    [2, 1],
  ] as const);
  return Array.from({ length: count }, (_, index) => {
    const offer = random.pick(plansIn(currency));
    const created =
      facts.created + Math.floor((NOW - facts.created) * random.fraction() * 0.9) + 120 + index;
    const status = inventStatus(account, methods);
    const length = offer.price.interval === 'year' ? 365 * DAY : 30 * DAY;
    const canceledAt = status === 'canceled' ? created + Math.floor((NOW - created) * 0.7) : null;
    const cancelsAtPeriodEnd = status === 'active' && random.chance(0.1);
    const start = created + Math.floor(((canceledAt ?? NOW) - created) / length) * length;
    const trial = status === 'trialing' ? { start: NOW - 5 * DAY, end: NOW + 9 * DAY } : null;
    return {
      offer,
      facts: {
        id: longId('sub', `${facts.id}/${String(index)}`),
        created: trial?.start ?? created,
        customer: facts.id,
        price: offer.price,
        quantity: random.weighted([
          [1, 6],
          [2, 1],
          [5, 1],
        ] as const),
        status,
        period: trial ?? { start, end: start + length },
        trial,
        canceledAt: cancelsAtPeriodEnd ? start + DAY : canceledAt,
        cancelsAtPeriodEnd,
        latestInvoice: null,
        paymentMethod: methods[0]?.id ?? null,
      },
    };
  });
}

function inventStatus({ random }: Account, methods: readonly WireObject[]): SubscriptionStatus {
  if (methods.length === 0) return random.pick(['paused', 'trialing', 'canceled']);
  return random.weighted([
    ['active', 12],
    ['trialing', 2],
    ['past_due', 2],
    ['canceled', 3],
    ['unpaid', 1],
    ['paused', 1],
    ['incomplete', 1],
  ] as const);
}
