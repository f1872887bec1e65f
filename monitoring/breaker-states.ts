import type { BreakerState, CallClass } from '../upstream/upstream-monitor.ts';

export type VendorStates = Readonly<Record<CallClass, BreakerState>>;

/** The states of circuit breakers. A vendor with several APIs has the worst of their states. */
export class BreakerStates {
  readonly #byVendor = new Map<string, Map<string, VendorStates>>();

  /** @param vendors the vendors of this process; their breakers start closed */
  constructor(vendors: readonly string[]) {
    for (const vendor of vendors) this.#byVendor.set(vendor, new Map());
  }

  /** Replaces the list of vendors; remaining ones keep their states. */
  replace(vendors: readonly string[]): void {
    for (const vendor of this.#byVendor.keys())
      if (!vendors.includes(vendor)) this.#byVendor.delete(vendor);
    for (const vendor of vendors)
      if (!this.#byVendor.has(vendor)) this.#byVendor.set(vendor, new Map());
  }

  get areAllClosed(): boolean {
    return this.list().every(({ state }) => state === 'closed');
  }

  change(vendor: string, calls: CallClass, state: BreakerState, api = ''): void {
    const known = this.#byVendor.get(vendor);
    // A vendor that was removed.
    if (known === undefined && state === 'closed') return;
    const byApi = known ?? new Map<string, VendorStates>();
    this.#byVendor.set(vendor, byApi.set(api, { ...(byApi.get(api) ?? CLOSED), [calls]: state }));
  }

  byVendor(): Readonly<Record<string, VendorStates>> {
    return Object.fromEntries(
      [...this.#byVendor].map(([vendor, byApi]) => [vendor, worstOf([...byApi.values()])]),
    );
  }

  list() {
    return Object.entries(this.byVendor()).flatMap(([vendor, { read, write }]) => [
      { vendor, calls: 'read', state: read },
      { vendor, calls: 'write', state: write },
    ]);
  }
}

const CLOSED: VendorStates = { read: 'closed', write: 'closed' };

function worstOf(states: readonly VendorStates[]): VendorStates {
  const worst = (calls: CallClass) =>
    BY_HARM.find((state) => states.some((each) => each[calls] === state)) ?? 'closed';
  return { read: worst('read'), write: worst('write') };
}

const BY_HARM: readonly BreakerState[] = ['open', 'half-open', 'closed'];
