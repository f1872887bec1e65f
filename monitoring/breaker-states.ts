import type { BreakerState, CallClass } from '../upstream/upstream-monitor.ts';

export type VendorStates = Readonly<Record<CallClass, BreakerState>>;

/** Whether vendors are being called at the moment. */
export class BreakerStates {
  readonly #byVendor = new Map<string, VendorStates>();

  /** @param vendors are those of this process; their breakers begin closed. */
  constructor(vendors: readonly string[]) {
    for (const vendor of vendors) this.#byVendor.set(vendor, CLOSED);
  }

  get areAllClosed(): boolean {
    return this.list().every(({ state }) => state === 'closed');
  }

  change(vendor: string, calls: CallClass, state: BreakerState): void {
    this.#byVendor.set(vendor, { ...(this.#byVendor.get(vendor) ?? CLOSED), [calls]: state });
  }

  byVendor(): Readonly<Record<string, VendorStates>> {
    return Object.fromEntries(this.#byVendor);
  }

  list() {
    return [...this.#byVendor].flatMap(([vendor, { read, write }]) => [
      { vendor, calls: 'read', state: read },
      { vendor, calls: 'write', state: write },
    ]);
  }
}

const CLOSED: VendorStates = { read: 'closed', write: 'closed' };
