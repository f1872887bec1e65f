import { missingKey, wrongKey } from './stripe-errors.ts';

/** Any test key opens the sandbox. */
const TEST_KEY = /^[sr]k_test_[A-Za-z0-9_]+$/;

/** Lets in who brings a key, as a bearer token or as the user name of basic authentication: https://docs.stripe.com/api/authentication */
export function requireKey(authorization: string | undefined): void {
  const [scheme = '', credentials = ''] = (authorization ?? '').split(' ');
  const key =
    scheme.toLowerCase() === 'basic'
      ? userNameOf(credentials)
      : scheme.toLowerCase() === 'bearer'
        ? credentials
        : '';
  if (key === '') throw missingKey();
  if (!TEST_KEY.test(key)) throw wrongKey(key);
}

function userNameOf(credentials: string): string {
  return Buffer.from(credentials, 'base64').toString('utf8').split(':')[0] ?? '';
}
