import { LRUCache } from 'lru-cache';

/** Delays the refusal of callers that retry before `Retry-After`, which slows down clients that wait for each response. */
export class EarlyRetries {
  readonly #refused = new LRUCache<string, true>({ max: MAX_CALLERS });
  #held = 0;

  /**
   * Called for each refusal.
   * @param retryAfter seconds until a retry is not early
   * @returns a promise that delays the refusal; undefined to refuse at once
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

/** Requests. Each holds a connection and its headers in memory. */
const MAX_HELD = 1000;

const MAX_CALLERS = 10_000;
