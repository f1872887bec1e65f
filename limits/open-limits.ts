import { createMemoryState } from '../state/memory-state.ts';
import type { SharedState } from '../state/shared-state.ts';
import { CallerLimits } from './caller-limits.ts';
import type { LimitSettings } from './limit-settings.ts';

export interface OpenLimits {
  /** Of requests for the graph; undefined where nobody is limited. */
  readonly callers: CallerLimits | undefined;
  /** Of requests for something else, each by itself, whose clients are known by their address alone. */
  readonly addresses: (what: string) => CallerLimits;
  readonly close: () => Promise<void>;
}

/** @param onChange hears when Redis is lost, and when it is there again; each instance counts by itself meanwhile. */
export async function openLimits(
  { callers, addressRequestsPerMinute, redisUrl }: LimitSettings,
  onChange: (isShared: boolean) => void,
): Promise<OpenLimits> {
  const state = await openState(redisUrl, onChange);
  return {
    callers: callers && new CallerLimits(callers, state.budgets),
    addresses: (what) => new CallerLimits({ requestsPerMinute: addressRequestsPerMinute }, state.budgets, what),
    close: () => state.close(),
  };
}

async function openState(url: string | undefined, onChange: (isShared: boolean) => void): Promise<SharedState> {
  if (url === undefined) return createMemoryState();
  // Here alone: most start without it.
  const { openRedisState } = await import('../state/redis-state.ts');
  return openRedisState({ url, onChange });
}
