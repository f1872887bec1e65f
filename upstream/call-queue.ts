import type { PlaceStore, Rate } from '../state/shared-state.ts';
import type { RequestScope } from './call-trace.ts';
import type { Cancellation } from './cancellation.ts';
import { Line } from './line.ts';

export interface CallQueueOptions {
  readonly places: PlaceStore;
  /** The same in all instances that share the limit. */
  readonly key: string;
  readonly rate: Rate;
}

/** Lets calls through as fast as the vendor's limit allows, in fair turns. */
export class CallQueue {
  readonly #places: PlaceStore;
  readonly #key: string;
  #rate: Rate;
  readonly #line = new Line<() => void>(MAX_WAITING);
  #pausedUntil = 0;
  #isPumping = false;

  constructor({ places, key, rate }: CallQueueOptions) {
    this.#places = places;
    this.#key = key;
    this.#rate = rate;
  }

  /**
   * Waits for a place.
   * @returns what must be called when the call has been answered.
   * @throws LimitReached where there is none in time.
   */
  async enter(scope: RequestScope, cancellation: Cancellation): Promise<() => void> {
    if (scope.deadlineAt !== undefined && this.#pausedUntil >= scope.deadlineAt) throw this.#refusal();
    const place = this.#line.wait(scope, cancellation);
    if (!this.#isPumping) void this.#pump();
    try {
      return await place;
    } catch {
      throw this.#refusal();
    }
  }

  /** The vendor says what the limit is. */
  learn(rate: Rate): void {
    if (rate.limit !== this.#rate.limit || rate.windowMs !== this.#rate.windowMs) this.#rate = rate;
  }

  /** The vendor lets nobody through for so long. */
  pauseFor(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + ms);
  }

  #refusal(): LimitReached {
    return new LimitReached(Math.max(1, Math.ceil((this.#pausedUntil - performance.now()) / 1000)));
  }

  async #pump(): Promise<void> {
    this.#isPumping = true;
    while (this.#line.size > 0) {
      const pausedMs = this.#pausedUntil - performance.now();
      if (pausedMs > 0) {
        await wait(pausedMs);
        continue;
      }
      const answer = await this.#places.take(this.#key, this.#rate);
      if ('waitMs' in answer) {
        await wait(answer.waitMs);
        continue;
      }
      if (!this.#line.admit(answer.settle)) answer.settle();
    }
    this.#isPumping = false;
  }
}

/** No place was free in time. */
export class LimitReached extends Error {
  override readonly name = 'LimitReached';
  /** Seconds. */
  readonly retryAfter: number;

  constructor(retryAfter: number) {
    super('The rate limit leaves no room for the call.');
    this.retryAfter = retryAfter;
  }
}

/** Calls. Each holds its request in memory. */
const MAX_WAITING = 10_000;

const wait = (ms: number) =>
  new Promise<void>((resolve) => {
    // It holds nobody's process.
    setTimeout(resolve, ms).unref();
  });
