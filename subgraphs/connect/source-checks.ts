import type { VendorCheck, Verdict } from '../vendor-check.ts';
import { tokenAuthorization } from './access-tokens.ts';
import type { Source } from './connector-file.ts';
import { authorizeBy } from './source-client.ts';
import type { OAuth2 } from './source-policy.ts';

/** The check of a source's credential, or why there is none. */
export type SourceCheck = { readonly check: VendorCheck } | { readonly notTried: string };

/** A call without side effects: fetches a token for client credentials, or reads the `probe` of the policy. */
export function checkOf({ name, baseUrl, policy }: Source): SourceCheck {
  const { auth, probe } = policy;
  if (auth?.kind === 'oauth2')
    return auth.refreshToken === undefined
      ? { check: tokenCheck(name, auth) }
      : { notTried: 'a refresh token can be used up by a trial' };
  if (probe === undefined) return { notTried: `sources.${name} has no probe: /path` };
  return {
    check: {
      name: 'probe',
      needs: probe,
      api: { baseUrl, authorize: authorizeBy(auth) },
      request: { method: 'GET', path: probe },
      judge: ({ status }) =>
        judge(status, `Check auth of sources.${name}: GET ${probe} is answered with`),
    },
  };
}

function tokenCheck(name: string, auth: OAuth2): VendorCheck {
  const { origin, pathname } = new URL(auth.tokenUrl);
  return {
    name: 'token',
    needs: 'client credentials',
    api: {
      baseUrl: origin,
      authorize: ({ headers }) => {
        headers['authorization'] = tokenAuthorization(auth);
      },
    },
    request: {
      method: 'POST',
      path: pathname,
      form: {
        grant_type: 'client_credentials',
        scope: auth.scopes.length === 0 ? undefined : auth.scopes.join(' '),
      },
    },
    judge: ({ status }) =>
      judge(status, `Check auth.oauth2 of sources.${name}: the token server answers with`),
  };
}

const judge = (status: number, remedy: string): Verdict =>
  status >= 200 && status < 300
    ? { result: 'ok' }
    : { result: 'refused', remedy: `${remedy} the status ${String(status)}.` };
