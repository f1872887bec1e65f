import { createMemoryState } from '../state/memory-state.ts';
import type { SharedState } from '../state/shared-state.ts';
import { CallerLimits } from './caller-limits.ts';
import type { CallerLimitSettings } from './limit-settings.ts';

export interface OpenCallerLimits {
  readonly limits: CallerLimits | undefined;
  readonly close: () => Promise<void>;
}

/** @param onChange hears when Redis is lost, and when it is there again; each instance counts by itself meanwhile. */
export async function openCallerLimits(
  settings: CallerLimitSettings | undefined,
  onChange: (isShared: boolean) => void,
): Promise<OpenCallerLimits> {
  if (settings === undefined) return { limits: undefined, close: () => Promise.resolve() };
  const state = await openState(settings.redisUrl, onChange);
  return { limits: new CallerLimits(settings.defaults, state.budgets), close: () => state.close() };
}

async function openState(url: string | undefined, onChange: (isShared: boolean) => void): Promise<SharedState> {
  if (url === undefined) return createMemoryState();
  // Here alone: most start without it.
  const { openRedisState } = await import('../state/redis-state.ts');
  return openRedisState({ url, onChange });
}
