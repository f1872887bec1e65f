import type { Rate } from '../../../../state/shared-state.ts';
import { accountOf, type RateLimits } from '../../../../upstream/upstream-policy.ts';
import type { UpstreamAnswer } from '../../../../upstream/vendor-answer.ts';

/** https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines */
export const hubspotLimits = (accessToken: string, rate: Rate): RateLimits => ({
  account: accountOf(accessToken),
  rates: { calls: rate, search: SEARCHES },
  limitOf: ({ path }) => (path.endsWith('/search') ? 'search' : 'calls'),
  learn: readRate,
});

/** https://developers.hubspot.com/docs/api-reference/search/guide, "Rate limits" */
const SEARCHES: Rate = { limit: 5, windowMs: 1000 };

/** Answers to searches tell of the day only. */
function readRate(headers: UpstreamAnswer['headers']): Rate | undefined {
  const limit = Number(headers['x-hubspot-ratelimit-max']);
  const windowMs = Number(headers['x-hubspot-ratelimit-interval-milliseconds']);
  return limit >= 1 && windowMs >= 1 && windowMs <= MAX_WINDOW_MS ? { limit, windowMs } : undefined;
}

const MAX_WINDOW_MS = 60_000;
