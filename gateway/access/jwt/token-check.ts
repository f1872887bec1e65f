import { hash, type KeyObject } from 'node:crypto';
import {
  errors,
  type JWTPayload,
  jwtVerify,
  type JWTVerifyOptions,
  type JWTVerifyResult,
} from 'jose';
import { LRUCache } from 'lru-cache';
import { CodedError } from '../../../errors/coded-error.ts';
import type { Caller } from '../../../request/caller.ts';
import type { ProxySettings } from '../../../upstream/proxy.ts';
import type { CredentialCheck } from '../callers.ts';
import { invalidCredential } from '../refusal.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { findAlgorithms } from './public-key.ts';
import { callerOfToken } from './token-caller.ts';

export interface TokenSettings {
  /** The required `iss`. */
  readonly issuer: string;
  /** The `aud` must contain one of these. */
  readonly audiences: readonly string[];
  /** The issuer's public key, or the URL of its keys. */
  readonly keys: KeyObject | URL;
  readonly clockToleranceSeconds: number;
  /** The claim with the scopes. @default the first present one of `scope`, `scp` and `permissions` */
  readonly scopeClaim: string | undefined;
  /** The proxies for calls to the issuer. @default none */
  readonly proxies?: ProxySettings | undefined;
}

/** Identifies callers by JSON Web Tokens (RFC 7519), verified by the issuer's signature. */
export function createTokenCheck(settings: TokenSettings): CredentialCheck {
  const keys =
    settings.keys instanceof URL ? new IssuerKeys(settings.keys, settings.proxies) : undefined;
  const options: JWTVerifyOptions = {
    issuer: settings.issuer,
    audience: [...settings.audiences],
    algorithms: settings.keys instanceof URL ? ALGORITHMS : algorithmsOf(settings.keys),
    requiredClaims: ['exp'],
    clockTolerance: settings.clockToleranceSeconds,
  };
  const verify = (token: string): Promise<JWTVerifyResult> =>
    settings.keys instanceof URL
      ? jwtVerify(token, (keys as IssuerKeys).get, options)
      : jwtVerify(token, settings.keys, options);
  const callers = new LRUCache<string, KnownToken>({ max: MAX_TOKENS });

  return {
    identify: (token) => {
      const digest = hash('sha256', token, 'base64');
      const known = callers.get(digest);
      if (known !== undefined && Date.now() < known.until) return known.caller;
      return verify(token).then(({ payload }) => {
        const caller = callerOfToken(payload, settings);
        callers.set(digest, {
          caller,
          until: Math.min(expiryOf(payload), Date.now() + MAX_KNOWN_MS),
        });
        return caller;
      }, refuse);
    },
    logTo: (logger) => keys?.logTo(logger),
    reload: async () => {
      const problems = (await keys?.reload()) ?? [];
      // The signing key of a cached token can have been withdrawn.
      callers.clear();
      return problems;
    },
    close: () => undefined,
  };
}

function algorithmsOf(key: KeyObject): string[] {
  const found = findAlgorithms(key);
  if ('problem' in found) throw new TypeError(`The issuer's key ${found.problem}`);
  return [...found.algorithms];
}

interface KnownToken {
  readonly caller: Caller;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** The algorithms of an issuer's published keys; {@link findAlgorithms} returns those of a key. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

const MAX_TOKENS = 10_000;
/** How long a token can remain valid after the withdrawal of its signing key. */
const MAX_KNOWN_MS = 300_000;

const expiryOf = ({ exp = 0 }: JWTPayload) => exp * 1000;

/** Treats all errors of the library as an invalid token, except an unreachable issuer. */
function refuse(error: unknown): never {
  if (error instanceof CodedError) throw error;
  throw invalidCredential(describe(error));
}

function describe(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired.';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.reason === 'invalid')
      return `The claim ${error.claim} of the token must be a number.`;
    return CLAIMS[error.claim] ?? 'The claims of the token are invalid.';
  }
  return (
    (error instanceof errors.JOSEError ? REASONS[error.code] : undefined) ??
    'The token is malformed.'
  );
}

const CLAIMS: Readonly<Record<string, string>> = {
  iss: 'The token is from an issuer that this server does not trust.',
  aud: 'The token is for another audience than this server.',
  nbf: 'The token is not valid yet.',
  exp: 'The token must have an expiry time: the claim exp.',
};

const REASONS: Readonly<Record<string, string>> = {
  ERR_JOSE_ALG_NOT_ALLOWED:
    'The token is signed with an algorithm that this server does not accept.',
  ERR_JOSE_NOT_SUPPORTED: 'The token is signed with an algorithm that this server does not accept.',
  ERR_JWKS_NO_MATCHING_KEY: 'The token is signed with a key that its issuer does not publish.',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS:
    "The token must say which of its issuer's keys signed it: the header kid.",
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'The signature of the token is invalid.',
};
