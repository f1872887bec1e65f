/** The identity behind a request. It contains no credential. */
export interface Caller {
  /** The id in limits, logs and digests of idempotency keys: `anonymous`, `key:<id>`, `jwt:<issuer>|<subject>`. */
  readonly id: string;
  /** Whether the caller has a credential. */
  readonly isAuthenticated: boolean;
  /** The caller's scopes; `all` with open access. */
  readonly scopes: ReadonlySet<string> | 'all';
  /** The claims of the caller's token, for policies. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** When streams of the caller end: milliseconds since 1970. @default when the credential is refused */
  readonly expiresAt?: number;
  /** The caller's own limits, if any. */
  readonly limits?: CallerLimits;
  /** The audience that the caller is served. @default the audience of the path, or else the whole graph */
  readonly audience?: string;
  /** For a service: identifies an anonymous client of the gateway. @default by network address */
  readonly clientKey?: string;
  /** For a service: the digest of the change that the gateway has signed for the caller. @default none */
  readonly signedChange?: string;
}

export interface CallerLimits {
  readonly requestsPerMinute?: number;
  readonly costPerMinute?: number;
  readonly maxConcurrent?: number;
}

/** The caller of requests without a credential, with all scopes. */
export const ANONYMOUS_CALLER: Caller = Object.freeze({
  id: 'anonymous',
  isAuthenticated: false,
  scopes: 'all',
  claims: Object.freeze({}),
});
