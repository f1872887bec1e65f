import type { BudgetStore } from '../../state/shared-state.ts';
import { CallerLimits } from './caller-limits.ts';
import type { LimitSettings } from './limit-settings.ts';

export interface RequestLimits {
  /** Limits requests for the graph; undefined if there are no limits. */
  readonly callers: CallerLimits | undefined;
  /** Limits requests for other resources, by client address, separately for each kind. */
  readonly addresses: (what: string) => CallerLimits;
}

export function createRequestLimits(
  { callers, addressRequestsPerMinute }: LimitSettings,
  budgets: BudgetStore,
): RequestLimits {
  return {
    callers: callers && new CallerLimits(callers, budgets),
    addresses: (what) =>
      new CallerLimits({ requestsPerMinute: addressRequestsPerMinute }, budgets, what),
  };
}
