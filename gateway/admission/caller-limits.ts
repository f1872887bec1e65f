import { LRUCache } from 'lru-cache';
import type { Caller, CallerLimits as Limits } from '../../request/caller.ts';
import { CodedError } from '../../errors/coded-error.ts';
import type { BudgetResult, BudgetStore } from '../../state/shared-state.ts';
import { clientKeyOf } from '../../request/client-key.ts';
import { EarlyRetries } from './early-retries.ts';

/** Holds callers to what they may ask for in a minute, spread over it, and at the same time. */
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
   * @param defaults are the limits of callers that have none of their own; what is absent is not limited.
   * @param what is counted, where that is something else than requests for the graph.
   */
  constructor(defaults: Limits, budgets: BudgetStore, what = '') {
    this.#defaults = defaults;
    this.#budgets = budgets;
    this.#prefix = what === '' ? '' : `${what} `;
  }

  /**
   * Lets a request in, before its body is read. {@link Admission.leave} must be called once it is answered.
   * @param address is the client's; it stands for who shows no credential.
   * @returns undefined where nothing limits the caller
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

/** What this instance knows of callers. */
interface KnownCallers {
  /** Their requests under way. */
  readonly concurrent: Map<string, number>;
  /** For as long as an operation that cost more than was there at once is paid back. */
  readonly overdrafts: LRUCache<string, true>;
  readonly earlyRetries: EarlyRetries;
}

/** Others find out about their debt once their operation's cost is known. */
const MAX_OVERDRAFTS = 10_000;

const MINUTE_MS = 60_000;

/** What came back in ten seconds: who saves up for longer would meet all others with it at once. A few are for anybody. */
const burstOf = (limit: number) => Math.max(limit / 6, Math.min(limit, 10));

/** Milliseconds in which what is there at once comes back. */
const burstRefillMs = (limit: number) => (burstOf(limit) * MINUTE_MS) / limit;

/** One request of a caller that is limited. */
export class Admission {
  readonly #key: string;
  readonly #limits: Limits;
  readonly #budgets: BudgetStore;
  readonly #known: KnownCallers;
  readonly #balances = new Map<Quota, { readonly limit: number; readonly answer: BudgetResult }>();
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
        SOON,
      );
    }
    this.#known.concurrent.set(this.#key, inside + 1);
    this.#isInside = true;
    if (requestsPerMinute !== undefined) await this.#spend('requests', 1, requestsPerMinute);
  }

  /**
   * Takes the cost of the request's operation into account, once.
   * @throws CodedError `RATE_LIMITED`
   */
  charge(cost: number): Promise<void> {
    return (this.#charged ??= this.#charge(cost));
  }

  /** @returns why an operation of such a cost is refused at any time; undefined where it is not */
  refuseAlways(cost: number): CodedError | undefined {
    const { costPerMinute } = this.#limits;
    if (costPerMinute === undefined || cost <= costPerMinute) return undefined;
    const message = `The operation costs ${String(cost)}, which is more than this caller may use in a minute: ${String(costPerMinute)}.`;
    return new CodedError('OPERATION_TOO_COMPLEX', message);
  }

  /** The request is over; calling it again changes nothing. */
  leave(): void {
    if (!this.#isInside) return;
    this.#isInside = false;
    const left = (this.#known.concurrent.get(this.#key) ?? 1) - 1;
    if (left === 0) this.#known.concurrent.delete(this.#key);
    else this.#known.concurrent.set(this.#key, left);
  }

  /**
   * `RateLimit` and `RateLimit-Policy`, as far as it is known what is left (draft-ietf-httpapi-ratelimit-headers-09, sections 3 and 4), and
   * `Retry-After` where the request was refused (RFC 9110, section 10.2.3).
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
          ([quota, { answer }]) =>
            `"${quota}";r=${String(Math.floor(answer.left))};t=${String(toSeconds(answer.resetMs))}`,
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

  /** Whatever the operation costs: its text need not be read. */
  #refuseOverdrawn(limit: number, overdraftMs: number): Promise<CodedError> {
    const answer = {
      isGranted: false,
      left: 0,
      resetMs: overdraftMs + burstRefillMs(limit),
      waitMs: overdraftMs,
    };
    this.#balances.set('cost', { limit, answer });
    return this.#refusal(
      `This caller may use ${String(limit)} cost per minute, and its last operation exceeded the rest of that.`,
      toSeconds(overdraftMs),
    );
  }

  async #spend(quota: Quota, amount: number, limit: number): Promise<void> {
    const spent = this.#budgets.spend(`${quota} ${this.#key}`, amount, {
      limit,
      windowMs: MINUTE_MS,
      burst: burstOf(limit),
    });
    const answer = spent instanceof Promise ? await spent : spent;
    this.#balances.set(quota, { limit, answer });
    const overdraftMs = Math.floor(answer.resetMs - burstRefillMs(limit));
    if (quota === 'cost' && overdraftMs > 0)
      this.#known.overdrafts.set(this.#key, true, { ttl: overdraftMs });
    if (answer.isGranted) return;
    const asked =
      quota === 'requests' ? 'another request' : `an operation that costs ${String(amount)}`;
    throw await this.#refusal(
      `This caller may use ${String(limit)} ${quota} per minute, of which ${String(Math.floor(answer.left))} are left: not enough for ${asked}.`,
      toSeconds(answer.waitMs),
    );
  }
}

type Quota = 'requests' | 'cost';

/** Requests are the unit that the draft takes for granted. */
const UNITS: Record<Quota, string> = { requests: '', cost: ';qu="tributary-cost"' };

/** Seconds. Nobody knows when one of the requests under way will be answered. */
const SOON = 1;

const toSeconds = (ms: number) => Math.max(1, Math.ceil(ms / 1000));
