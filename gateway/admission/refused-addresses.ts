import { LRUCache } from 'lru-cache';
import { CodedError } from '../../errors/coded-error.ts';
import { ANONYMOUS_CALLER } from '../../request/caller.ts';
import { clientKeyOf } from '../../request/client-key.ts';
import type { CallerLimits } from './caller-limits.ts';

/** Addresses with too many refused requests. Until their limit recovers, their requests are refused before the body is read. */
export class RefusedAddresses {
  readonly #limits: CallerLimits;
  readonly #blocked = new LRUCache<string, CodedError>({ max: MAX_ADDRESSES });

  constructor(limits: CallerLimits) {
    this.#limits = limits;
  }

  /** @returns the refusal of an address, if it is blocked */
  find(address: string): CodedError | undefined {
    return this.#blocked.get(clientKeyOf(ANONYMOUS_CALLER, address));
  }

  /**
   * Counts a refused request of an address.
   * @throws CodedError `RATE_LIMITED` over the limit
   */
  async count(address: string): Promise<void> {
    const admission = this.#limits.admit(ANONYMOUS_CALLER, address);
    try {
      await admission?.enter();
    } catch (error) {
      if (error instanceof CodedError)
        this.#blocked.set(clientKeyOf(ANONYMOUS_CALLER, address), error, {
          ttl: (error.extensions.retryAfter ?? 1) * 1000,
        });
      throw error;
    } finally {
      admission?.leave();
    }
  }
}

const MAX_ADDRESSES = 10_000;
