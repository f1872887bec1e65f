import { existsSync } from 'node:fs';
import type { AccessConfig, KeyPlace } from './access-config.ts';
import { type Callers, createCallers } from './callers.ts';
import { createTokenCheck } from './jwt/token-check.ts';
import { FileKeys } from './keys/file-keys.ts';
import { createKeyCheck } from './keys/key-check.ts';
import type { KeyStore } from './keys/key-store.ts';
import type { RedisConnection } from '../../state/redis-connection.ts';

/**
 * Begins to find out who asks, as the configuration says.
 * @param redis is the process's connection, which must be there where keys are kept in Redis.
 */
export async function openCallers(
  { anonymous, keys, tokens }: AccessConfig,
  redis?: RedisConnection,
): Promise<Callers> {
  return createCallers({
    anonymous,
    keys: createKeyCheck(await openKeys(keys, redis)),
    tokens: tokens && createTokenCheck(tokens),
  });
}

async function openKeys(place: KeyPlace, redis: RedisConnection | undefined): Promise<KeyStore> {
  if ('file' in place) return new FileKeys(place.file);
  if (redis === undefined) throw new TypeError('API keys in Redis need the connection to it.');
  // Here alone: most start without it.
  const { RedisKeys } = await import('./keys/redis-keys.ts');
  return new RedisKeys(redis);
}

/** Lines for whoever starts the process. */
export function describeAccess(
  { anonymous, keys, tokens }: AccessConfig,
  { isSandbox }: { readonly isSandbox: boolean },
): readonly string[] {
  if (anonymous !== null) return isSandbox ? [] : ['Access is open: requests need no credential.'];
  // Not the end of it: keys can be made while the server runs.
  if (tokens !== undefined || 'redisUrl' in keys || existsSync(keys.file)) return [];
  return [
    'Access is closed, and there is no API key yet. Create one: npm run keys -- create --name <owner> --scopes all',
  ];
}
