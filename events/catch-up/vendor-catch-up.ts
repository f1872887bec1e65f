import { randomUUID } from 'node:crypto';
import type { RequestScope } from '../../request/request-scope.ts';
import type { KeyValueStore } from '../../state/shared-state.ts';
import type { LogEntry } from '../log/change-log.ts';
import { catchUp, type CatchUpOptions, type CaughtUp, GRACE_MS } from './catch-up.ts';
import { type CatchUpRecord, parseCatchUpRecord } from './catch-up-record.ts';
import type { CatchUpSettings } from './catch-up-settings.ts';
import type { VendorChanges } from './vendor-events.ts';

/** Hears of catch-ups. Must not throw. */
export interface CatchUpMonitor {
  caughtUp(vendor: string, found: Pick<CatchUpRecord, 'missed'> & Pick<CaughtUp, 'stored'>): void;
  /** The last catch-up failed, and is tried again. */
  failed(vendor: string, error: unknown): void;
}

export interface VendorCatchUpOptions {
  readonly vendor: string;
  /** Undefined in a process without the vendor's adapter: another one catches up, and this one knows of it. */
  readonly events: VendorChanges | undefined;
  readonly log: CatchUpOptions['log'];
  readonly keyValues: KeyValueStore;
  readonly settings: CatchUpSettings;
  /** @param signal aborts when the catch-up must end */
  readonly createScope: (signal: AbortSignal) => RequestScope;
  readonly monitor: CatchUpMonitor;
  /** Milliseconds since 1970. */
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
  readonly #keys: Readonly<Record<'record' | 'lease' | 'refused' | 'relied', string>>;
  #record: CatchUpRecord | undefined;
  /** Of the clock that instances share, to this process's. */
  #offsetMs: number | undefined;
  /** Since when signatures have been refused one after another, as instances know it. */
  #refusedSince: number | undefined;
  #refused = 0;
  #isRelied = false;
  #reliedToldAt = -Infinity;
  /** When to catch up, whatever the interval says: by this process's clock, ascending. */
  #extra: readonly number[];
  #retryAt = -Infinity;
  #failures = 0;
  /** What catch-ups have found that failed afterwards. */
  #missed = 0;
  #newest: { readonly at: number; readonly webhookMs: number } | undefined;
  #running: Promise<void> | undefined;

  constructor(options: VendorCatchUpOptions) {
    this.#options = options;
    const key = (name: string) => `events:${name}:${options.vendor}`;
    this.#keys = {
      record: key('caught-up'),
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
      ...(this.#newest !== undefined && { newestAt: this.#newest.at }),
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
    if (now - this.#reliedToldAt < RELIED_MS / 2) return;
    this.#reliedToldAt = now;
    void this.#options.keyValues.set(this.#keys.relied, '1', RELIED_MS / 1000);
  }

  heard(entries: readonly LogEntry[]): void {
    for (const { change, position } of entries) {
      if (change.vendor !== this.#options.vendor || change.source === 'write') continue;
      const { at = 0, webhookMs = 0 } = this.#newest ?? {};
      const isWebhook = change.source === 'webhook';
      this.#newest = {
        at: Math.max(at, change.at),
        webhookMs: isWebhook ? position.ms : webhookMs,
      };
      if (isWebhook) this.#refused = 0;
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
    this.#refusedSince = this.#sharedNow();
    void this.#options.keyValues.set(this.#keys.refused, String(this.#refusedSince), KEPT_SECONDS);
  }

  /** Learns what other instances know, and catches up where it is time to. */
  async tick(): Promise<void> {
    await this.#refresh();
    if (this.#running !== undefined || !this.#isDue()) return;
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
    this.#refusedSince = refused === null ? undefined : Number(refused);
    this.#isRelied = relied !== null;
    this.#offsetMs = shared - now();
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
    return this.#sharedNow() >= startedAt + (missed > 0 ? Math.min(everyMs, RECHECK_MS) : everyMs);
  }

  #isHealthy(): boolean {
    if (this.#record === undefined) return false;
    const { startedAt, missed, hasWebhooks } = this.#record;
    return (
      hasWebhooks &&
      missed === 0 &&
      this.#missed === 0 &&
      this.#sharedNow() - startedAt <= this.#intervalMs + SLACK_MS &&
      !this.#isRefusing(startedAt)
    );
  }

  /** Whether signatures are refused, and nothing has come since that shows that webhooks arrive, or that none was lost. */
  #isRefusing(caughtUpAt: number): boolean {
    const since = this.#refusedSince;
    return (
      since !== undefined && (this.#newest?.webhookMs ?? 0) < since && caughtUpAt < since + GRACE_MS
    );
  }

  /** Catches up, unless another instance does: no longer than its claim holds. */
  async #lead(): Promise<void> {
    const { keyValues } = this.#options;
    if ((await keyValues.claim(this.#keys.lease, this.#id, LEASE_SECONDS)) !== null) return;
    try {
      // Another instance may have been at it until now.
      await this.#refresh();
      if (this.#isDue()) await this.#catchUp();
    } finally {
      await keyValues.delete(this.#keys.lease);
    }
  }

  async #catchUp(): Promise<void> {
    const { vendor, events, log, keyValues, createScope, monitor, now } = this.#options;
    if (events === undefined) return;
    const begunAt = now();
    const signal = AbortSignal.any([this.#ended.signal, AbortSignal.timeout(MAX_CATCH_UP_MS)]);
    try {
      const { stored, ...caughtUp } = await catchUp({
        events,
        log,
        last: this.#record,
        startedAt: await keyValues.now(),
        scope: createScope(signal),
        onMissed: (count) => {
          this.#missed += count;
        },
      });
      const record: CatchUpRecord = { ...caughtUp, missed: this.#missed };
      await keyValues.set(this.#keys.record, JSON.stringify(record), KEPT_SECONDS);
      this.#record = record;
      this.#missed = 0;
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
}

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
const KEPT_SECONDS = 31 * 24 * 3600;

/** An instance that ended in the middle of a catch-up keeps others from it for so long. */
const LEASE_SECONDS = 600;
const MAX_CATCH_UP_MS = 540_000;
