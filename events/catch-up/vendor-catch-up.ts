import { randomUUID } from 'node:crypto';
import type { RequestScope } from '../../request/request-scope.ts';
import type { KeyValueStore } from '../../state/shared-state.ts';
import type { ChangeLog, LogEntry } from '../log/change-log.ts';
import { type Cursor, formatCursor, parseCursor } from '../log/cursor.ts';
import { isAfter, ORIGIN } from '../log/position.ts';
import { catchUp, type CaughtUp, GRACE_MS } from './catch-up.ts';
import { type CatchUpRecord, parseCatchUpRecord, writeCatchUpRecord } from './catch-up-record.ts';
import type { CatchUpSettings } from './catch-up-settings.ts';
import type { VendorChanges } from './vendor-events.ts';

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

/** Schedules the catch-ups of a vendor, and decides whether its webhooks are reliable. */
export class VendorCatchUp {
  readonly #options: VendorCatchUpOptions;
  readonly #id = randomUUID();
  readonly #ended = new AbortController();
  readonly #keys: Readonly<Record<Key, string>>;
  readonly #createdAt: number;
  #record: CatchUpRecord | undefined;
  /** The shared clock minus this process's. */
  #offsetMs: number | undefined;
  #isRelied = false;
  #reliedStoredAt = -Infinity;
  /** When to catch up in addition to the interval: by this process's clock, ascending. */
  #extra: readonly number[];
  /** When the first catch-up of this process began, by the shared clock. */
  #triedAt: number | undefined;
  #retryAt = -Infinity;
  #failures = 0;
  #newestAt: number | undefined;
  /** The position of the newest change that a catch-up has found. */
  #newestFound = ORIGIN;
  #running: Promise<void> | undefined;
  /** Whether this instance holds the lease. */
  #leads = false;
  #renewing: Promise<void> | undefined;
  /** When the running catch-up got its last page. */
  #pagedAt = -Infinity;
  #stalled = new AbortController();

  constructor(options: VendorCatchUpOptions) {
    this.#options = options;
    const key = (name: string) => `events:${name}:${options.vendor}`;
    this.#keys = {
      record: key('caught-up'),
      unfinished: key('catch-up-begun'),
      lease: key('catching-up'),
      relied: key('relied'),
    };
    const now = options.now();
    this.#createdAt = now;
    // At once for events sent while no instance ran, and later for those then in transit.
    this.#extra = [now, now + GRACE_MS + MARGIN_MS];
  }

  get status(): CatchUpStatus {
    const { vendor } = this.#options;
    const isHealthy = this.#isHealthy();
    const caughtUpMsAgo = this.#caughtUpMsAgo();
    return {
      vendor,
      isHealthy,
      ...(this.#newestAt !== undefined && { newestAt: this.#newestAt }),
      ...(caughtUpMsAgo !== undefined && { caughtUpMsAgo }),
    };
  }

  /** Whether any process catches up with this vendor. */
  get hasCatchUp(): boolean {
    return this.#baseMs !== undefined || this.#record !== undefined;
  }

  /** A cache depends on the vendor's health: checks it more often for some time. */
  rely(): void {
    this.#isRelied = true;
    const now = this.#options.now();
    if (now - this.#reliedStoredAt < RELIED_MS / 2) return;
    this.#reliedStoredAt = now;
    void this.#options.keyValues.set(this.#keys.relied, '1', RELIED_MS / 1000);
  }

  onEntries(entries: readonly LogEntry[]): void {
    for (const { change, position } of entries) {
      if (change.vendor !== this.#options.vendor || change.source === 'write') continue;
      this.#newestAt = Math.max(this.#newestAt ?? change.at, change.at);
      if (change.source === 'catch-up') this.#newestFound = position;
    }
  }

  /**
   * An event was lost, perhaps: a webhook had a wrong signature. The next catch-up finds out, at most once a minute, after the lag of the
   * vendor's search index.
   */
  catchUpSoon(): void {
    const now = this.#options.now();
    const last = this.#extra.at(-1) ?? -Infinity;
    if (last < now + GRACE_MS)
      this.#extra = [...this.#extra, Math.max(now + GRACE_MS + MARGIN_MS, last + GRACE_MS)];
  }

  /** Reads the state of other instances, and catches up if that is due. */
  async tick(): Promise<void> {
    await this.#refresh();
    if (this.#running !== undefined) {
      this.#renewing = this.#renewLease();
      if (this.#options.now() - this.#pagedAt > MAX_STALL_MS) this.#stalled.abort(stall());
      return;
    }
    if (!this.#isDue()) return;
    this.#running = this.#lead().finally(() => {
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
    const { keyValues, now } = this.#options;
    const [text, relied, shared] = await Promise.all([
      keyValues.get(this.#keys.record),
      keyValues.get(this.#keys.relied),
      keyValues.now(),
    ]);
    this.#record = parseCatchUpRecord(text);
    this.#isRelied = relied !== null;
    this.#offsetMs = shared - now();
    const caughtUpAt = (this.#record?.startedAt ?? -Infinity) - this.#offsetMs;
    // Another instance may have caught up since, unless the clock was set back.
    if (caughtUpAt <= now()) this.#extra = this.#extra.filter((at) => at > caughtUpAt);
  }

  #sharedNow(): number {
    return this.#options.now() + (this.#offsetMs ?? 0);
  }

  /** How often this process catches up; undefined: never. */
  get #baseMs(): number | undefined {
    const { events, settings } = this.#options;
    if (events === undefined) return undefined;
    return events.webhooks === undefined ? settings.pollMs : this.#intervalMs;
  }

  get #intervalMs(): number {
    return this.#isRelied ? this.#options.settings.healthMs : HOUR_MS;
  }

  #caughtUpMsAgo(): number | undefined {
    if (this.#record !== undefined) return Math.max(0, this.#sharedNow() - this.#record.startedAt);
    return this.#baseMs === undefined ? undefined : this.#options.now() - this.#createdAt;
  }

  #isDue(): boolean {
    const everyMs = this.#baseMs;
    const now = this.#options.now();
    if (everyMs === undefined || now < this.#retryAt) return false;
    const [extraAt = Infinity] = this.#extra;
    if (this.#record === undefined || now >= extraAt) return true;
    const { startedAt, missed } = this.#record;
    const sharedNow = this.#sharedNow();
    return (
      isOfFuture(startedAt, sharedNow) ||
      sharedNow >= startedAt + (missed > 0 ? Math.min(everyMs, RECHECK_MS) : everyMs)
    );
  }

  #isHealthy(): boolean {
    if (this.#record === undefined) return false;
    const { startedAt, head, missed, hasWebhooks } = this.#record;
    const sharedNow = this.#sharedNow();
    return (
      hasWebhooks &&
      missed === 0 &&
      // A running or failed catch-up has not found any either.
      !isAfter(this.#newestFound, head) &&
      !isOfFuture(startedAt, sharedNow) &&
      sharedNow - startedAt <= this.#intervalMs + SLACK_MS
    );
  }

  /** Catches up, unless another instance does. */
  async #lead(): Promise<void> {
    const { keyValues } = this.#options;
    if ((await keyValues.claim(this.#keys.lease, this.#id, LEASE_SECONDS)) !== null) return;
    this.#leads = true;
    try {
      // Another instance may just have finished a catch-up.
      await this.#refresh();
      if (this.#isDue()) await this.#catchUp();
    } finally {
      this.#leads = false;
      // A renewal under way would set the lease again.
      await this.#renewing;
      await keyValues.delete(this.#keys.lease);
    }
  }

  async #renewLease(): Promise<void> {
    if (!this.#leads) return;
    await this.#options.keyValues.set(this.#keys.lease, this.#id, LEASE_SECONDS);
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
      this.#triedAt ??= startedAt;
      const { stored, ...record } = await catchUp({
        events,
        log,
        last: this.#record,
        triedAt: this.#triedAt,
        startedAt,
        scope: createScope(signal),
        head,
        onPage: () => {
          this.#pagedAt = now();
        },
        unfinished: events.webhooks && (await this.#begin(formatCursor(head))),
      });
      await keyValues.set(this.#keys.record, writeCatchUpRecord(record), RETENTION_SECONDS);
      await keyValues.delete(this.#keys.unfinished);
      this.#record = record;
      this.#failures = 0;
      this.#extra = this.#extra.filter((at) => at > begunAt);
      monitor.caughtUp(vendor, { stored, missed: record.missed });
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      this.#failures += 1;
      this.#retryAt = now() + Math.min(FIRST_RETRY_MS * 2 ** (this.#failures - 1), MAX_RETRY_MS);
      monitor.failed(vendor, error);
    }
  }

  /** @returns the log's head when an unfinished catch-up began, here or on another instance */
  async #begin(cursor: string): Promise<Cursor | undefined> {
    const { keyValues } = this.#options;
    const earlier = await keyValues.claim(this.#keys.unfinished, cursor, RETENTION_SECONDS);
    const begun = earlier === null ? undefined : parseCursor(earlier);
    const { head } = this.#record ?? {};
    // One that a completed catch-up has counted may still be in the memory of this process.
    return begun && head && isAfter(head, begun.position) ? undefined : begun;
  }
}

type Key = 'record' | 'unfinished' | 'lease' | 'relied';

/** Whether a time is later than now by more than a response takes: the clock was set back. */
const isOfFuture = (time: number, now: number) => time > now + SLACK_MS;

const HOUR_MS = 3_600_000;

/** After a catch-up that found missed changes. */
const RECHECK_MS = 300_000;

const FIRST_RETRY_MS = 30_000;
const MAX_RETRY_MS = 900_000;

/** How much longer than its interval a catch-up counts. */
const SLACK_MS = 60_000;

/** The lag of vendors' search indexes. */
const MARGIN_MS = 15_000;

/** How long a vendor's health is checked after its last use by a cache. */
const RELIED_MS = 900_000;

/** Longer than vendors list events for. */
const RETENTION_SECONDS = 31 * 24 * 3600;

/** How long a crashed instance blocks the others. A running one renews its lease at each tick. */
const LEASE_SECONDS = 30;

/** A catch-up of a month may take hours, but no vendor takes this long for a page. */
const MAX_STALL_MS = 540_000;

const stall = () => new DOMException('The vendor has sent no page for minutes.', 'TimeoutError');
