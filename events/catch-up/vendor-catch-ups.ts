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
  /** The vendors with an adapter in this process. */
  readonly vendors: readonly VendorChanges[];
  readonly log: VendorCatchUpOptions['log'];
  readonly tail: Pick<LogTail, 'listen' | 'isReadable' | 'head'>;
  /** Shared by the instances. */
  readonly keyValues: KeyValueStore;
  readonly settings: CatchUpSettings;
  /** @default results are dropped */
  readonly monitor?: CatchUpMonitor;
  /** @default that of this process */
  readonly clock?: CatchUpClock;
}

export interface CatchUpClock {
  /** Monotonic; milliseconds. */
  now(): number;
  /** Calls `run` at an interval. @returns a function that stops it */
  every(ms: number, run: () => void): () => void;
}

/** Catches up with the vendors' changes while the process runs, and reports whether their webhooks are reliable. */
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
      // A vendor of another process too: what catch-ups have found counts from the first entry on.
      for (const { change } of entries)
        if (!this.#catchUps.has(change.vendor)) this.#add(change.vendor, undefined);
      for (const catchUp of this.#catchUps.values()) catchUp.onEntries(entries);
    });
  }

  /** One for each vendor with catch-up. */
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

  /** An event may be lost: catches up within two minutes. */
  catchUpSoon(vendor: string): void {
    this.#catchUps.get(vendor)?.catchUpSoon();
  }

  /** Starts catch-ups. Does not wait for the first one. */
  start(): void {
    void this.tick();
    this.#stopTicking ??= this.#clock.every(TICK_MS, () => void this.tick());
  }

  /** Runs the catch-ups that are due. */
  async tick(): Promise<void> {
    await Promise.all([...this.#catchUps.values()].map((catchUp) => catchUp.tick()));
  }

  /** Resolves when no catch-up is running. */
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
    const { log, keyValues, settings, monitor = NO_MONITOR } = this.#options;
    const catchUp = new VendorCatchUp({
      vendor,
      events,
      log,
      keyValues,
      settings,
      monitor,
      // Requests of clients have priority.
      createScope: (signal) => ({ signal, trace: createCallTrace(), isBackground: true }),
      now: () => this.#clock.now(),
    });
    this.#catchUps.set(vendor, catchUp);
    return catchUp;
  }
}

/** How often instances read each other's state. */
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
