import { z } from 'zod';
import { redisUrl } from '../settings/values.ts';
import { createMemoryState } from './memory-state.ts';
import type { OnRedisChange } from './redis-connection.ts';
import type { SharedState } from './shared-state.ts';

export interface StateSettings {
  /** The Redis that instances share; undefined for a single instance. It can contain a password. */
  readonly redisUrl: string | undefined;
}

export const stateSettings = z
  .object({ REDIS_URL: redisUrl().optional() })
  .transform(({ REDIS_URL }): StateSettings => ({ redisUrl: REDIS_URL }));

/** Secrets that no log may contain. */
export const stateSecrets = ({ redisUrl: url }: StateSettings): readonly string[] =>
  url === undefined ? [] : [url];

/**
 * Opens the process's state, with its one connection to Redis if `REDIS_URL` is set. The caller closes it.
 * @param onChange is called when Redis is lost and when it is connected again. In between, each instance uses its own state.
 */
export async function openState(
  { redisUrl: url }: StateSettings,
  onChange: OnRedisChange,
): Promise<SharedState> {
  if (url === undefined) return createMemoryState();
  // Loaded on demand: most processes start without it.
  const { openRedisState } = await import('./redis-state.ts');
  return openRedisState({ url, onChange });
}
