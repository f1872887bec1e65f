import { hash } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { Caller } from '../../../request/caller.ts';
import { invalidCredential } from '../refusal.ts';

/** Who shows a token that is right. @throws Unauthenticated where it names nobody, or has too many scopes */
export function callerOfToken(
  claims: JWTPayload,
  { scopeClaim }: { readonly scopeClaim: string | undefined },
): Caller {
  const names = scopeClaim === undefined ? SCOPE_CLAIMS : [scopeClaim];
  const scopes = names.map((name) => claims[name]).find((value) => value != null);
  return Object.freeze({
    id: idOf(claims),
    isAuthenticated: true,
    scopes: readScopes(scopes),
    claims: Object.freeze({ ...claims }),
  });
}

/** `scope` is RFC 9068's, section 2.2.3; Microsoft and Okta say `scp`, Auth0 `permissions`. */
const SCOPE_CLAIMS = ['scope', 'scp', 'permissions'];

function readScopes(value: unknown): ReadonlySet<string> {
  const listed: readonly unknown[] =
    typeof value === 'string' ? value.split(' ') : Array.isArray(value) ? value : [];
  const scopes = new Set(
    listed.filter((scope): scope is string => typeof scope === 'string' && scope !== ''),
  );
  if (Buffer.byteLength(JSON.stringify([...scopes])) > MAX_SCOPE_BYTES)
    throw invalidCredential(TOO_MANY_SCOPES);
  return scopes;
}

/** As JSON. The gateway hands them on to its services in a header, and Node.js reads headers of 16 kB together. */
const MAX_SCOPE_BYTES = 8000;
const TOO_MANY_SCOPES = `The token has too many scopes: as a JSON list they must have at most ${String(MAX_SCOPE_BYTES)} bytes.`;

/** `sub` is the person or the program; some issuers name a program by its client id alone. */
function idOf({ iss = '', sub, client_id, azp }: JWTPayload): string {
  const subject = [sub, client_id, azp].find(
    (value): value is string => typeof value === 'string' && value !== '',
  );
  if (subject === undefined)
    throw invalidCredential('The token must identify its owner by the claim sub.');
  const id = `jwt:${iss}|${subject}`;
  return id.length <= MAX_ID ? id : `jwt:${hash('sha256', id)}`;
}

/** It is in each line of the log. */
const MAX_ID = 250;
