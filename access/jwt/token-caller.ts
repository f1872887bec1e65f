import { createHash } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { Caller } from '../caller.ts';
import { wrongCredential } from '../refusal.ts';

/** Who shows a token that is right. @throws Unauthenticated where it names nobody */
export function callerOfToken(claims: JWTPayload, { scopeClaim }: { readonly scopeClaim: string | undefined }): Caller {
  const names = scopeClaim === undefined ? SCOPE_CLAIMS : [scopeClaim];
  const scopes = names.map((name) => claims[name]).find((value) => value != null);
  return Object.freeze({ id: idOf(claims), isAuthenticated: true, scopes: readScopes(scopes), claims: Object.freeze({ ...claims }) });
}

/** `scope` is RFC 9068's, section 2.2.3; Microsoft and Okta say `scp`, Auth0 `permissions`. */
const SCOPE_CLAIMS = ['scope', 'scp', 'permissions'];

function readScopes(value: unknown): ReadonlySet<string> {
  if (typeof value === 'string') return new Set(value.split(' ').filter((scope) => scope !== ''));
  return new Set(Array.isArray(value) ? value.filter((scope): scope is string => typeof scope === 'string') : []);
}

/** `sub` is the person or the program; some issuers name a program by its client id alone. */
function idOf({ iss = '', sub, client_id, azp }: JWTPayload): string {
  const subject = [sub, client_id, azp].find((value): value is string => typeof value === 'string' && value !== '');
  if (subject === undefined) throw wrongCredential('The token must say whose it is, by a claim sub.');
  const id = `jwt:${iss}|${subject}`;
  return id.length <= MAX_ID ? id : `jwt:${createHash('sha256').update(id).digest('hex')}`;
}

/** It is in each line of the log. */
const MAX_ID = 250;
