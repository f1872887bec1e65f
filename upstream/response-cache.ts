import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import type { Service } from '../errors/coded-error.ts';
import type { CacheInvalidation } from '../events/cache-invalidation.ts';
import type { ResponseStore } from '../state/shared-state.ts';
import { type CacheTags, type LogPlace, UNKNOWN_AGE } from '../request/cache-tags.ts';
import type { RequestScope } from '../request/request-scope.ts';
import {
  type CachedResponse,
  type Content,
  parseCachedResponse,
  toResponse,
} from './cached-response.ts';
import type { HttpRequest } from './connection-pool.ts';
import {
  type CachePermission,
  forbidsStale,
  readCachePermission,
  setsLifetime,
} from './cache-permission.ts';
import { UpstreamError } from './upstream-error.ts';
import type { UpstreamMonitor } from './upstream-monitor.ts';
import type { CachePolicy, ResponseTags } from './upstream-policy.ts';
import type { AnyRequest } from './upstream-request.ts';
import type { VendorResponse } from './vendor-response.ts';

export interface ResponseCacheOptions {
  readonly service: Service;
  readonly vendor: string;
  readonly policy: CachePolicy;
  readonly responses: ResponseStore;
  readonly invalidation: CacheInvalidation | undefined;
  readonly monitor: UpstreamMonitor;
}

/** Sends the given request to the vendor. */
type Call = (http: HttpRequest) => Promise<VendorResponse>;

/**
 * Caches a vendor's responses to safe requests: for as long as its headers allow, for the time that the operator set for their type, and
 * until its events report a change. A write through this graph invalidates the records that it names if events report the rest. If not,
 * it invalidates all cached responses of the account.
 */
export class ResponseCache {
  readonly #service: Service;
  readonly #vendor: string;
  readonly #policy: CachePolicy;
  readonly #responses: ResponseStore;
  readonly #invalidation: CacheInvalidation | undefined;
  readonly #monitor: UpstreamMonitor;
  /** Name of the version that each unspecific change renews. */
  readonly #group: string;
  /** The latest snapshot of version and time. */
  #lastSnapshot: VersionSnapshot | undefined;
  /** Whether the vendor has ever allowed caching of a response; otherwise lookups are skipped. */
  #isCachingAllowed = false;

  constructor(options: ResponseCacheOptions) {
    const { service, vendor, policy, responses, invalidation, monitor } = options;
    this.#service = service;
    this.#vendor = vendor;
    this.#policy = policy;
    this.#responses = responses;
    this.#invalidation = invalidation;
    this.#monitor = monitor;
    this.#group = `${vendor}:${policy.account}`;
  }

  /**
   * Returns the cached response, or calls the vendor.
   * @throws what `call` throws, if no cached response may replace it
   */
  async read(
    request: AnyRequest,
    http: HttpRequest,
    scope: RequestScope,
    call: Call,
  ): Promise<VendorResponse> {
    if (scope.bypassCache === true || this.#policy.excludes?.(request) === true) return call(http);
    const kind = this.#policy.kindOf(request) ?? '';
    const freshMs = secondsOf(this.#policy.freshSeconds, kind);
    const staleMs = secondsOf(this.#policy.staleSeconds, kind);
    const isCached = freshMs + staleMs > 0 || this.#isCachingAllowed;
    const isLive =
      this.#policy.isLive === true && this.#invalidation?.isHealthy(this.#vendor) === true;
    const tags = this.#invalidation && this.#policy.tagsOf?.(request);
    // Each response of a search, the vendor's own included.
    const { lagMs = 0 } = tags ?? {};
    if (lagMs > 0) scope.trace.recordOlder({ lagMs });
    const tracked = isCached || isLive ? await this.#track(tags, scope) : undefined;
    const lookup: CacheLookup = {
      http,
      tags,
      key: this.#keyOf(request, http),
      isOfOneClient: request.cachedFor !== undefined,
      lifetime: { freshMs, staleMs, liveMs: isLive && tracked !== undefined ? LIVE_MS : 0 },
      tracked,
      scope,
    };
    // An old snapshot saves time and is safe: a response with an older version is void.
    if (!isCached && lookup.lifetime.liveMs === 0)
      return this.#fetch(
        lookup,
        this.#lastSnapshot ?? (await this.#readSnapshot()),
        undefined,
        call,
      );
    return this.#readCached(lookup, kind, call);
  }

  async #readCached(lookup: CacheLookup, kind: string, call: Call): Promise<VendorResponse> {
    const { lifetime, scope } = lookup;
    const [snapshot, cached] = await this.#find(lookup);
    if (cached !== undefined && currentTime(snapshot) < endOf(cached, lifetime)) {
      this.#monitor.cacheLookup(this.#vendor, 'hit');
      this.#recordCached(cached, lookup);
      return toResponse(cached);
    }
    try {
      const response = await this.#fetch(lookup, snapshot, cached, call);
      this.#monitor.cacheLookup(this.#vendor, 'miss');
      return response;
    } catch (error) {
      const time = currentTime(snapshot);
      if (
        cached === undefined ||
        time >= cached.freshUntil + (cached.isNeverStale === true ? 0 : lifetime.staleMs) ||
        !isOutage(error)
      ) {
        this.#monitor.cacheLookup(this.#vendor, 'miss');
        throw error;
      }
      this.#monitor.cacheLookup(this.#vendor, 'stale');
      this.#recordCached(cached, lookup);
      scope.trace.recordStale({
        service: this.#service.name,
        type: kind,
        ageSeconds: Math.round((time - cached.readAt) / 1000),
      });
      return toResponse(cached);
    }
  }

  /** Performs a write and invalidates affected responses before and after it. */
  async write(request: AnyRequest, write: () => Promise<VendorResponse>): Promise<VendorResponse> {
    await this.#invalidate(request, undefined);
    let response: VendorResponse | undefined;
    try {
      response = await write();
      return response;
    } finally {
      await this.#invalidate(request, response);
    }
  }

  /** Responses that were read with an older version become void, including those of pending calls. */
  async #invalidate(request: AnyRequest, response: VendorResponse | undefined): Promise<void> {
    const isEnough = await this.#publish(request, response);
    if (isEnough && this.#invalidation?.isHealthy(this.#vendor) === true) return;
    const version = await this.#responses.renewVersion(this.#group);
    if (this.#lastSnapshot !== undefined) this.#lastSnapshot = { ...this.#lastSnapshot, version };
  }

  /** @returns whether all instances receive the changes of the write */
  async #publish(request: AnyRequest, response: VendorResponse | undefined): Promise<boolean> {
    if (this.#invalidation === undefined || this.#policy.tagsOf === undefined) return false;
    const changes = this.#policy.changesOf?.(request, response?.body) ?? ANY_CHANGE;
    return this.#invalidation.publish(this.#vendor, changes);
  }

  /** @returns undefined if no events report changes of the response, or the log cannot be read */
  async #track(tags: ResponseTags | undefined, scope: RequestScope): Promise<Tracked | undefined> {
    if (tags === undefined || this.#invalidation === undefined) return undefined;
    const place = await this.#invalidation.placeOf(scope);
    return place && { tags, place };
  }

  /** Whether a change has invalidated it. A response without tags is valid only for a read without tags. */
  #hasChanged({ tags, place }: CachedResponse, tracked: Tracked | undefined): boolean {
    if (tags === undefined || place === undefined || tracked === undefined)
      return place !== undefined || tracked !== undefined;
    return this.#invalidation?.isUnchanged(this.#vendor, tags, place) !== true;
  }

  /**
   * Records the age of a cached response, for the cursor and the entity tag. A response without events does not count: no stream reports
   * its changes.
   */
  #recordCached({ place }: CachedResponse, { tags, scope }: CacheLookup): void {
    if (tags === undefined) return;
    const { lagMs = 0 } = tags;
    scope.trace.recordOlder(place === undefined ? UNKNOWN_AGE : { requestedAt: place, lagMs });
  }

  async #readSnapshot(): Promise<VersionSnapshot> {
    const [version, time] = await Promise.all([
      this.#responses.version(this.#group),
      this.#responses.now(),
    ]);
    const snapshot = { version, time, takenAt: performance.now() };
    this.#lastSnapshot = snapshot;
    return snapshot;
  }

  async #find({
    key,
    tracked,
  }: CacheLookup): Promise<[VersionSnapshot, CachedResponse | undefined]> {
    const [text, snapshot] = await Promise.all([this.#responses.get(key), this.#readSnapshot()]);
    const cached = parseCachedResponse(text);
    const isValid = cached?.version === snapshot.version && !this.#hasChanged(cached, tracked);
    return [snapshot, isValid ? cached : undefined];
  }

  async #fetch(
    lookup: CacheLookup,
    snapshot: VersionSnapshot,
    cached: CachedResponse | undefined,
    call: Call,
  ): Promise<VendorResponse> {
    const { http, isOfOneClient, lifetime } = lookup;
    const read: Read = { version: snapshot.version, readAt: currentTime(snapshot) };
    const response = await call(
      cached?.validators === undefined
        ? http
        : { ...http, headers: { ...http.headers, ...cached.validators } },
    );
    const shared = this.#policy.followsHeaders === true && !isOfOneClient;
    const permission = readCachePermission(http, response, { shared });
    this.#isCachingAllowed ||= permission !== undefined;
    if (response.status === NOT_MODIFIED && cached !== undefined) {
      const { freshMs = 0, validators = cached.validators } = permission ?? {};
      const renewed = this.#freshMs(response, lifetime, { freshMs, validators }, cached);
      const tagged = this.#tag(lookup, cached.tags);
      await this.#store(lookup, { ...cached, ...tagged }, read, renewed, validators);
      return toResponse(cached);
    }
    if (response.status === OK || this.#policy.isComplete?.(response) === true) {
      const freshMs = this.#freshMs(response, lifetime, permission);
      const content = this.#contentOf(response);
      const tagged = content && this.#tag(lookup, lookup.tracked?.tags.read(response.body));
      const { validators } = permission ?? {};
      await this.#store(lookup, content && { ...content, ...tagged }, read, freshMs, validators);
    }
    return response;
  }

  /** @returns what is stored with a response, so that changes invalidate it */
  #tag(
    { tracked }: CacheLookup,
    tags: CacheTags | undefined,
  ): Pick<CachedResponse, 'tags' | 'place'> {
    if (tracked === undefined || tags === undefined) return {};
    return { tags, place: tracked.place };
  }

  /** @returns undefined if it must not be cached */
  #freshMs(
    response: VendorResponse,
    lifetime: Pick<Lifetime, 'freshMs'>,
    permission: CachePermission | undefined,
    before?: CachedResponse,
  ): number | undefined {
    if (this.#policy.followsHeaders !== true)
      return Math.max(lifetime.freshMs, permission?.freshMs ?? 0);
    if (setsLifetime(response)) return permission?.freshMs;
    // The earlier headers still apply: RFC 9111, section 4.3.4.
    return before?.isByHeaders === true ? before.freshUntil - before.readAt : lifetime.freshMs;
  }

  /** @returns undefined if the response is not cached */
  #contentOf(response: VendorResponse): Content | undefined {
    const { status, headers, bytes } = response;
    const contentType = headers['content-type'];
    if (typeof contentType !== 'string' || bytes.length > MAX_CACHED_BYTES) return undefined;
    // The cache stores text; other bytes would not survive it.
    if (!isUtf8(bytes)) return undefined;
    const content = { status, contentType, body: bytes.toString() };
    if (this.#policy.followsHeaders !== true) return content;
    const storedHeaders = Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) =>
        value === undefined || name === 'set-cookie' ? [] : [[name, value]],
      ),
    );
    const isByHeaders = setsLifetime(response);
    return {
      ...content,
      headers: storedHeaders,
      isByHeaders,
      isNeverStale: forbidsStale(response),
    };
  }

  async #store(
    { key, tracked, lifetime: { staleMs, liveMs } }: CacheLookup,
    content: Content | undefined,
    { version, readAt }: Read,
    freshMs: number | undefined,
    validators: CachePermission['validators'],
  ): Promise<void> {
    if (freshMs === undefined || content === undefined) return;
    const cachedMs = Math.max(
      freshMs + staleMs,
      liveMs,
      validators === undefined ? 0 : REVALIDATION_MS,
    );
    if (cachedMs < 1000) return;
    const cached: CachedResponse = {
      ...content,
      version,
      readAt,
      freshUntil: readAt + freshMs,
      liveUntil: readAt + liveMs,
      validators,
    };
    // A response that has changed meanwhile, or must be erased, would stay until it expires.
    if (this.#hasChanged(cached, tracked)) return;
    const seconds = Math.min(Math.ceil(cachedMs / 1000), MAX_CACHED_SECONDS);
    await this.#responses.set(key, JSON.stringify(cached), seconds);
  }

  /** The other headers are equal for all calls with a credential. */
  #keyOf({ headers, cachedFor, reader }: AnyRequest, http: HttpRequest): string {
    const { method, path, body } = http;
    const request = [method, path, body, http.headers['accept'], headers, cachedFor, reader];
    const digest = hash('sha256', JSON.stringify(request), 'base64url');
    return `${this.#vendor}:${this.#policy.account}:${digest}`;
  }
}

/** A request and its cache lookup. */
interface CacheLookup {
  readonly http: HttpRequest;
  readonly key: string;
  /** Whether only this client may get the cached response. */
  readonly isOfOneClient: boolean;
  readonly lifetime: Lifetime;
  /** The records and lists of the response; undefined if no events report their changes. */
  readonly tags: ResponseTags | undefined;
  /** The changes that invalidate the response; undefined if they are unknown. */
  readonly tracked: Tracked | undefined;
  readonly scope: RequestScope;
}

interface Tracked {
  readonly tags: ResponseTags;
  readonly place: LogPlace;
}

/** Version and time that all instances share. */
interface VersionSnapshot {
  /** Version of all records that were read of the account. */
  readonly version: string;
  /** Milliseconds since 1970, by the clock of all instances. */
  readonly time: number;
  /** The same moment by this process's clock. */
  readonly takenAt: number;
}

/** The current time of the shared clock. */
const currentTime = ({ time, takenAt }: VersionSnapshot) => time + performance.now() - takenAt;

type Read = Pick<CachedResponse, 'version' | 'readAt'>;

interface Lifetime {
  readonly freshMs: number;
  readonly staleMs: number;
  /** Milliseconds for which the response is valid while events report changes. */
  readonly liveMs: number;
}

/** Time until which a response is fresh. */
const endOf = ({ freshUntil, liveUntil }: CachedResponse, { liveMs }: Lifetime) =>
  liveMs > 0 ? Math.max(freshUntil, liveUntil) : freshUntil;

/** The change of a write whose effects are unknown. */
const ANY_CHANGE = [{ type: '', id: '', kind: 'UPDATED', related: [], changed: [] }] as const;

const secondsOf = (seconds: ReadonlyMap<string, number>, kind: string) =>
  (seconds.get(kind) ?? 0) * 1000;

/** Whether the vendor is unavailable or rate-limited; a refusal is a response. */
const isOutage = (error: unknown) =>
  error instanceof UpstreamError &&
  ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT', 'UPSTREAM_RATE_LIMITED'].includes(error.code);

/** Maximum age of a response that a missed event should have invalidated. */
const LIVE_MS = 900_000;
const OK = 200;
const NOT_MODIFIED = 304;
const MAX_CACHED_BYTES = 512 * 1024;
const MAX_CACHED_SECONDS = 86_400;
/** How long an expired response is stored for revalidation. */
const REVALIDATION_MS = 3_600_000;
