import { randomUUID } from 'node:crypto';
import type { KeyValueStore } from '../../state/shared-state.ts';

/** One instance at a time catches up with a vendor: the one that holds the lease. */
export class CatchUpLease {
  readonly #keyValues: KeyValueStore;
  readonly #key: string;
  readonly #id = randomUUID();
  #isHeld = false;
  #renewing: Promise<void> | undefined;

  constructor(vendor: string, keyValues: KeyValueStore) {
    this.#keyValues = keyValues;
    this.#key = `events:catching-up:${vendor}`;
  }

  /** Holds the lease while `run` runs, unless another instance holds it. */
  async hold(run: () => Promise<void>): Promise<void> {
    if ((await this.#keyValues.claim(this.#key, this.#id, LEASE_SECONDS)) !== null) return;
    this.#isHeld = true;
    try {
      await run();
    } finally {
      this.#isHeld = false;
      // A renewal under way would set the lease again.
      await this.#renewing;
      await this.#keyValues.delete(this.#key);
    }
  }

  /** Extends the lease, if this instance holds it. */
  renew(): void {
    if (this.#isHeld) this.#renewing = this.#keyValues.set(this.#key, this.#id, LEASE_SECONDS);
  }
}

/** How long a crashed instance blocks the others. A running one renews its lease at each tick. */
const LEASE_SECONDS = 30;
