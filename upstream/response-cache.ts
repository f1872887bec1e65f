import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Service } from '../errors/coded-error.ts';
import type { CacheInvalidation } from '../events/cache-invalidation.ts';
import type { ResponseStore } from '../state/shared-state.ts';
import type { CacheTags, LogPlace } from '../request/cache-tags.ts';
import type { RequestScope } from '../request/request-scope.ts';
import type { HttpRequest } from './connection-pool.ts';
import {
  type CachePermission,
  forbidsStale,
  readCachePermission,
  saysHowLong,
} from './cache-permission.ts';
import { UpstreamError } from './upstream-error.ts';
import type { UpstreamMonitor } from './upstream-monitor.ts';
import type { CachePolicy, ResponseTags } from './upstream-policy.ts';
import type { AnyRequest } from './upstream-request.ts';
import { VendorResponse } from './vendor-response.ts';

export interface ResponseCacheOptions {
  readonly service: Service;
  readonly vendor: string;
  readonly policy: CachePolicy;
  readonly responses: ResponseStore;
  readonly invalidation: CacheInvalidation | undefined;
  readonly monitor: UpstreamMonitor;
}

/** Asks the vendor, in the form of the request that is given to it. */
type Call = (http: HttpRequest) => Promise<VendorResponse>;

/**
 * Keeps a vendor's answers to what changes nothing: for as long as its headers allow, where the operator has set a time for what they
 * are about, and until its events tell of a change. A write through this graph makes void what it names, where events tell of the rest, else
 * all that was read of the account before it.
 */
export class ResponseCache {
  readonly #service: Service;
  readonly #vendor: string;
  readonly #policy: CachePolicy;
  readonly #responses: ResponseStore;
  readonly #invalidation: CacheInvalidation | undefined;
  readonly #monitor: UpstreamMonitor;
  /** All that a change of anything makes void. */
  readonly #group: string;
  /** The present when it was looked at last. */
  #lastSnapshot: VersionSnapshot | undefined;
  /** Whether the vendor has ever allowed one of its answers to be kept: else nobody need look for them. */
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
   * Answers from what is kept, or asks.
   * @throws what `call` throws, where nothing that is kept may stand in for it
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
    const isKept = freshMs + staleMs > 0 || this.#isCachingAllowed;
    const isLive =
      this.#policy.isLive === true && this.#invalidation?.isHealthy(this.#vendor) === true;
    const tags = this.#invalidation && this.#policy.tagsOf?.(request);
    // Each response of a search, the vendor's own included.
    const { lagMs = 0 } = tags ?? {};
    if (lagMs > 0) scope.trace.recordOlder({ lagMs });
    const tracked = isKept || isLive ? await this.#track(tags, scope) : undefined;
    const asked: Asked = {
      http,
      tags,
      key: this.#keyOf(request, http),
      isOfOneClient: request.cachedFor !== undefined,
      lifetime: { freshMs, staleMs, liveMs: isLive && tracked !== undefined ? LIVE_MS : 0 },
      tracked,
      scope,
    };
    // An old look costs no time, and keeps nothing that it should not: with a version of before a change, an answer is void.
    if (!isKept && asked.lifetime.liveMs === 0)
      return this.#fetch(
        asked,
        this.#lastSnapshot ?? (await this.#readSnapshot()),
        undefined,
        call,
      );
    return this.#readKept(asked, kind, call);
  }

  async #readKept(asked: Asked, kind: string, call: Call): Promise<VendorResponse> {
    const { lifetime, scope } = asked;
    const [snapshot, cached] = await this.#find(asked);
    if (cached !== undefined && currentTime(snapshot) < endOf(cached, lifetime)) {
      this.#monitor.cacheLookup(this.#vendor, 'hit');
      this.#recordCached(cached, asked, currentTime(snapshot));
      return toResponse(cached);
    }
    try {
      const answer = await this.#fetch(asked, snapshot, cached, call);
      this.#monitor.cacheLookup(this.#vendor, 'miss');
      return answer;
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
      this.#recordCached(cached, asked, time);
      scope.trace.recordStale({
        service: this.#service.name,
        type: kind,
        ageSeconds: Math.round((time - cached.readAt) / 1000),
      });
      return toResponse(cached);
    }
  }

  /** Makes a change, before and after which nothing of what was read and is affected holds any more. */
  async write(request: AnyRequest, write: () => Promise<VendorResponse>): Promise<VendorResponse> {
    await this.#invalidate(request, undefined);
    let answer: VendorResponse | undefined;
    try {
      answer = await write();
      return answer;
    } finally {
      await this.#invalidate(request, answer);
    }
  }

  /** What was read with an older version counts no more, what is under way now included. */
  async #invalidate(request: AnyRequest, answer: VendorResponse | undefined): Promise<void> {
    const isEnough = await this.#publish(request, answer);
    if (isEnough && this.#invalidation?.isHealthy(this.#vendor) === true) return;
    const version = await this.#responses.renewVersion(this.#group);
    if (this.#lastSnapshot !== undefined) this.#lastSnapshot = { ...this.#lastSnapshot, version };
  }

  /** @returns whether all instances will know what the write changes */
  async #publish(request: AnyRequest, answer: VendorResponse | undefined): Promise<boolean> {
    if (this.#invalidation === undefined || this.#policy.tagsOf === undefined) return false;
    const changes = this.#policy.changesOf?.(request, answer?.body) ?? ANY_CHANGE;
    return this.#invalidation.publish(this.#vendor, changes);
  }

  /** @returns undefined for a response of which no events tell, or where it is not known what they have told */
  async #track(tags: ResponseTags | undefined, scope: RequestScope): Promise<Tracked | undefined> {
    if (tags === undefined || this.#invalidation === undefined) return undefined;
    const place = await this.#invalidation.placeOf(scope);
    return place && { tags, place };
  }

  /** Whether it is void by a change. One of which that is not known serves only where nothing is known now either. */
  #hasChanged({ tags, place }: CachedResponse, tracked: Tracked | undefined): boolean {
    if (tags === undefined || place === undefined || tracked === undefined)
      return place !== undefined || tracked !== undefined;
    return this.#invalidation?.isUnchanged(this.#vendor, tags, place) !== true;
  }

  /** Of records without events, no change is ever missed. */
  #recordCached({ place, readAt }: CachedResponse, { tags, scope }: Asked, time: number): void {
    if (tags === undefined) return;
    const { lagMs = 0 } = tags;
    scope.trace.recordOlder(
      place === undefined ? { lagMs: lagMs + Math.max(0, time - readAt) } : { asked: place, lagMs },
    );
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

  async #find({ key, tracked }: Asked): Promise<[VersionSnapshot, CachedResponse | undefined]> {
    const [text, snapshot] = await Promise.all([this.#responses.get(key), this.#readSnapshot()]);
    const cached = text === null ? undefined : cachedSchema.safeParse(JSON.parse(text)).data;
    const isValid = cached?.version === snapshot.version && !this.#hasChanged(cached, tracked);
    return [snapshot, isValid ? cached : undefined];
  }

  async #fetch(
    asked: Asked,
    snapshot: VersionSnapshot,
    cached: CachedResponse | undefined,
    call: Call,
  ): Promise<VendorResponse> {
    const { http, isOfOneClient, lifetime } = asked;
    const read: Read = { version: snapshot.version, readAt: currentTime(snapshot) };
    const answer = await call(
      cached?.validators === undefined
        ? http
        : { ...http, headers: { ...http.headers, ...cached.validators } },
    );
    const shared = this.#policy.followsHeaders === true && !isOfOneClient;
    const permission = readCachePermission(http, answer, { shared });
    this.#isCachingAllowed ||= permission !== undefined;
    if (answer.status === NOT_MODIFIED && cached !== undefined) {
      const { freshMs = 0, validators = cached.validators } = permission ?? {};
      const renewed = this.#freshMs(answer, lifetime, { freshMs, validators }, cached);
      const tagged = this.#tag(asked, cached.tags);
      await this.#store(asked, { ...cached, ...tagged }, read, renewed, validators);
      return toResponse(cached);
    }
    if (answer.status === OK || this.#policy.isWhole?.(answer) === true) {
      const freshMs = this.#freshMs(answer, lifetime, permission);
      const content = this.#contentOf(answer);
      const tagged = content && this.#tag(asked, asked.tracked?.tags.read(answer.body));
      const { validators } = permission ?? {};
      await this.#store(asked, content && { ...content, ...tagged }, read, freshMs, validators);
    }
    return answer;
  }

  /** @returns what a response is kept with, so that changes make it void */
  #tag({ tracked }: Asked, tags: CacheTags | undefined): Pick<CachedResponse, 'tags' | 'place'> {
    if (tracked === undefined || tags === undefined) return {};
    return { tags, place: tracked.place };
  }

  /** @returns undefined where it must not be kept */
  #freshMs(
    answer: VendorResponse,
    lifetime: Pick<Lifetime, 'freshMs'>,
    permission: CachePermission | undefined,
    before?: CachedResponse,
  ): number | undefined {
    if (this.#policy.followsHeaders !== true)
      return Math.max(lifetime.freshMs, permission?.freshMs ?? 0);
    if (saysHowLong(answer)) return permission?.freshMs;
    // What the headers said before holds: RFC 9111, section 4.3.4.
    return before?.isByHeaders === true ? before.freshUntil - before.readAt : lifetime.freshMs;
  }

  /** @returns undefined for what is not kept */
  #contentOf(answer: VendorResponse): Content | undefined {
    const { status, headers, bytes } = answer;
    const contentType = headers['content-type'];
    if (typeof contentType !== 'string' || bytes.length > MAX_CACHED_BYTES) return undefined;
    // It is kept as text: other bytes would not come back as they are.
    if (!isUtf8(bytes)) return undefined;
    const content = { status, contentType, body: bytes.toString() };
    if (this.#policy.followsHeaders !== true) return content;
    const kept = Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) =>
        value === undefined || name === 'set-cookie' ? [] : [[name, value]],
      ),
    );
    const isByHeaders = saysHowLong(answer);
    return { ...content, headers: kept, isByHeaders, isNeverStale: forbidsStale(answer) };
  }

  async #store(
    { key, tracked, lifetime: { staleMs, liveMs } }: Asked,
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
    // What has changed meanwhile, or must be erased, would stay until its time is over.
    if (this.#hasChanged(cached, tracked)) return;
    const seconds = Math.min(Math.ceil(cachedMs / 1000), MAX_CACHED_SECONDS);
    await this.#responses.set(key, JSON.stringify(cached), seconds);
  }

  /** What else is in the headers is the same for all calls with a credential. */
  #keyOf({ headers, cachedFor, reader }: AnyRequest, http: HttpRequest): string {
    const { method, path, body } = http;
    const request = [method, path, body, http.headers['accept'], headers, cachedFor, reader];
    const digest = hash('sha256', JSON.stringify(request), 'base64url');
    return `${this.#vendor}:${this.#policy.account}:${digest}`;
  }
}

/** A request for which the cache looks. */
interface Asked {
  readonly http: HttpRequest;
  readonly key: string;
  /** Whether the cached response is for its client alone. */
  readonly isOfOneClient: boolean;
  readonly lifetime: Lifetime;
  /** What the response is about; undefined where no events tell of it. */
  readonly tags: ResponseTags | undefined;
  /** What changes make the response void; undefined where that is not known. */
  readonly tracked: Tracked | undefined;
  readonly scope: RequestScope;
}

interface Tracked {
  readonly tags: ResponseTags;
  readonly place: LogPlace;
}

/** The present, as all instances know it. */
interface VersionSnapshot {
  /** Of all that was read of the account. */
  readonly version: string;
  /** Milliseconds since 1970, by the clock of all instances. */
  readonly time: number;
  /** The same moment by this process's clock. */
  readonly takenAt: number;
}

/** What the clock of all instances says now. */
const currentTime = ({ time, takenAt }: VersionSnapshot) => time + performance.now() - takenAt;

type Read = Pick<CachedResponse, 'version' | 'readAt'>;

interface Lifetime {
  readonly freshMs: number;
  readonly staleMs: number;
  /** For how long an event will tell of a change. */
  readonly liveMs: number;
}

const recordSchema = z.object({ type: z.string(), id: z.string() });

const tagsSchema = z.object({
  records: z.array(recordSchema).readonly(),
  lists: z
    .array(
      z.object({
        type: z.string(),
        of: z.array(recordSchema).readonly().exactOptional(),
        dependsOn: z.array(z.string()).readonly().exactOptional(),
        lagMs: z.number().exactOptional(),
      }),
    )
    .readonly(),
});

const placeSchema = z.object({
  log: z.string(),
  position: z.object({ ms: z.number(), seq: z.number() }),
  time: z.number(),
});

const cachedSchema = z.object({
  status: z.int(),
  contentType: z.string(),
  body: z.string(),
  /** Which version of the account's records it was asked for with. */
  version: z.string(),
  /** When it was asked for; milliseconds since 1970, by the clock of all instances. */
  readAt: z.number(),
  /** Until when it is as good as new. */
  freshUntil: z.number(),
  /** Until when it is as good as new while events can be relied on. */
  liveUntil: z.number(),
  /** What changes make it void, and where the log was when it was asked for. */
  tags: tagsSchema.optional(),
  place: placeSchema.optional(),
  /** What asks whether it still holds. */
  validators: z.record(z.string(), z.string()).optional(),
  /** Those that are kept beside the content type. */
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])).optional(),
  /** Whether its headers say for how long it is good. */
  isByHeaders: z.boolean().optional(),
  /** Whether it must not be used once it has expired. */
  isNeverStale: z.boolean().optional(),
});

type CachedResponse = Readonly<z.output<typeof cachedSchema>>;

/** What of an answer is kept. */
type Content = Omit<
  CachedResponse,
  'version' | 'readAt' | 'freshUntil' | 'liveUntil' | 'validators'
>;

/** Until when a response is as good as new. */
const endOf = ({ freshUntil, liveUntil }: CachedResponse, { liveMs }: Lifetime) =>
  liveMs > 0 ? Math.max(freshUntil, liveUntil) : freshUntil;

/** Of a write of which nothing is known. */
const ANY_CHANGE = [{ type: '', id: '', kind: 'UPDATED', related: [], changed: [] }] as const;

const toResponse = ({ status, contentType, body, headers = {} }: CachedResponse) =>
  new VendorResponse({
    status,
    headers: { ...headers, 'content-type': contentType },
    body: Buffer.from(body),
  });

const secondsOf = (seconds: ReadonlyMap<string, number>, kind: string) =>
  (seconds.get(kind) ?? 0) * 1000;

/** The vendor gives no answer, or none now; a refusal is an answer. */
const isOutage = (error: unknown) =>
  error instanceof UpstreamError &&
  ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT', 'UPSTREAM_RATE_LIMITED'].includes(error.code);

/** An event that never came makes no response older than this. */
const LIVE_MS = 900_000;
const OK = 200;
const NOT_MODIFIED = 304;
const MAX_CACHED_BYTES = 512 * 1024;
const MAX_CACHED_SECONDS = 86_400;
/** How long an answer is kept only to be asked about. */
const REVALIDATION_MS = 3_600_000;
