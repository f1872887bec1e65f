import type { BudgetStore } from '../../state/shared-state.ts';
import { CallerLimits } from './caller-limits.ts';
import type { LimitSettings } from './limit-settings.ts';

export interface RequestLimits {
  /** Of requests for the graph; undefined where nobody is limited. */
  readonly callers: CallerLimits | undefined;
  /** Of requests for something else, each by itself, whose clients are known by their address alone. */
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
