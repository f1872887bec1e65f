import type { SandboxVendorRequest } from '../sandbox-vendor.ts';
import { expiredKey, missingKey, missingPermission, noSearch, wrongKey } from './stripe-errors.ts';

/** Any test key opens the sandbox. */
const TEST_KEY = /^[sr]k_test_[A-Za-z0-9_]+$/;

/** Authenticates a request: a key that contains `revoked` is refused. @returns the key */
export function requireKey({ headers }: SandboxVendorRequest): string {
  const key = keyOf(headers['authorization']);
  if (key === '') throw missingKey();
  if (!TEST_KEY.test(key)) throw wrongKey(key);
  if (key.includes('revoked')) throw expiredKey(key);
  return key;
}

/**
 * A restricted key, `rk_`, with `without_customer_write` in it lacks that permission: https://docs.stripe.com/keys/restricted-api-keys.
 * A key with `india` in it belongs to an account there, which cannot search.
 */
export function requirePermission(key: string, { method, path }: SandboxVendorRequest): void {
  if (path.endsWith('/search') && key.includes('india')) throw noSearch();
  const [, , resource = '', ...below] = path.split('/');
  const name = below.at(-1) === 'payment_methods' ? 'payment_method' : PERMISSIONS[resource];
  const permission = `${name ?? resource.replace(/s$/, '')}_${method === 'GET' ? 'read' : 'write'}`;
  if (key.startsWith('rk_') && key.includes(`without_${permission}`))
    throw missingPermission(key, `rak_${permission}`);
}

/** Where a permission is not called like the resource. */
const PERMISSIONS: Readonly<Record<string, string>> = {
  checkout: 'checkout_session',
  refunds: 'charge',
  subscription_items: 'subscription',
  prices: 'plan',
};

/** As a bearer token or as the user name of basic authentication: https://docs.stripe.com/api/authentication */
function keyOf(authorization = ''): string {
  const [scheme = '', credentials = ''] = authorization.split(' ');
  if (scheme.toLowerCase() === 'basic') return userNameOf(credentials);
  return scheme.toLowerCase() === 'bearer' ? credentials : '';
}

function userNameOf(credentials: string): string {
  return Buffer.from(credentials, 'base64').toString('utf8').split(':')[0] ?? '';
}
