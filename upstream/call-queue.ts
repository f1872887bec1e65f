import type { SlotStore, Rate } from '../state/shared-state.ts';
import type { RequestScope } from '../request/request-scope.ts';
import type { Cancellation } from '../request/cancellation.ts';
import { WaitingLine } from './waiting-line.ts';
import { type CallOutcome, VendorPause } from './vendor-pause.ts';

export interface CallQueueOptions {
  readonly slots: SlotStore;
  /** Equal in all instances that share the limit. */
  readonly key: string;
  readonly rate: Rate;
}

/** Ends a call's turn. The call's outcome decides whether a pause is over. @default 'unanswered' */
export type EndTurn = (outcome?: CallOutcome) => void;

/** Lets calls through at the rate of the vendor's limit. Clients take turns. */
export class CallQueue {
  readonly #slots: SlotStore;
  readonly #key: string;
  readonly #rate: Rate;
  #reportedRate: { readonly rate: Rate; readonly until: number } | undefined;
  readonly #line = new WaitingLine<EndTurn>(MAX_WAITING);
  readonly #pause = new VendorPause();
  #isPumping = false;
  /** Wakes the pump: there is work again. */
  #wake: () => void = () => undefined;

  constructor({ slots, key, rate }: CallQueueOptions) {
    this.#slots = slots;
    this.#key = key;
    this.#rate = rate;
  }

  /** Seconds after which a call that gets no slot now may get one. */
  get retryAfter(): number {
    return this.#pause.retryAfter;
  }

  /**
   * Waits for a rate-limit slot.
   * @returns the function that ends the call's turn; call it when the call has a response
   * @throws LimitReached if no slot is free in time
   */
  async enter(scope: RequestScope, cancellation: Cancellation): Promise<EndTurn> {
    if (scope.deadlineAt !== undefined && this.#pause.isPausedUntil(scope.deadlineAt))
      throw new LimitReached(this.retryAfter);
    const slot = this.#line.wait(scope, cancellation);
    if (!this.#isPumping) void this.#pump();
    try {
      return await slot;
    } catch {
      throw new LimitReached(this.retryAfter);
    }
  }

  /** Sets the rate that the vendor reported. It is valid for 10 minutes after the last report. Implausible rates are ignored. */
  setRate(rate: Rate): void {
    if (!isPlausible(rate)) return;
    const { limit, windowMs } = this.#currentRate();
    this.#reportedRate = { rate, until: performance.now() + REPORTED_RATE_MS };
    if (rate.limit !== limit || rate.windowMs !== windowMs) this.#wake();
  }

  /** Pauses calls after the vendor refused one because of its rate limit. */
  pauseFor(ms: number): void {
    this.#pause.begin(ms);
  }

  #currentRate(): Rate {
    if (this.#reportedRate !== undefined && performance.now() >= this.#reportedRate.until)
      this.#reportedRate = undefined;
    return this.#reportedRate?.rate ?? this.#rate;
  }

  async #pump(): Promise<void> {
    this.#isPumping = true;
    while (this.#line.size > 0) {
      if (this.#pause.waitMs > 0) {
        await this.#rest(this.#pause.waitMs);
        continue;
      }
      const slot = await this.#slots.take(this.#key, this.#currentRate());
      if ('waitMs' in slot) await this.#rest(slot.waitMs);
      else this.#admit(slot.settle);
    }
    this.#isPumping = false;
  }

  #admit(settle: () => void): void {
    // The vendor may have refused a call while this one waited for its slot.
    if (this.#pause.waitMs > 0) {
      settle();
      return;
    }
    const report = this.#pause.admit();
    const end: EndTurn = (outcome = 'unanswered') => {
      settle();
      report?.(outcome);
      if (report !== undefined) this.#wake();
    };
    if (!this.#line.admit(end)) end();
  }

  /** The timer does not keep the process running. */
  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms).unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

/** No rate-limit slot was free in time. */
export class LimitReached extends Error {
  override readonly name = 'LimitReached';
  /** Seconds. */
  readonly retryAfter: number;

  constructor(retryAfter: number) {
    super('No rate-limit slot is free for the call.');
    this.retryAfter = retryAfter;
  }
}

/** Calls. Each holds its request in memory. */
const MAX_WAITING = 10_000;

/** A vendor that reports its limit does so in each response. */
const REPORTED_RATE_MS = 600_000;

const isPlausible = ({ limit, windowMs }: Rate) =>
  Number.isInteger(limit) &&
  limit >= 1 &&
  limit <= MAX_REPORTED_LIMIT &&
  Number.isInteger(windowMs) &&
  windowMs >= 1 &&
  windowMs <= MAX_REPORTED_WINDOW_MS;

const MAX_REPORTED_LIMIT = 1_000_000;
const MAX_REPORTED_WINDOW_MS = 60_000;
