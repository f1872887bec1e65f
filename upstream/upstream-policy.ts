import { hash } from 'node:crypto';
import type { CacheInvalidation, WrittenChange } from '../events/cache-invalidation.ts';
import type { CacheTags } from '../request/cache-tags.ts';
import type { ResponseStore, SlotStore, Rate } from '../state/shared-state.ts';
import type { HttpResponse } from './connection-pool.ts';
import type { UpstreamMonitor } from './upstream-monitor.ts';
import type { ProxySettings } from './proxy.ts';
import type { AnyRequest } from './upstream-request.ts';
import type { UpstreamResponse } from './vendor-response.ts';

/** A vendor's limits, and how its responses report them. */
export interface UpstreamPolicy {
  /** Maximum number of concurrent calls. More calls wait for their turn. */
  readonly maxConcurrency: number;
  /** @default the one of {@link UpstreamResources} */
  readonly timeoutMs?: number | undefined;
  /** @default none */
  readonly limits?: RateLimits;
  /** @default responses are not cached */
  readonly cache?: CachePolicy;
  /** Reads whether a response says that its request can be retried, or must not be. @default responses do not say */
  readonly readRetryAdvice?: (headers: HttpResponse['headers']) => boolean | undefined;
  /** Why reads without a `batchSize` take one call each, for the trace, such as "The vendor has no batch read". @default no reason is named */
  readonly noBatchReason?: string;
}

/** The vendor's rate limits, shared by all instances. */
export interface RateLimits {
  /** Name of the vendor account, so that instances with the same credential share its limits. Contains no credential. */
  readonly account: string;
  /** Rates by the name of the limit. */
  readonly rates: Readonly<Record<string, Rate>>;
  /** The name of the limit that a call counts for. */
  limitOf(request: AnyRequest): string;
  /** Reads the rate of that limit from a response. */
  readRate?(headers: HttpResponse['headers']): Rate | undefined;
  /** Rate limit of each endpoint; a call then needs a slot of its endpoint too. @default no limit by endpoint */
  readonly perEndpoint?: Rate;
  /** Rate limits of single endpoints in place of `perEndpoint`, by method and path template: `GET /v1/customers/search`. @default none */
  readonly endpoints?: Readonly<Record<string, Rate>>;
  /** Reads which limit a response with `UPSTREAM_RATE_LIMITED` reports. @default the limit that the call counted for */
  readRefusal?(response: UpstreamResponse): RateRefusal | undefined;
}

/** A vendor's refusal because of a rate limit: one status code with several meanings. */
export interface RateRefusal {
  /**
   * Which calls pause: none, so that only the refused call is retried (`call`); those of its method and path template
   * (`endpoint`); those of the limit that it counted for (`limit`); or all of the account (`account`).
   */
  readonly pauses: 'call' | 'endpoint' | 'limit' | 'account';
  /** Seconds until the vendor accepts calls again, if it reports them outside `Retry-After`, which takes precedence. */
  readonly retryAfter?: number;
}

/** How responses are cached. */
export interface CachePolicy extends Lifetimes {
  /** Name of the account that owns the responses. It changes when the credential is renewed; the new cache is empty. */
  readonly account: string;
  /** The graph's type that the response is about: `Customer`; undefined if no lifetime can be set for it. */
  kindOf(request: AnyRequest): string | undefined;
  /**
   * Whether the vendor's headers take precedence over the configured lifetimes, which then apply to responses without caching headers. A
   * `private`
   * response is cached only for requests with a `cachedFor`. Headers are cached, too.
   * @default false: the longer time applies
   */
  readonly followsHeaders?: boolean;
  /** Whether the response to a request is never cached. @default no request is excluded */
  readonly excludes?: (request: AnyRequest) => boolean;
  /**
   * The records that the response to a request depends on, if the vendor has events for their changes.
   * @returns undefined if it has no events for this request
   * @default it has no events
   */
  readonly tagsOf?: (request: AnyRequest) => ResponseTags | undefined;
  /**
   * The changes that a write makes, as far as its request and its response name them; the vendor's events report the others.
   * @param body the body of the response; undefined before the write, and without a response
   * @returns undefined if unknown: any record may have changed
   * @default unknown
   */
  readonly changesOf?: (request: AnyRequest, body: unknown) => readonly WrittenChange[] | undefined;
  /** Whether a response with a status other than 200 is complete and can be cached. @default none is */
  readonly isComplete?: (response: UpstreamResponse) => boolean;
}

export interface ResponseTags {
  /** Types of all records that the response can contain. */
  readonly types: readonly string[];
  /** For how long after a change the response may still be as before; milliseconds. @default 0 */
  readonly lagMs?: number;
  /** @param body is the response's, whatever came. Never throws. */
  readonly read: (body: unknown) => CacheTags;
}

/** Lifetimes by the names of the graph's types; for other types the vendor's headers decide. */
export interface Lifetimes {
  /** Seconds for which a response is fresh. */
  readonly freshSeconds: ReadonlyMap<string, number>;
  /** Seconds after that for which a stale response is used while the vendor fails. */
  readonly staleSeconds: ReadonlyMap<string, number>;
  /** Whether responses stay cached until the vendor's events report a change, while its events are reliable. @default false */
  readonly isLive?: boolean;
}

export const NO_LIFETIMES: Lifetimes = { freshSeconds: new Map(), staleSeconds: new Map() };

/**
 * The account name of a credential, equal for all its users.
 * @returns a hash from which the credential cannot be derived
 */
export const accountOf = (credential: string): string =>
  hash('sha256', `account ${credential}`).slice(0, 16);

/** Resources that the clients of all vendors share. */
export interface UpstreamResources {
  readonly monitor: UpstreamMonitor;
  readonly state: { readonly slots: SlotStore; readonly responses: ResponseStore };
  /** Invalidation of cached responses by changes. @default only writes through this graph invalidate them */
  readonly invalidation?: CacheInvalidation | undefined;
  /** Maximum number of tries of a call that may be retried. */
  readonly maxTries: number;
  /**
   * Milliseconds after which a read is cancelled, including its waits for a rate-limit slot and a connection and its retries. Writes, and
   * the reads
   * that they depend on, have until the request's deadline. Infinity: so have all reads.
   */
  readonly timeoutMs: number;
  /** Consecutive failures after which the circuit breaker opens. */
  readonly maxFailures: number;
  /** @default none */
  readonly proxies?: ProxySettings | undefined;
}
