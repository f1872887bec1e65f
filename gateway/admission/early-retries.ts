import { LRUCache } from 'lru-cache';

/**
 * Callers that were refused and ask again before they should. They are told so later than others, which slows down who waits for its
 * answers: a client that asks on and on.
 */
export class EarlyRetries {
  readonly #refused = new LRUCache<string, true>({ max: MAX_CALLERS });
  #held = 0;

  /**
   * Is called for each refusal.
   * @param retryAfter seconds, after which nobody is impatient
   * @returns when the caller is to be told; undefined where it is at once.
   */
  delay(key: string, retryAfter: number): Promise<void> | undefined {
    const isEarly = this.#refused.has(key);
    this.#refused.set(key, true, { ttl: retryAfter * 1000 });
    return isEarly && this.#held < MAX_HELD ? this.#wait() : undefined;
  }

  async #wait(): Promise<void> {
    this.#held += 1;
    await new Promise((resolve) => setTimeout(resolve, HOLD_MS));
    this.#held -= 1;
  }
}

const HOLD_MS = 500;

/** Requests. Each keeps a connection and its headers in memory. */
const MAX_HELD = 1000;

const MAX_CALLERS = 10_000;
