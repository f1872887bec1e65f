import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Service } from '../errors/coded-error.ts';
import type { AnswerStore } from '../state/shared-state.ts';
import type { RequestScope } from '../request/request-scope.ts';
import type { HttpRequest } from './connection-pool.ts';
import { type Permission, readPermission } from './cache-permission.ts';
import { UpstreamError } from './upstream-error.ts';
import type { UpstreamMonitor } from './upstream-monitor.ts';
import type { CachePolicy } from './upstream-policy.ts';
import type { AnyRequest } from './upstream-request.ts';
import { VendorAnswer } from './vendor-answer.ts';

export interface AnswerCacheOptions {
  readonly service: Service;
  readonly vendor: string;
  readonly policy: CachePolicy;
  readonly answers: AnswerStore;
  readonly monitor: UpstreamMonitor;
}

/** Asks the vendor, in the form of the request that is given to it. */
type Call = (http: HttpRequest) => Promise<VendorAnswer>;

/**
 * Keeps a vendor's answers to what changes nothing: for as long as its headers allow, and where the operator has set a time for what they
 * are about. Whatever is changed through this graph makes all that was read of the account before it void.
 */
export class AnswerCache {
  readonly #service: Service;
  readonly #vendor: string;
  readonly #policy: CachePolicy;
  readonly #answers: AnswerStore;
  readonly #monitor: UpstreamMonitor;
  /** All that a change of anything makes void. */
  readonly #group: string;
  /** The present when it was looked at last. */
  #lastLook: Look | undefined;
  /** Whether the vendor has ever allowed one of its answers to be kept: else nobody need look for them. */
  #isAllowed = false;

  constructor({ service, vendor, policy, answers, monitor }: AnswerCacheOptions) {
    this.#service = service;
    this.#vendor = vendor;
    this.#policy = policy;
    this.#answers = answers;
    this.#monitor = monitor;
    this.#group = `${vendor}:${policy.account}`;
  }

  /**
   * Answers from what is kept, or asks.
   * @throws what `call` throws, where nothing that is kept may stand in for it
   */
  async answer(request: AnyRequest, http: HttpRequest, scope: RequestScope, call: Call): Promise<VendorAnswer> {
    const kind = this.#policy.kindOf(request) ?? '';
    const lifetime = { freshMs: secondsOf(this.#policy.freshSeconds, kind), staleMs: secondsOf(this.#policy.staleSeconds, kind) };
    if (scope.mustBeCurrent === true) return call(http);
    if (lifetime.freshMs + lifetime.staleMs === 0 && !this.#isAllowed) {
      // An old look costs no time, and keeps nothing that it should not: with a version of before a change, an answer is void.
      return this.#ask(http, lifetime, this.#lastLook ?? (await this.#look()), undefined, call);
    }
    const [look, kept] = await this.#find(http);
    if (kept !== undefined && timeAfter(look) < kept.freshUntil) {
      this.#monitor.looked(this.#vendor, 'hit');
      return toAnswer(kept);
    }
    try {
      const answer = await this.#ask(http, lifetime, look, kept, call);
      this.#monitor.looked(this.#vendor, 'miss');
      return answer;
    } catch (error) {
      const time = timeAfter(look);
      if (kept === undefined || time >= kept.freshUntil + lifetime.staleMs || !isOutage(error)) {
        this.#monitor.looked(this.#vendor, 'miss');
        throw error;
      }
      this.#monitor.looked(this.#vendor, 'stale');
      scope.trace.recordStale({ service: this.#service.name, type: kind, ageSeconds: Math.round((time - kept.readAt) / 1000) });
      return toAnswer(kept);
    }
  }

  /** Makes a change, before and after which nothing of what was read holds any more. */
  async change<T>(write: () => Promise<T>): Promise<T> {
    await this.#forget();
    try {
      return await write();
    } finally {
      await this.#forget();
    }
  }

  /** What was read with an older version counts no more, what is under way now included. */
  async #forget(): Promise<void> {
    const version = await this.#answers.renewVersion(this.#group);
    if (this.#lastLook !== undefined) this.#lastLook = { ...this.#lastLook, version };
  }

  async #look(): Promise<Look> {
    const [version, time] = await Promise.all([this.#answers.version(this.#group), this.#answers.now()]);
    const look = { version, time, lookedAt: performance.now() };
    this.#lastLook = look;
    return look;
  }

  async #find(http: HttpRequest): Promise<[Look, KeptAnswer | undefined]> {
    const [text, look] = await Promise.all([this.#answers.get(this.#keyOf(http)), this.#look()]);
    const kept = text === null ? undefined : keptSchema.safeParse(JSON.parse(text)).data;
    return [look, kept?.version === look.version ? kept : undefined];
  }

  async #ask(http: HttpRequest, lifetime: Lifetime, look: Look, kept: KeptAnswer | undefined, call: Call): Promise<VendorAnswer> {
    const read: Read = { version: look.version, readAt: timeAfter(look) };
    const answer = await call(kept?.validators === undefined ? http : { ...http, headers: { ...http.headers, ...kept.validators } });
    const permission = readPermission(http, answer);
    this.#isAllowed ||= permission !== undefined;
    if (answer.status === NOT_MODIFIED && kept !== undefined) {
      await this.#keep(http, toAnswer(kept), read, lifetime, permission ?? { freshMs: 0, validators: kept.validators });
      return toAnswer(kept);
    }
    if (answer.status === OK) await this.#keep(http, answer, read, lifetime, permission);
    return answer;
  }

  async #keep(
    http: HttpRequest,
    { status, headers, bytes }: VendorAnswer,
    { version, readAt }: Read,
    { freshMs, staleMs }: Lifetime,
    permission: Permission | undefined,
  ): Promise<void> {
    const freshUntil = readAt + Math.max(freshMs, permission?.freshMs ?? 0);
    const validators = permission?.validators;
    const keptMs = Math.max(freshUntil + staleMs - readAt, validators === undefined ? 0 : VALIDATED_MS);
    const contentType = headers['content-type'];
    if (keptMs < 1000 || typeof contentType !== 'string' || bytes.length > MAX_KEPT_BYTES) return;
    const kept: KeptAnswer = {
      status,
      contentType,
      body: bytes.toString(),
      version,
      readAt,
      freshUntil,
      ...(validators && { validators }),
    };
    const seconds = Math.min(Math.ceil(keptMs / 1000), MAX_KEPT_SECONDS);
    await this.#answers.set(this.#keyOf(http), JSON.stringify(kept), seconds);
  }

  /** What else is in the headers is the same for all calls with a credential. */
  #keyOf({ method, path, body, headers }: HttpRequest): string {
    const digest = createHash('sha256').update(JSON.stringify([method, path, body, headers['accept']]));
    return `${this.#vendor}:${this.#policy.account}:${digest.digest('base64url')}`;
  }
}

/** The present, as all instances know it. */
interface Look {
  /** Of all that was read of the account. */
  readonly version: string;
  /** Milliseconds since 1970, by the clock of all instances. */
  readonly time: number;
  /** The same moment by this process's clock. */
  readonly lookedAt: number;
}

/** What the clock of all instances says now. */
const timeAfter = ({ time, lookedAt }: Look) => time + performance.now() - lookedAt;

type Read = Pick<KeptAnswer, 'version' | 'readAt'>;

interface Lifetime {
  readonly freshMs: number;
  readonly staleMs: number;
}

const keptSchema = z.object({
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
});

type KeptAnswer = Readonly<z.output<typeof keptSchema>>;

const toAnswer = ({ status, contentType, body }: KeptAnswer) =>
  new VendorAnswer({ status, headers: { 'content-type': contentType }, body: Buffer.from(body) });

const secondsOf = (seconds: ReadonlyMap<string, number>, kind: string) => (seconds.get(kind) ?? 0) * 1000;

/** The vendor gives no answer, or none now; a refusal is an answer. */
const isOutage = (error: unknown) =>
  error instanceof UpstreamError && ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_TIMEOUT', 'UPSTREAM_RATE_LIMITED'].includes(error.code);

const OK = 200;
const NOT_MODIFIED = 304;
const MAX_KEPT_BYTES = 512 * 1024;
const MAX_KEPT_SECONDS = 86_400;
/** How long an answer is kept only to be asked about. */
const VALIDATED_MS = 3_600_000;
