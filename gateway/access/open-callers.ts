import { existsSync } from 'node:fs';
import type { AccessConfig, KeyPlace } from './access-config.ts';
import { type Callers, createCallers } from './callers.ts';
import { createTokenCheck } from './jwt/token-check.ts';
import { FileKeys } from './keys/file-keys.ts';
import { createKeyCheck } from './keys/key-check.ts';
import type { KeyStore } from './keys/key-store.ts';
import type { RedisConnection } from '../../state/redis-connection.ts';

/**
 * Creates the credential checks of the configuration.
 * @param redis the process's connection; required if keys are stored in Redis
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
  // Loaded on demand: most processes start without it.
  const { RedisKeys } = await import('./keys/redis-keys.ts');
  return new RedisKeys(redis);
}

/** Lines for the start message. */
export function describeAccess(
  { anonymous, keys, tokens }: AccessConfig,
  { isSandbox }: { readonly isSandbox: boolean },
): readonly string[] {
  if (anonymous !== null) return isSandbox ? [] : ['Access is open: requests need no credential.'];
  // Keys can be created while the server runs.
  if (tokens !== undefined || 'redisUrl' in keys || existsSync(keys.file)) return [];
  return [
    'Access is closed, and there is no API key yet. Create one: npm run keys -- create --name <owner> --scopes all',
  ];
}
