import { randomUUID } from 'node:crypto';
import type { RequestScope } from '../../request/request-scope.ts';
import type { KeyValueStore } from '../../state/shared-state.ts';
import type { ChangeLog, LogEntry } from '../log/change-log.ts';
import { type Cursor, formatCursor, parseCursor } from '../log/cursor.ts';
import { isAfter, ORIGIN, type Position } from '../log/position.ts';
import { catchUp, type CaughtUp, GRACE_MS } from './catch-up.ts';
import {
  type CatchUpRecord,
  parseCatchUpRecord,
  parseRefusalRecord,
  type RefusalRecord,
  writeCatchUpRecord,
  writeRefusalRecord,
} from './catch-up-record.ts';
import type { CatchUpSettings } from './catch-up-settings.ts';
import type { VendorChanges } from './vendor-events.ts';

/** Hears of catch-ups. Must not throw. */
export interface CatchUpMonitor {
  caughtUp(vendor: string, found: Pick<CaughtUp, 'missed' | 'stored'>): void;
  /** The last catch-up failed, and is tried again. */
  failed(vendor: string, error: unknown): void;
}

export interface VendorCatchUpOptions {
  readonly vendor: string;
  /** Undefined in a process without the vendor's adapter: another one catches up, and this one knows of it. */
  readonly events: VendorChanges | undefined;
  readonly log: Pick<ChangeLog, 'append' | 'head' | 'read'>;
  /** Where the log is, as far as this process has read it. */
  readonly readTo: () => Position | undefined;
  readonly keyValues: KeyValueStore;
  readonly settings: CatchUpSettings;
  /** @param signal aborts when the catch-up must end */
  readonly createScope: (signal: AbortSignal) => RequestScope;
  readonly monitor: CatchUpMonitor;
  /** Milliseconds of a clock that is never set back. */
  readonly now: () => number;
}

/** What is known of the events of a vendor. */
export interface CatchUpStatus {
  readonly vendor: string;
  readonly isHealthy: boolean;
  /** When the newest event happened that this process has heard of, by the vendor's clock; milliseconds since 1970. */
  readonly newestAt?: number;
  /** Since the last catch-up that was completed began; milliseconds. */
  readonly caughtUpMsAgo?: number;
}

/** When the changes of a vendor are caught up with, and whether its webhooks can be relied on. */
export class VendorCatchUp {
  readonly #options: VendorCatchUpOptions;
  readonly #id = randomUUID();
  readonly #ended = new AbortController();
  readonly #keys: Readonly<Record<Key, string>>;
  #record: CatchUpRecord | undefined;
  /** Of the clock that instances share, to this process's. */
  #offsetMs: number | undefined;
  /** As instances know it. */
  #refusal: RefusalRecord | undefined;
  /** How many signatures this process has refused one after another. */
  #refused = 0;
  #isRelied = false;
  #reliedStoredAt = -Infinity;
  /** When to catch up, whatever the interval says: by this process's clock, ascending. */
  #extra: readonly number[];
  #retryAt = -Infinity;
  #failures = 0;
  #newestAt: number | undefined;
  /** Of the newest entries in the log, by what they came with. */
  #newest: { readonly webhook?: Position; readonly 'catch-up'?: Position } = {};
  #running: Promise<void> | undefined;
  /** Whether no other instance may catch up now. */
  #leads = false;
  #renewing: Promise<void> | undefined;
  /** When the catch-up under way got its last page. */
  #pagedAt = -Infinity;
  #stalled = new AbortController();

  constructor(options: VendorCatchUpOptions) {
    this.#options = options;
    const key = (name: string) => `events:${name}:${options.vendor}`;
    this.#keys = {
      record: key('caught-up'),
      unfinished: key('catch-up-begun'),
      lease: key('catching-up'),
      refused: key('refused'),
      relied: key('relied'),
    };
    const now = options.now();
    // What was sent while no instance ran, at once; and later what was under way then.
    this.#extra = [now, now + GRACE_MS + MARGIN_MS];
  }

  get status(): CatchUpStatus {
    const { vendor } = this.#options;
    const isHealthy = this.#isHealthy();
    const ago = this.#record && this.#sharedNow() - this.#record.startedAt;
    return {
      vendor,
      isHealthy,
      ...(this.#newestAt !== undefined && { newestAt: this.#newestAt }),
      ...(ago !== undefined && { caughtUpMsAgo: Math.max(0, ago) }),
    };
  }

  /** Whether some process catches up with the changes of this vendor. */
  get hasCatchUp(): boolean {
    return this.#baseMs !== undefined || this.#record !== undefined;
  }

  /** Something depends on its health, so that it is examined more often from now on, and for some time. */
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
      this.#newest = { ...this.#newest, [change.source]: position };
      if (change.source === 'webhook') this.#refused = 0;
    }
  }

  /** At most once a minute, and when searches show what has changed until now. */
  catchUpSoon(): void {
    const now = this.#options.now();
    const last = this.#extra.at(-1) ?? -Infinity;
    if (last < now + GRACE_MS)
      this.#extra = [...this.#extra, Math.max(now + GRACE_MS + MARGIN_MS, last + GRACE_MS)];
  }

  /** What was sent with a wrong signature may be a change, which webhooks do not bring again. */
  signatureRefused(): void {
    this.catchUpSoon();
    this.#refused += 1;
    if (this.#refused < MAX_REFUSED) return;
    this.#refused = 0;
    this.#storeRefusal({ at: this.#sharedNow(), head: this.#options.readTo() ?? ORIGIN });
  }

  /** Learns what other instances know, and catches up where it is time to. */
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

  /** Ends a catch-up that is under way: the next one continues it. */
  async close(): Promise<void> {
    this.#ended.abort();
    await this.#running;
  }

  /** Resolves when no catch-up is under way. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #refresh(): Promise<void> {
    const { keyValues, now } = this.#options;
    const [text, refused, relied, shared] = await Promise.all([
      keyValues.get(this.#keys.record),
      keyValues.get(this.#keys.refused),
      keyValues.get(this.#keys.relied),
      keyValues.now(),
    ]);
    this.#record = parseCatchUpRecord(text);
    this.#refusal = parseRefusalRecord(refused);
    this.#isRelied = relied !== null;
    this.#offsetMs = shared - now();
    // The clock was set back: from its time on a later catch-up counts.
    if (this.#refusal !== undefined && isOfFuture(this.#refusal.at, shared))
      this.#storeRefusal({ ...this.#refusal, at: shared });
  }

  #storeRefusal(refusal: RefusalRecord): void {
    this.#refusal = refusal;
    const { keyValues } = this.#options;
    void keyValues.set(this.#keys.refused, writeRefusalRecord(refusal), RETENTION_SECONDS);
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
      // Nor has one found any that goes on, or that failed afterwards.
      !isAfter(this.#newest['catch-up'] ?? ORIGIN, head) &&
      !isOfFuture(startedAt, sharedNow) &&
      sharedNow - startedAt <= this.#intervalMs + SLACK_MS &&
      !this.#isRefusing(startedAt)
    );
  }

  /** Whether signatures are refused, and nothing has come since that shows that webhooks arrive, or that none was lost. */
  #isRefusing(caughtUpAt: number): boolean {
    if (this.#refusal === undefined) return false;
    const { at, head } = this.#refusal;
    return !isAfter(this.#newest.webhook ?? ORIGIN, head) && caughtUpAt < at + GRACE_MS;
  }

  /** Catches up, unless another instance does. */
  async #lead(): Promise<void> {
    const { keyValues } = this.#options;
    if ((await keyValues.claim(this.#keys.lease, this.#id, LEASE_SECONDS)) !== null) return;
    this.#leads = true;
    try {
      // Another instance may have been at it until now.
      await this.#refresh();
      if (this.#isDue()) await this.#catchUp();
    } finally {
      this.#leads = false;
      // It would set it again.
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
      const { stored, ...record } = await catchUp({
        events,
        log,
        last: this.#record,
        startedAt: await keyValues.now(),
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

  /** @returns where the log was when an earlier catch-up began that was not completed, here or on another instance */
  async #begin(cursor: string): Promise<Cursor | undefined> {
    const { keyValues } = this.#options;
    const earlier = await keyValues.claim(this.#keys.unfinished, cursor, RETENTION_SECONDS);
    return earlier === null ? undefined : parseCursor(earlier);
  }
}

type Key = 'record' | 'unfinished' | 'lease' | 'refused' | 'relied';

/** A time that is later than now by more than what a response takes: the clock was set back since. */
const isOfFuture = (time: number, now: number) => time > now + SLACK_MS;

const HOUR_MS = 3_600_000;

/** After one that found what webhooks had missed. */
const RECHECK_MS = 300_000;

const FIRST_RETRY_MS = 30_000;
const MAX_RETRY_MS = 900_000;

/** For how much longer than its interval a catch-up counts. */
const SLACK_MS = 60_000;

/** What vendors' searches may lag. */
const MARGIN_MS = 15_000;

/** How long its last use by a cache makes a vendor's health be examined. */
const RELIED_MS = 900_000;

/** So many in a row, without an event between them, are no accident. */
const MAX_REFUSED = 5;

/** Longer than vendors list events. */
const RETENTION_SECONDS = 31 * 24 * 3600;

/** An instance that ended in the middle of a catch-up keeps others from it for so long: others renew their claim at each tick. */
const LEASE_SECONDS = 30;

/** A catch-up may take hours, such as that of a month, but no vendor takes so long for a page. */
const MAX_STALL_MS = 540_000;

const stall = () => new DOMException('The vendor has sent no page for minutes.', 'TimeoutError');
