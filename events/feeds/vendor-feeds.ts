import { createCallTrace } from '../../request/request-scope.ts';
import type { KeyValueStore } from '../../state/shared-state.ts';
import type { CatchUpOptions } from './catch-up.ts';
import type { CatchUpSettings } from './catch-up-settings.ts';
import type { EventHealth } from './event-health.ts';
import type { LogTail } from '../log/log-tail.ts';
import { type CatchUpMonitor, type FeedStatus, VendorFeed } from './vendor-feed.ts';
import type { VendorChanges } from './vendor-events.ts';

export interface VendorFeedsOptions {
  /** Those whose adapters this process has. */
  readonly vendors: readonly VendorChanges[];
  readonly log: CatchUpOptions['log'];
  readonly tail: Pick<LogTail, 'listen' | 'isReadable' | 'head'>;
  /** What instances know together. */
  readonly keyValues: KeyValueStore;
  readonly settings: CatchUpSettings;
  /** @default nobody hears of catch-ups */
  readonly monitor?: CatchUpMonitor;
  /** @default the clock of this host */
  readonly clock?: FeedClock;
}

export interface FeedClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls something again and again. @returns what ends it */
  every(ms: number, run: () => void): () => void;
}

/** Catches up with the changes of the vendors for as long as the process runs, and tells whether their webhooks can be relied on. */
export class VendorFeeds implements EventHealth {
  readonly #options: VendorFeedsOptions;
  readonly #clock: FeedClock;
  readonly #feeds = new Map<string, VendorFeed>();
  readonly #stopListening: () => void;
  #stopTicking: (() => void) | undefined;

  constructor(options: VendorFeedsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? HOST_CLOCK;
    for (const events of options.vendors) this.#add(events.vendor, events);
    this.#stopListening = options.tail.listen((entries) => {
      for (const feed of this.#feeds.values()) feed.heard(entries);
    });
  }

  /** Of the vendors whose changes are caught up with. */
  get statuses(): readonly FeedStatus[] {
    return [...this.#feeds.values()]
      .filter((feed) => feed.isFed)
      .map(({ status }) => ({ ...status, isHealthy: status.isHealthy && this.#isLogReadable }));
  }

  isHealthy(vendor: string): boolean {
    const feed = this.#feeds.get(vendor) ?? this.#add(vendor, undefined);
    feed.rely();
    return this.#isLogReadable && feed.status.isHealthy;
  }

  signatureRefused(vendor: string): void {
    this.#feeds.get(vendor)?.signatureRefused();
  }

  /** Catches up now and from then on. It does not wait for a vendor. */
  start(): void {
    void this.tick();
    this.#stopTicking ??= this.#clock.every(TICK_MS, () => void this.tick());
  }

  /** Does what is due. */
  async tick(): Promise<void> {
    await Promise.all([...this.#feeds.values()].map((feed) => feed.tick()));
  }

  /** Resolves when no catch-up is under way. */
  async settled(): Promise<void> {
    await Promise.all([...this.#feeds.values()].map((feed) => feed.settled()));
  }

  async close(): Promise<void> {
    this.#stopTicking?.();
    this.#stopListening();
    await Promise.all([...this.#feeds.values()].map((feed) => feed.close()));
  }

  get #isLogReadable(): boolean {
    return this.#options.tail.isReadable && this.#options.tail.head !== undefined;
  }

  #add(vendor: string, events: VendorChanges | undefined): VendorFeed {
    const { log, keyValues, settings, monitor = NO_MONITOR } = this.#options;
    const feed = new VendorFeed({
      vendor,
      events,
      log,
      keyValues,
      settings,
      monitor,
      // Requests of clients come first.
      createScope: (signal) => ({ signal, trace: createCallTrace(), isBackground: true }),
      now: () => this.#clock.now(),
    });
    this.#feeds.set(vendor, feed);
    return feed;
  }
}

/** Within how much time instances know of each other's catch-ups. */
const TICK_MS = 5000;

const NO_MONITOR: CatchUpMonitor = { caughtUp: () => undefined, failed: () => undefined };

const HOST_CLOCK: FeedClock = {
  now: () => Date.now(),
  every: (ms, run) => {
    const timer = setInterval(run, ms).unref();
    return () => {
      clearInterval(timer);
    };
  },
};
