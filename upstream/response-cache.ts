import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Service } from '../errors/coded-error.ts';
import type { ResponseStore } from '../state/shared-state.ts';
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
import type { CachePolicy } from './upstream-policy.ts';
import type { AnyRequest } from './upstream-request.ts';
import { VendorResponse } from './vendor-response.ts';

export interface ResponseCacheOptions {
  readonly service: Service;
  readonly vendor: string;
  readonly policy: CachePolicy;
  readonly responses: ResponseStore;
  readonly monitor: UpstreamMonitor;
}

/** Asks the vendor, in the form of the request that is given to it. */
type Call = (http: HttpRequest) => Promise<VendorResponse>;

/**
 * Keeps a vendor's answers to what changes nothing: for as long as its headers allow, and where the operator has set a time for what they
 * are about. Whatever is changed through this graph makes all that was read of the account before it void.
 */
export class ResponseCache {
  readonly #service: Service;
  readonly #vendor: string;
  readonly #policy: CachePolicy;
  readonly #responses: ResponseStore;
  readonly #monitor: UpstreamMonitor;
  /** All that a change of anything makes void. */
  readonly #group: string;
  /** The present when it was looked at last. */
  #lastSnapshot: VersionSnapshot | undefined;
  /** Whether the vendor has ever allowed one of its answers to be kept: else nobody need look for them. */
  #isCachingAllowed = false;

  constructor({ service, vendor, policy, responses, monitor }: ResponseCacheOptions) {
    this.#service = service;
    this.#vendor = vendor;
    this.#policy = policy;
    this.#responses = responses;
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
    const kind = this.#policy.kindOf(request) ?? '';
    const lifetime = {
      freshMs: secondsOf(this.#policy.freshSeconds, kind),
      staleMs: secondsOf(this.#policy.staleSeconds, kind),
    };
    if (scope.bypassCache === true || this.#policy.excludes?.(request) === true) return call(http);
    const key = this.#keyOf(request, http);
    const asked: Asked = { http, key, isOfOneClient: request.cachedFor !== undefined };
    if (lifetime.freshMs + lifetime.staleMs === 0 && !this.#isCachingAllowed) {
      // An old look costs no time, and keeps nothing that it should not: with a version of before a change, an answer is void.
      return this.#fetch(
        asked,
        lifetime,
        this.#lastSnapshot ?? (await this.#readSnapshot()),
        undefined,
        call,
      );
    }
    const [snapshot, cached] = await this.#find(key);
    if (cached !== undefined && currentTime(snapshot) < cached.freshUntil) {
      this.#monitor.cacheLookup(this.#vendor, 'hit');
      return toResponse(cached);
    }
    try {
      const answer = await this.#fetch(asked, lifetime, snapshot, cached, call);
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
      scope.trace.recordStale({
        service: this.#service.name,
        type: kind,
        ageSeconds: Math.round((time - cached.readAt) / 1000),
      });
      return toResponse(cached);
    }
  }

  /** Makes a change, before and after which nothing of what was read holds any more. */
  async write<T>(write: () => Promise<T>): Promise<T> {
    await this.#invalidate();
    try {
      return await write();
    } finally {
      await this.#invalidate();
    }
  }

  /** What was read with an older version counts no more, what is under way now included. */
  async #invalidate(): Promise<void> {
    const version = await this.#responses.renewVersion(this.#group);
    if (this.#lastSnapshot !== undefined) this.#lastSnapshot = { ...this.#lastSnapshot, version };
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

  async #find(key: string): Promise<[VersionSnapshot, CachedResponse | undefined]> {
    const [text, snapshot] = await Promise.all([this.#responses.get(key), this.#readSnapshot()]);
    const cached = text === null ? undefined : cachedSchema.safeParse(JSON.parse(text)).data;
    return [snapshot, cached?.version === snapshot.version ? cached : undefined];
  }

  async #fetch(
    asked: Asked,
    lifetime: Lifetime,
    snapshot: VersionSnapshot,
    cached: CachedResponse | undefined,
    call: Call,
  ): Promise<VendorResponse> {
    const { http, isOfOneClient } = asked;
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
      await this.#store(asked.key, cached, read, { ...lifetime, freshMs: renewed }, validators);
      return toResponse(cached);
    }
    if (answer.status === OK) {
      const freshMs = this.#freshMs(answer, lifetime, permission);
      const content = this.#contentOf(answer);
      const { validators } = permission ?? {};
      await this.#store(asked.key, content, read, { ...lifetime, freshMs }, validators);
    }
    return answer;
  }

  /** @returns undefined where it must not be kept */
  #freshMs(
    answer: VendorResponse,
    lifetime: Lifetime,
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
    key: string,
    content: Content | undefined,
    { version, readAt }: Read,
    { freshMs, staleMs }: Pick<Lifetime, 'staleMs'> & { readonly freshMs: number | undefined },
    validators: CachePermission['validators'],
  ): Promise<void> {
    if (freshMs === undefined || content === undefined) return;
    const freshUntil = readAt + freshMs;
    const cachedMs = Math.max(
      freshUntil + staleMs - readAt,
      validators === undefined ? 0 : REVALIDATION_MS,
    );
    if (cachedMs < 1000) return;
    const cached: CachedResponse = {
      ...content,
      version,
      readAt,
      freshUntil,
      validators,
    };
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
}

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
type Content = Omit<CachedResponse, 'version' | 'readAt' | 'freshUntil' | 'validators'>;

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

const OK = 200;
const NOT_MODIFIED = 304;
const MAX_CACHED_BYTES = 512 * 1024;
const MAX_CACHED_SECONDS = 86_400;
/** How long an answer is kept only to be asked about. */
const REVALIDATION_MS = 3_600_000;
