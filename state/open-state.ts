import { type Environment, type Problems, readEnvironment, redisUrl } from '../configuration/environment.ts';
import { createMemoryState } from './memory-state.ts';
import type { SharedState } from './shared-state.ts';

export interface StateSettings {
  /** Where what instances know together is kept; undefined where there is one instance. It may hold a password. */
  readonly redisUrl: string | undefined;
}

/** @returns undefined where anything was wrong; every problem has then been added to `problems`. */
export function readStateSettings(environment: Environment, problems: Problems): StateSettings | undefined {
  const read = readEnvironment({ REDIS_URL: redisUrl().optional() }, environment, problems);
  return read && { redisUrl: read.REDIS_URL };
}

/** What a log must not hold. */
export const stateSecrets = ({ redisUrl: url }: StateSettings): readonly string[] => (url === undefined ? [] : [url]);

/**
 * Opens the one connection to Redis that a process has, where there is to be one. Whoever opens it passes it to all that need it, and
 * closes it.
 * @param onChange hears when Redis is lost, and when it is there again; each instance goes on by itself meanwhile.
 */
export async function openState({ redisUrl: url }: StateSettings, onChange: (isShared: boolean) => void): Promise<SharedState> {
  if (url === undefined) return createMemoryState();
  // Here alone: most start without it.
  const { openRedisState } = await import('./redis-state.ts');
  return openRedisState({ url, onChange });
}
