import { z } from 'zod';
import { redisUrl } from '../settings/values.ts';
import { createMemoryState } from './memory-state.ts';
import type { OnRedisChange } from './redis-connection.ts';
import type { SharedState } from './shared-state.ts';

export interface StateSettings {
  /** Where what instances know together is kept; undefined where there is one instance. It may hold a password. */
  readonly redisUrl: string | undefined;
}

export const stateSettings = z
  .object({ REDIS_URL: redisUrl().optional() })
  .transform(({ REDIS_URL }): StateSettings => ({ redisUrl: REDIS_URL }));

/** What a log must not hold. */
export const stateSecrets = ({ redisUrl: url }: StateSettings): readonly string[] =>
  url === undefined ? [] : [url];

/**
 * Opens the one connection to Redis that a process has, where there is to be one. Whoever opens it passes it to all that need it, and
 * closes it.
 * @param onChange hears when Redis is lost, and when it is there again; each instance goes on by itself meanwhile.
 */
export async function openState(
  { redisUrl: url }: StateSettings,
  onChange: OnRedisChange,
): Promise<SharedState> {
  if (url === undefined) return createMemoryState();
  // Here alone: most start without it.
  const { openRedisState } = await import('./redis-state.ts');
  return openRedisState({ url, onChange });
}
