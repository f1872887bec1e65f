/** Who asks, as far as this server knows. Holds no credential. */
export interface Caller {
  /** Names the caller in limits, logs and the digests of idempotency keys: `anonymous`, `key:<id>`, `jwt:<issuer>|<subject>`. */
  readonly id: string;
  /** Whether the caller has shown a credential. */
  readonly isAuthenticated: boolean;
  /** What the caller may do; `all` where access is open to anybody. */
  readonly scopes: ReadonlySet<string> | 'all';
  /** The claims of the caller's token, for policies. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** The caller's own limits, where it has some. */
  readonly limits?: CallerLimits;
  /** The variant of the graph that the caller is served. @default the one of the path, else the whole graph */
  readonly audience?: string;
  /** Which of a gateway's anonymous clients this is, for a service behind it. @default its network address tells */
  readonly clientKey?: string;
  /** For a service: the digest of the change that its gateway has signed for the caller. @default it has signed none */
  readonly signedChange?: string;
}

export interface CallerLimits {
  readonly requestsPerMinute?: number;
  readonly costPerMinute?: number;
  readonly maxConcurrent?: number;
}

/** Anybody, where access is open: may do everything. */
export const ANONYMOUS_CALLER: Caller = Object.freeze({
  id: 'anonymous',
  isAuthenticated: false,
  scopes: 'all',
  claims: Object.freeze({}),
});
