import { createCallTrace } from '../../request/request-scope.ts';
import type { KeyValueStore } from '../../state/shared-state.ts';
import type { CatchUpSettings } from './catch-up-settings.ts';
import type { EventHealth } from './event-health.ts';
import type { LogTail } from '../log/log-tail.ts';
import {
  type CatchUpMonitor,
  type CatchUpStatus,
  VendorCatchUp,
  type VendorCatchUpOptions,
} from './vendor-catch-up.ts';
import type { VendorChanges } from './vendor-events.ts';

export interface VendorCatchUpsOptions {
  /** Those whose adapters this process has. */
  readonly vendors: readonly VendorChanges[];
  readonly log: VendorCatchUpOptions['log'];
  readonly tail: Pick<LogTail, 'listen' | 'isReadable' | 'head'>;
  /** What instances know together. */
  readonly keyValues: KeyValueStore;
  readonly settings: CatchUpSettings;
  /** @default nobody hears of catch-ups */
  readonly monitor?: CatchUpMonitor;
  /** @default that of this process */
  readonly clock?: CatchUpClock;
}

export interface CatchUpClock {
  /** Milliseconds since any moment. It is never set back. */
  now(): number;
  /** Calls something again and again. @returns what ends it */
  every(ms: number, run: () => void): () => void;
}

/** Catches up with the changes of the vendors for as long as the process runs, and tells whether their webhooks can be relied on. */
export class VendorCatchUps implements EventHealth {
  readonly #options: VendorCatchUpsOptions;
  readonly #clock: CatchUpClock;
  readonly #catchUps = new Map<string, VendorCatchUp>();
  readonly #stopListening: () => void;
  #stopTicking: (() => void) | undefined;

  constructor(options: VendorCatchUpsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? HOST_CLOCK;
    for (const events of options.vendors) this.#add(events.vendor, events);
    this.#stopListening = options.tail.listen((entries) => {
      for (const catchUp of this.#catchUps.values()) catchUp.onEntries(entries);
    });
  }

  /** Of the vendors whose changes are caught up with. */
  get statuses(): readonly CatchUpStatus[] {
    return [...this.#catchUps.values()]
      .filter((catchUp) => catchUp.hasCatchUp)
      .map(({ status }) => ({ ...status, isHealthy: status.isHealthy && this.#isLogReadable }));
  }

  isHealthy(vendor: string): boolean {
    const catchUp = this.#catchUps.get(vendor) ?? this.#add(vendor, undefined);
    catchUp.rely();
    return this.#isLogReadable && catchUp.status.isHealthy;
  }

  /** An event of the vendor was lost, which a catch-up within two minutes may find. */
  catchUpSoon(vendor: string): void {
    this.#catchUps.get(vendor)?.catchUpSoon();
  }

  signatureRefused(vendor: string): void {
    this.#catchUps.get(vendor)?.signatureRefused();
  }

  /** Catches up now and from then on. It does not wait for a vendor. */
  start(): void {
    void this.tick();
    this.#stopTicking ??= this.#clock.every(TICK_MS, () => void this.tick());
  }

  /** Does what is due. */
  async tick(): Promise<void> {
    await Promise.all([...this.#catchUps.values()].map((catchUp) => catchUp.tick()));
  }

  /** Resolves when no catch-up is under way. */
  async settled(): Promise<void> {
    await Promise.all([...this.#catchUps.values()].map((catchUp) => catchUp.settled()));
  }

  async close(): Promise<void> {
    this.#stopTicking?.();
    this.#stopListening();
    await Promise.all([...this.#catchUps.values()].map((catchUp) => catchUp.close()));
  }

  get #isLogReadable(): boolean {
    return this.#options.tail.isReadable && this.#options.tail.head !== undefined;
  }

  #add(vendor: string, events: VendorChanges | undefined): VendorCatchUp {
    const { log, tail, keyValues, settings, monitor = NO_MONITOR } = this.#options;
    const catchUp = new VendorCatchUp({
      vendor,
      events,
      log,
      readTo: () => tail.head?.position,
      keyValues,
      settings,
      monitor,
      // Requests of clients come first.
      createScope: (signal) => ({ signal, trace: createCallTrace(), isBackground: true }),
      now: () => this.#clock.now(),
    });
    this.#catchUps.set(vendor, catchUp);
    return catchUp;
  }
}

/** Within how much time instances know of each other's catch-ups. */
const TICK_MS = 5000;

const NO_MONITOR: CatchUpMonitor = { caughtUp: () => undefined, failed: () => undefined };

const HOST_CLOCK: CatchUpClock = {
  now: () => performance.now(),
  every: (ms, run) => {
    const timer = setInterval(run, ms).unref();
    return () => {
      clearInterval(timer);
    };
  },
};
