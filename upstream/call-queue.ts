import type { PlaceStore, Rate } from '../state/shared-state.ts';
import type { RequestScope } from './call-trace.ts';
import type { Cancelable, Cancellation } from './cancellation.ts';
import { Turns } from './turns.ts';

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
  readonly #turns = new Turns<Waiter>();
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
  enter(scope: RequestScope, cancellation: Cancellation): Promise<() => void> {
    if (scope.deadlineAt !== undefined && this.#pausedUntil >= scope.deadlineAt) return Promise.reject(this.#refusal());
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        resolve: (settle) => {
          cancellation.delete(waiter);
          resolve(settle);
        },
        reject: (reason) => {
          cancellation.delete(waiter);
          reject(reason);
        },
        cancel: () => {
          this.#turns.delete(scope, waiter);
          reject(this.#refusal());
        },
      };
      cancellation.add(waiter);
      this.#turns.add(scope, waiter);
      if (!this.#isPumping) void this.#pump();
    });
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
    while (this.#turns.size > 0) {
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
      const next = this.#turns.take();
      if (next === undefined) answer.settle();
      else next.resolve(answer.settle);
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

interface Waiter extends Cancelable {
  resolve(settle: () => void): void;
  reject(reason: Error): void;
}

const wait = (ms: number) =>
  new Promise<void>((resolve) => {
    // It holds nobody's process.
    setTimeout(resolve, ms).unref();
  });
