import type { PlaceStore, Rate } from '../state/shared-state.ts';
import type { RequestScope } from '../request/request-scope.ts';
import type { Cancellation } from '../request/cancellation.ts';
import { Line } from './line.ts';
import { type CallOutcome, VendorPause } from './vendor-pause.ts';

export interface CallQueueOptions {
  readonly places: PlaceStore;
  /** The same in all instances that share the limit. */
  readonly key: string;
  readonly rate: Rate;
}

/** Ends a call's turn. What came of the call matters where it found out whether a pause is over. @default 'unanswered' */
export type EndTurn = (outcome?: CallOutcome) => void;

/** Lets calls through as fast as the vendor's limit allows, in fair turns. */
export class CallQueue {
  readonly #places: PlaceStore;
  readonly #key: string;
  readonly #rate: Rate;
  #learnt: { readonly rate: Rate; readonly until: number } | undefined;
  readonly #line = new Line<EndTurn>(MAX_WAITING);
  readonly #pause = new VendorPause();
  #isPumping = false;
  /** Ends the rest of the pump, which has something to do again. */
  #wake: () => void = () => undefined;

  constructor({ places, key, rate }: CallQueueOptions) {
    this.#places = places;
    this.#key = key;
    this.#rate = rate;
  }

  /** Seconds after which a call that has no place now may get one. */
  get retryAfter(): number {
    return this.#pause.retryAfter;
  }

  /**
   * Waits for a place.
   * @returns what must be called when the call has been answered.
   * @throws LimitReached where there is none in time.
   */
  async enter(scope: RequestScope, cancellation: Cancellation): Promise<EndTurn> {
    if (scope.deadlineAt !== undefined && this.#pause.lastsUntil(scope.deadlineAt)) throw new LimitReached(this.retryAfter);
    const place = this.#line.wait(scope, cancellation);
    if (!this.#isPumping) void this.#pump();
    try {
      return await place;
    } catch {
      throw new LimitReached(this.retryAfter);
    }
  }

  /** The vendor says what the limit is. That counts for some minutes, unless it says so again; what makes no sense does not count. */
  learn(rate: Rate): void {
    if (!isPlausible(rate)) return;
    const { limit, windowMs } = this.#currentRate();
    this.#learnt = { rate, until: performance.now() + LEARNT_MS };
    if (rate.limit !== limit || rate.windowMs !== windowMs) this.#wake();
  }

  /** The vendor has refused a call as one too many, and wants none for so long. */
  pauseFor(ms: number): void {
    this.#pause.begin(ms);
  }

  #currentRate(): Rate {
    if (this.#learnt !== undefined && performance.now() >= this.#learnt.until) this.#learnt = undefined;
    return this.#learnt?.rate ?? this.#rate;
  }

  async #pump(): Promise<void> {
    this.#isPumping = true;
    while (this.#line.size > 0) {
      if (this.#pause.waitMs > 0) {
        await this.#rest(this.#pause.waitMs);
        continue;
      }
      const answer = await this.#places.take(this.#key, this.#currentRate());
      if ('waitMs' in answer) await this.#rest(answer.waitMs);
      else this.#admit(answer.settle);
    }
    this.#isPumping = false;
  }

  #admit(settle: () => void): void {
    // The vendor may have refused a call while the place was on its way.
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

  /** It holds nobody's process. */
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

/** No place was free in time. */
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

/** A vendor that says what its limit is says so with each answer. */
const LEARNT_MS = 600_000;

const isPlausible = ({ limit, windowMs }: Rate) =>
  Number.isInteger(limit) &&
  limit >= 1 &&
  limit <= MAX_LEARNT_LIMIT &&
  Number.isInteger(windowMs) &&
  windowMs >= 1 &&
  windowMs <= MAX_LEARNT_WINDOW_MS;

const MAX_LEARNT_LIMIT = 1_000_000;
const MAX_LEARNT_WINDOW_MS = 60_000;
