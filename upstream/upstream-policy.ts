import { hash } from 'node:crypto';
import type { CacheInvalidation, WrittenChange } from '../events/cache-invalidation.ts';
import type { CacheTags } from '../request/cache-tags.ts';
import type { ResponseStore, SlotStore, Rate } from '../state/shared-state.ts';
import type { HttpResponse } from './connection-pool.ts';
import type { UpstreamMonitor } from './upstream-monitor.ts';
import type { ProxySettings } from './proxy.ts';
import type { AnyRequest } from './upstream-request.ts';
import type { UpstreamResponse } from './vendor-response.ts';

/** What a vendor allows, and how it says so. */
export interface UpstreamPolicy {
  /** How many calls may be under way at once; more wait their turn. */
  readonly maxConcurrency: number;
  /** @default the one of {@link UpstreamResources} */
  readonly timeoutMs?: number | undefined;
  /** @default none */
  readonly limits?: RateLimits;
  /** @default no answer is kept */
  readonly cache?: CachePolicy;
  /** Whether the vendor says of an answer that its request can be repeated, or must not be. @default it says nothing */
  readonly readRetryAdvice?: (headers: HttpResponse['headers']) => boolean | undefined;
  /** Why reads without a `batchSize` take one call each, for the trace, such as "The vendor has no batch read". @default no reason is named */
  readonly noBatchReason?: string;
}

/** How many calls the vendor lets through, those of other instances included. */
export interface RateLimits {
  /** Names whose limits these are, so that instances with the same credential share them. Holds no credential. */
  readonly account: string;
  /** By the names of the limits. */
  readonly rates: Readonly<Record<string, Rate>>;
  /** The name of the limit that a call counts for. */
  limitOf(request: AnyRequest): string;
  /** What an answer says of the limit it counted for. */
  readRate?(headers: HttpResponse['headers']): Rate | undefined;
  /** What each endpoint lets through; a call then needs a slot of its endpoint too. @default no limit by endpoint */
  readonly perEndpoint?: Rate;
  /** What single endpoints let through in place of `perEndpoint`, by method and path template: `GET /v1/customers/search`. @default none differs */
  readonly endpoints?: Readonly<Record<string, Rate>>;
  /** What a response that is `UPSTREAM_RATE_LIMITED` is about. @default the limit that the call counted for */
  readRefusal?(answer: UpstreamResponse): RateRefusal | undefined;
}

/** A vendor's refusal of one call too many: one status code, several meanings. */
export interface RateRefusal {
  /**
   * Which calls pause: none, so that only the refused call is retried (`call`); those of its method and path template
   * (`endpoint`); those of the limit that it counted for (`limit`); or all of the account (`account`).
   */
  readonly pauses: 'call' | 'endpoint' | 'limit' | 'account';
  /** Seconds until the vendor takes calls again, where it says so outside `Retry-After`, which counts first. */
  readonly retryAfter?: number;
}

/** How long answers are kept. */
export interface CachePolicy extends Lifetimes {
  /** Names whose responses these are; another one after the credential was renewed, which begins with an empty cache. */
  readonly account: string;
  /** What the answer to a request is about, by the graph's name: `Customer`; undefined for what no time can be set for. */
  kindOf(request: AnyRequest): string | undefined;
  /**
   * What the vendor's headers say counts in place of the times, which are for responses that say nothing. A response that is `private` is kept
   * for requests with a `cachedFor` alone. Headers are kept, too.
   * @default false: the longer time counts
   */
  readonly followsHeaders?: boolean;
  /** Whether the response to a request is never kept. @default none is kept out */
  readonly excludes?: (request: AnyRequest) => boolean;
  /**
   * The records that the response to a request is about, where the vendor has events that tell of their changes.
   * @returns undefined where it has none for what the request asks
   * @default it has none at all
   */
  readonly tagsOf?: (request: AnyRequest) => ResponseTags | undefined;
  /**
   * The changes that a write makes, as far as its request and its response name them; what else it changes, the vendor's events tell.
   * @param body is the response's; undefined before the write, and where none came
   * @returns undefined where that is not known: any record may have changed
   * @default not known
   */
  readonly changesOf?: (request: AnyRequest, body: unknown) => readonly WrittenChange[] | undefined;
  /** Whether a response with another status than 200 is all that the vendor has, and may be kept as one. @default none is */
  readonly isWhole?: (answer: UpstreamResponse) => boolean;
}

export interface ResponseTags {
  /** The types of all records that the response may hold. */
  readonly types: readonly string[];
  /** For how long after a change the response may still be as before; milliseconds. @default 0 */
  readonly lagMs?: number;
  /** @param body is the response's, whatever came. Never throws. */
  readonly read: (body: unknown) => CacheTags;
}

/** By the names of the graph's types; what has none is kept as the vendor's headers allow. */
export interface Lifetimes {
  /** For how many seconds an answer is as good as new. */
  readonly freshSeconds: ReadonlyMap<string, number>;
  /** For how many seconds after that it is better than none, while the vendor gives none. */
  readonly staleSeconds: ReadonlyMap<string, number>;
  /** Whether what the vendor's events tell of is kept until they do, while they can be relied on. @default false */
  readonly isLive?: boolean;
}

export const NO_LIFETIMES: Lifetimes = { freshSeconds: new Map(), staleSeconds: new Map() };

/**
 * One name for all that use a credential.
 * @returns nothing that the credential could be found out from
 */
export const accountOf = (credential: string): string =>
  hash('sha256', `account ${credential}`).slice(0, 16);

/** What the clients of all vendors have in common. */
export interface UpstreamResources {
  readonly monitor: UpstreamMonitor;
  readonly state: { readonly slots: SlotStore; readonly responses: ResponseStore };
  /** What changes have made void. @default what is written through this graph, and nothing else */
  readonly invalidation?: CacheInvalidation | undefined;
  /** How often a call is made at most, where it may be repeated. */
  readonly maxTries: number;
  /**
   * After how many milliseconds a read is cancelled, with its waits for a rate-limit slot and a connection and its retries. Writes, and the reads
   * that they depend on, have until the request's deadline. Infinity: so have all reads.
   */
  readonly timeoutMs: number;
  /** After so many failures in a row a vendor is not called for a while. */
  readonly maxFailures: number;
  /** @default none */
  readonly proxies?: ProxySettings | undefined;
}
