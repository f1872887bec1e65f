import { hash } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { Caller } from '../../../request/caller.ts';
import { invalidCredential } from '../refusal.ts';

/** The caller of a verified token. @throws Unauthenticated if it identifies no caller or has too many scopes */
export function callerOfToken(
  claims: JWTPayload,
  { scopeClaim, clockToleranceSeconds }: TokenCallerOptions,
): Caller {
  const names = scopeClaim === undefined ? SCOPE_CLAIMS : [scopeClaim];
  const scopes = names.map((name) => claims[name]).find((value) => value != null);
  return Object.freeze({
    id: idOf(claims),
    isAuthenticated: true,
    scopes: readScopes(scopes),
    claims: Object.freeze({ ...claims }),
    ...(claims.exp !== undefined && { expiresAt: streamsEndAt(claims.exp, clockToleranceSeconds) }),
  });
}

export interface TokenCallerOptions {
  /** The claim that holds the scopes. @default `scope`, `scp` or `permissions`, the first that is there */
  readonly scopeClaim: string | undefined;
  readonly clockToleranceSeconds: number;
}

/** The next check of the credential ends the stream before the tolerance of the issuer's clock is over: with the default, within five seconds. */
const streamsEndAt = (exp: number, toleranceSeconds: number) =>
  (exp + Math.max(0, toleranceSeconds - CHECK_SECONDS)) * 1000;

/** Between two checks of a stream's credential, plus a margin. */
const CHECK_SECONDS = 3;

/** RFC 9068, section 2.2.3: `scope`; Microsoft and Okta: `scp`; Auth0: `permissions`. */
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

/** As JSON. The gateway forwards them to its services in a header, and Node.js limits all headers to 16 kB. */
const MAX_SCOPE_BYTES = 8000;
const TOO_MANY_SCOPES = `The token has too many scopes: as a JSON list they must have at most ${String(MAX_SCOPE_BYTES)} bytes.`;

/** `sub` is a person or a program; some issuers identify a program only by its client id. */
function idOf({ iss = '', sub, client_id, azp }: JWTPayload): string {
  const subject = [sub, client_id, azp].find(
    (value): value is string => typeof value === 'string' && value !== '',
  );
  if (subject === undefined)
    throw invalidCredential('The token must identify its owner by the claim sub.');
  const id = `jwt:${iss}|${subject}`;
  return id.length <= MAX_ID ? id : `jwt:${hash('sha256', id)}`;
}

/** The id is in each log line. */
const MAX_ID = 250;
