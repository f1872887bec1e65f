import type { RequestScope } from '../../request/request-scope.ts';
import type { KeyValueStore } from '../../state/shared-state.ts';
import type { ChangeLog, LogEntry } from '../log/change-log.ts';
import { catchUp, type CaughtUp } from './catch-up.ts';
import { CatchUpLease } from './catch-up-lease.ts';
import { CatchUpSchedule } from './catch-up-schedule.ts';
import type { CatchUpSettings } from './catch-up-settings.ts';
import { CatchUpState } from './catch-up-state.ts';
import { mayHaveLostUnlisted, unlistedChange } from './unlisted-changes.ts';
import type { VendorChanges } from './vendor-events.ts';
import { VendorHealth } from './vendor-health.ts';

/** Receives the results of catch-ups. Must not throw. */
export interface CatchUpMonitor {
  caughtUp(vendor: string, found: Pick<CaughtUp, 'missed' | 'stored'>): void;
  /** The last catch-up failed, and will be retried. */
  failed(vendor: string, error: unknown): void;
}

export interface VendorCatchUpOptions {
  readonly vendor: string;
  /** Undefined in a process without the vendor's adapter: another process catches up, and this one reads its results. */
  readonly events: VendorChanges | undefined;
  readonly log: Pick<ChangeLog, 'append' | 'head' | 'read'>;
  readonly keyValues: KeyValueStore;
  readonly settings: CatchUpSettings;
  /** @param signal cancels the catch-up */
  readonly createScope: (signal: AbortSignal) => RequestScope;
  readonly monitor: CatchUpMonitor;
  /** Monotonic clock; milliseconds. */
  readonly now: () => number;
}

/** The state of a vendor's events, for metrics. */
export interface CatchUpStatus {
  readonly vendor: string;
  readonly isHealthy: boolean;
  /** The time of the newest event in this process, by the vendor's clock; milliseconds since 1970. */
  readonly newestAt?: number;
  /** Since the start of the last completed catch-up, or of this process if it should catch up and none has succeeded; milliseconds. */
  readonly caughtUpMsAgo?: number;
}

/** Catches up with a vendor when that is due, on one instance at a time, and knows whether its webhooks are reliable. */
export class VendorCatchUp {
  readonly #options: VendorCatchUpOptions;
  readonly #state: CatchUpState;
  readonly #schedule: CatchUpSchedule;
  readonly #lease: CatchUpLease;
  readonly #health = new VendorHealth();
  readonly #ended = new AbortController();
  readonly #createdAt: number;
  /** When the first attempt since the last completed catch-up began, or that one did; by the shared clock. */
  #firstAttemptAt: number | undefined;
  #running: Promise<void> | undefined;
  /** When the running catch-up got its last page. */
  #pagedAt = -Infinity;
  #stalled = new AbortController();

  constructor(options: VendorCatchUpOptions) {
    const { vendor, keyValues, now } = options;
    this.#options = options;
    this.#createdAt = now();
    this.#state = new CatchUpState(vendor, keyValues, now);
    this.#schedule = new CatchUpSchedule(now);
    this.#lease = new CatchUpLease(vendor, keyValues);
  }

  get status(): CatchUpStatus {
    const { newestAt } = this.#health;
    const caughtUpMsAgo = this.#caughtUpMsAgo;
    return {
      vendor: this.#options.vendor,
      isHealthy: this.#health.isHealthy(this.#state, this.#intervalMs),
      ...(newestAt !== undefined && { newestAt }),
      ...(caughtUpMsAgo !== undefined && { caughtUpMsAgo }),
    };
  }

  /** Whether any process catches up with this vendor. */
  get hasCatchUp(): boolean {
    return this.#everyMs !== undefined || this.#state.record !== undefined;
  }

  /** A cache depends on the vendor's health: checks it more often for some time. */
  rely(): void {
    this.#state.rely();
  }

  onEntries(entries: readonly LogEntry[]): void {
    for (const entry of entries)
      if (entry.change.vendor === this.#options.vendor) this.#health.add(entry);
  }

  /** An event may be lost: a webhook had a wrong signature, for example. The next catch-up finds out, within two minutes. */
  catchUpSoon(): void {
    this.#schedule.addSoon();
  }

  /** Reads the state of other instances, and catches up if that is due. */
  async tick(): Promise<void> {
    await this.#refresh();
    if (this.#running !== undefined) {
      this.#lease.renew();
      if (this.#options.now() - this.#pagedAt > MAX_STALL_MS) this.#stalled.abort(stall());
      return;
    }
    if (!this.#isDue) return;
    const run = async () => {
      // Another instance may just have finished a catch-up.
      await this.#refresh();
      if (this.#isDue) await this.#catchUp();
    };
    this.#running = this.#lease.hold(run).finally(() => {
      this.#running = undefined;
    });
  }

  /** Cancels a running catch-up. The next one continues it. */
  async close(): Promise<void> {
    this.#ended.abort();
    await this.#running;
  }

  /** Resolves when no catch-up is running. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #refresh(): Promise<void> {
    await this.#state.refresh();
    if (this.#state.record !== undefined) this.#firstAttemptAt = this.#state.record.startedAt;
    this.#schedule.completed(this.#state.caughtUpAt);
  }

  get #caughtUpMsAgo(): number | undefined {
    const { record, now } = this.#state;
    if (record !== undefined) return Math.max(0, now - record.startedAt);
    return this.#everyMs === undefined ? undefined : this.#options.now() - this.#createdAt;
  }

  get #isDue(): boolean {
    return this.#schedule.isDue(this.#everyMs, this.#state);
  }

  /** How often this process catches up; undefined: never. */
  get #everyMs(): number | undefined {
    const { events, settings } = this.#options;
    if (events === undefined) return undefined;
    return events.webhooks === undefined ? settings.pollMs : this.#intervalMs;
  }

  /** How often any process catches up with a vendor that sends webhooks. */
  get #intervalMs(): number {
    return this.#state.isRelied ? this.#options.settings.healthMs : HOUR_MS;
  }

  async #catchUp(): Promise<void> {
    const { vendor, events, log, keyValues, createScope, monitor, now } = this.#options;
    if (events === undefined) return;
    const begunAt = now();
    this.#pagedAt = begunAt;
    this.#stalled = new AbortController();
    const signal = AbortSignal.any([this.#ended.signal, this.#stalled.signal]);
    try {
      const head = await log.head();
      const startedAt = await keyValues.now();
      this.#firstAttemptAt ??= startedAt;
      const { stored, ...record } = await catchUp({
        events,
        log,
        last: this.#state.record,
        firstAttemptAt: this.#firstAttemptAt,
        startedAt,
        scope: createScope(signal),
        head,
        onPage: () => {
          this.#pagedAt = now();
        },
        unfinished: events.webhooks && (await this.#state.begin(head)),
      });
      if (mayHaveLostUnlisted(events, this.#state.record, record))
        await log.append([unlistedChange(vendor, record)]);
      await this.#state.complete(record);
      this.#schedule.succeeded(begunAt);
      monitor.caughtUp(vendor, { stored, missed: record.missed });
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      this.#schedule.failed();
      monitor.failed(vendor, error);
    }
  }
}

const HOUR_MS = 3_600_000;

/** A catch-up of a month may take hours, but no vendor takes this long for a page. */
const MAX_STALL_MS = 540_000;

const stall = () => new DOMException('The vendor has sent no page for minutes.', 'TimeoutError');
