import { LRUCache } from 'lru-cache';
import type { Caller, CallerLimits as Limits } from '../../request/caller.ts';
import { CodedError } from '../../errors/coded-error.ts';
import type { BudgetResult, BudgetStore } from '../../state/shared-state.ts';
import { clientKeyOf } from '../../request/client-key.ts';
import { EarlyRetries } from './early-retries.ts';

/** Limits the requests and cost of each caller per minute, refilled steadily, and its concurrent requests. */
export class CallerLimits {
  readonly #defaults: Limits;
  readonly #budgets: BudgetStore;
  readonly #prefix: string;
  readonly #known: KnownCallers = {
    concurrent: new Map(),
    overdrafts: new LRUCache({ max: MAX_OVERDRAFTS }),
    earlyRetries: new EarlyRetries(),
  };

  /**
   * @param defaults limits of callers without own limits; absent ones are unlimited
   * @param what the kind of counted request @default requests for the graph
   */
  constructor(defaults: Limits, budgets: BudgetStore, what = '') {
    this.#defaults = defaults;
    this.#budgets = budgets;
    this.#prefix = what === '' ? '' : `${what} `;
  }

  /**
   * Admits a request before its body is read. Call {@link Admission.leave} after the response.
   * @param address the client's address, which identifies anonymous callers
   * @returns undefined if the caller has no limits
   */
  admit(caller: Caller, address: string): Admission | undefined {
    const limits =
      caller.limits === undefined ? this.#defaults : { ...this.#defaults, ...caller.limits };
    if (
      limits.requestsPerMinute === undefined &&
      limits.costPerMinute === undefined &&
      limits.maxConcurrent === undefined
    )
      return undefined;
    return new Admission(
      this.#prefix + clientKeyOf(caller, address),
      limits,
      this.#budgets,
      this.#known,
    );
  }
}

/** The state of callers in this instance. */
interface KnownCallers {
  /** The number of their pending requests. */
  readonly concurrent: Map<string, number>;
  /** Callers in debt, because an operation cost more than their balance. */
  readonly overdrafts: LRUCache<string, true>;
  readonly earlyRetries: EarlyRetries;
}

/** Further callers in debt are refused later, when their operation's cost is known. */
const MAX_OVERDRAFTS = 10_000;

const MINUTE_MS = 60_000;

/** The refill of ten seconds: a longer burst could coincide with the bursts of other callers. At least a few requests. */
const burstOf = (limit: number) => Math.max(limit / 6, Math.min(limit, 10));

/** Milliseconds until a spent burst is refilled. */
const burstRefillMs = (limit: number) => (burstOf(limit) * MINUTE_MS) / limit;

/** One request of a limited caller. */
export class Admission {
  readonly #key: string;
  readonly #limits: Limits;
  readonly #budgets: BudgetStore;
  readonly #known: KnownCallers;
  readonly #balances = new Map<Quota, { readonly limit: number; readonly result: BudgetResult }>();
  #isInside = false;
  #charged: Promise<void> | undefined;
  #retryAfter: number | undefined;

  constructor(key: string, limits: Limits, budgets: BudgetStore, known: KnownCallers) {
    this.#key = key;
    this.#limits = limits;
    this.#budgets = budgets;
    this.#known = known;
  }

  /** @throws CodedError `RATE_LIMITED` */
  async enter(): Promise<void> {
    const { maxConcurrent, requestsPerMinute, costPerMinute } = this.#limits;
    const overdraftMs = this.#known.overdrafts.getRemainingTTL(this.#key);
    if (costPerMinute !== undefined && overdraftMs > 0)
      throw await this.#refuseOverdrawn(costPerMinute, overdraftMs);
    const inside = this.#known.concurrent.get(this.#key) ?? 0;
    if (maxConcurrent !== undefined && inside >= maxConcurrent) {
      throw await this.#refusal(
        `This caller has ${String(inside)} requests in progress, and may have no more at the same time.`,
        RETRY_SECONDS,
      );
    }
    this.#known.concurrent.set(this.#key, inside + 1);
    this.#isInside = true;
    if (requestsPerMinute !== undefined) await this.#spend('requests', 1, requestsPerMinute);
  }

  /**
   * Charges the cost of the request's operation, once.
   * @throws CodedError `RATE_LIMITED`
   */
  charge(cost: number): Promise<void> {
    return (this.#charged ??= this.#charge(cost));
  }

  /** @returns why an operation of this cost can never run; undefined if it can */
  refuseAlways(cost: number): CodedError | undefined {
    const { costPerMinute } = this.#limits;
    if (costPerMinute === undefined || cost <= costPerMinute) return undefined;
    const message = `The operation costs ${String(cost)}, which is more than this caller may use in a minute: ${String(costPerMinute)}.`;
    return new CodedError('OPERATION_TOO_COMPLEX', message);
  }

  /** Ends the request; idempotent. */
  leave(): void {
    if (!this.#isInside) return;
    this.#isInside = false;
    const left = (this.#known.concurrent.get(this.#key) ?? 1) - 1;
    if (left === 0) this.#known.concurrent.delete(this.#key);
    else this.#known.concurrent.set(this.#key, left);
  }

  /**
   * `RateLimit` and `RateLimit-Policy` for known balances (draft-ietf-httpapi-ratelimit-headers-09, sections 3 and 4), and `Retry-After` for a
   * refused request (RFC 9110, section 10.2.3).
   */
  headers(): Readonly<Record<string, string>> {
    const balances = [...this.#balances];
    const retryAfter =
      this.#retryAfter === undefined ? undefined : { 'retry-after': String(this.#retryAfter) };
    if (balances.length === 0) return { ...retryAfter };
    return {
      ...retryAfter,
      'ratelimit-policy': balances
        .map(([quota, { limit }]) => `"${quota}";q=${String(limit)};w=60${UNITS[quota]}`)
        .join(', '),
      ratelimit: balances
        .map(
          ([quota, { result: budget }]) =>
            `"${quota}";r=${String(Math.floor(budget.left))};t=${String(toSeconds(budget.resetMs))}`,
        )
        .join(', '),
    };
  }

  async #charge(cost: number): Promise<void> {
    const { costPerMinute } = this.#limits;
    if (costPerMinute === undefined) return;
    const refusal = this.refuseAlways(cost);
    if (refusal !== undefined) throw refusal;
    await this.#spend('cost', cost, costPerMinute);
  }

  async #refusal(message: string, retryAfter: number): Promise<CodedError> {
    this.#retryAfter = retryAfter;
    this.leave();
    await this.#known.earlyRetries.delay(this.#key, retryAfter);
    return new CodedError('RATE_LIMITED', message, { retryAfter });
  }

  /** Refuses before the document is read: a caller in debt cannot afford any operation. */
  #refuseOverdrawn(limit: number, overdraftMs: number): Promise<CodedError> {
    const result = {
      isGranted: false,
      left: 0,
      resetMs: overdraftMs + burstRefillMs(limit),
      waitMs: overdraftMs,
    };
    this.#balances.set('cost', { limit, result });
    return this.#refusal(
      `This caller may use ${String(limit)} cost per minute, and its last operation exceeded the rest of that.`,
      toSeconds(overdraftMs),
    );
  }

  async #spend(quota: Quota, amount: number, limit: number): Promise<void> {
    const charged = this.#budgets.spend(`${quota} ${this.#key}`, amount, {
      limit,
      windowMs: MINUTE_MS,
      burst: burstOf(limit),
    });
    const result = charged instanceof Promise ? await charged : charged;
    this.#balances.set(quota, { limit, result });
    const overdraftMs = Math.floor(result.resetMs - burstRefillMs(limit));
    if (quota === 'cost' && overdraftMs > 0)
      this.#known.overdrafts.set(this.#key, true, { ttl: overdraftMs });
    if (result.isGranted) return;
    const attempt =
      quota === 'requests' ? 'another request' : `an operation that costs ${String(amount)}`;
    throw await this.#refusal(
      `This caller may use ${String(limit)} ${quota} per minute, of which ${String(Math.floor(result.left))} are left: not enough for ${attempt}.`,
      toSeconds(result.waitMs),
    );
  }
}

type Quota = 'requests' | 'cost';

/** Requests are the draft's default unit. */
const UNITS: Record<Quota, string> = { requests: '', cost: ';qu="tributary-cost"' };

/** Seconds. It is unknown when a pending request will end. */
const RETRY_SECONDS = 1;

const toSeconds = (ms: number) => Math.max(1, Math.ceil(ms / 1000));
