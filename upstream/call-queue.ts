import type { PlaceStore, Rate } from '../state/shared-state.ts';
import type { CallTrace, RequestScope } from './call-trace.ts';
import type { Cancelable, Cancellation } from './cancellation.ts';

export interface CallQueueOptions {
  readonly places: PlaceStore;
  /** The same in all instances that share the limit. */
  readonly key: string;
  readonly rate: Rate;
}

/**
 * Lets calls through as fast as the vendor's limit allows. Who must wait does so fairly: client requests take turns, whatever
 * number of calls each of them makes, and those in the background come last.
 */
export class CallQueue {
  readonly #places: PlaceStore;
  readonly #key: string;
  #rate: Rate;
  readonly #interactive = new Turns();
  readonly #background = new Turns();
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
  enter({ trace, deadlineAt, isBackground = false }: RequestScope, cancellation: Cancellation): Promise<() => void> {
    if (deadlineAt !== undefined && this.#pausedUntil >= deadlineAt) return Promise.reject(this.#refusal());
    return new Promise((resolve, reject) => {
      const turns = isBackground ? this.#background : this.#interactive;
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
          turns.delete(trace, waiter);
          reject(this.#refusal());
        },
      };
      cancellation.add(waiter);
      turns.add(trace, waiter);
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
    while (this.#interactive.size + this.#background.size > 0) {
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
      const next = this.#interactive.take() ?? this.#background.take();
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

/** Who waits, by the client request it belongs to; the requests take turns. */
class Turns {
  readonly #waiters = new Map<CallTrace, Set<Waiter>>();

  get size(): number {
    return this.#waiters.size;
  }

  add(trace: CallTrace, waiter: Waiter): void {
    const ofRequest = this.#waiters.get(trace);
    if (ofRequest === undefined) this.#waiters.set(trace, new Set([waiter]));
    else ofRequest.add(waiter);
  }

  delete(trace: CallTrace, waiter: Waiter): void {
    const ofRequest = this.#waiters.get(trace);
    ofRequest?.delete(waiter);
    if (ofRequest?.size === 0) this.#waiters.delete(trace);
  }

  take(): Waiter | undefined {
    for (const [trace, ofRequest] of this.#waiters) {
      // A map keeps the order in which its keys came: this one's turn comes again last.
      this.#waiters.delete(trace);
      const [waiter] = ofRequest;
      if (waiter === undefined) continue;
      ofRequest.delete(waiter);
      if (ofRequest.size > 0) this.#waiters.set(trace, ofRequest);
      return waiter;
    }
    return undefined;
  }
}

const wait = (ms: number) =>
  new Promise<void>((resolve) => {
    // It holds nobody's process.
    setTimeout(resolve, ms).unref();
  });
