import type { KeyValueStore } from '../../state/shared-state.ts';
import type { LogHead } from '../log/change-log.ts';
import { type Cursor, formatCursor, parseCursor } from '../log/cursor.ts';
import { isAfter } from '../log/position.ts';
import { type CatchUpRecord, parseCatchUpRecord, writeCatchUpRecord } from './catch-up-record.ts';

/** What instances share of the catch-ups with a vendor: the last record, the clock, and whether a cache relies on the vendor's events. */
export class CatchUpState {
  readonly #keyValues: KeyValueStore;
  readonly #hostNow: () => number;
  readonly #keys: Readonly<Record<'record' | 'unfinished' | 'relied', string>>;
  #record: CatchUpRecord | undefined;
  /** The shared clock minus this process's. */
  #offsetMs: number | undefined;
  #isRelied = false;
  #reliedStoredAt = -Infinity;

  /** @param hostNow is a monotonic clock of this process; milliseconds */
  constructor(vendor: string, keyValues: KeyValueStore, hostNow: () => number) {
    this.#keyValues = keyValues;
    this.#hostNow = hostNow;
    this.#keys = {
      record: `events:caught-up:${vendor}`,
      unfinished: `events:catch-up-begun:${vendor}`,
      relied: `events:relied:${vendor}`,
    };
  }

  /** The last completed catch-up. */
  get record(): CatchUpRecord | undefined {
    return this.#record;
  }

  /** Whether a cache depends on the vendor's health. */
  get isRelied(): boolean {
    return this.#isRelied;
  }

  /** The shared clock; milliseconds since 1970. */
  get now(): number {
    return this.#hostNow() + (this.#offsetMs ?? 0);
  }

  /** When the last completed catch-up began, by this process's clock. */
  get caughtUpAt(): number {
    return (this.#record?.startedAt ?? -Infinity) - (this.#offsetMs ?? 0);
  }

  /** Whether a time is later than the shared clock by more than a response takes: the clock was set back. */
  isOfFuture(time: number): boolean {
    return time > this.now + TOLERANCE_MS;
  }

  /** Reads what other instances have stored. */
  async refresh(): Promise<void> {
    const [text, relied, shared] = await Promise.all([
      this.#keyValues.get(this.#keys.record),
      this.#keyValues.get(this.#keys.relied),
      this.#keyValues.now(),
    ]);
    this.#record = parseCatchUpRecord(text);
    this.#isRelied = relied !== null;
    this.#offsetMs = shared - this.#hostNow();
  }

  /** A cache depends on the vendor's health, for some time. */
  rely(): void {
    this.#isRelied = true;
    const now = this.#hostNow();
    if (now - this.#reliedStoredAt < RELIED_MS / 2) return;
    this.#reliedStoredAt = now;
    void this.#keyValues.set(this.#keys.relied, '1', RELIED_MS / 1000);
  }

  /** A catch-up begins. @returns the log's head when an unfinished one began, here or on another instance */
  async begin(head: LogHead): Promise<Cursor | undefined> {
    const cursor = formatCursor(head);
    const earlier = await this.#keyValues.claim(this.#keys.unfinished, cursor, RETENTION_SECONDS);
    const begun = earlier === null ? undefined : parseCursor(earlier);
    const last = this.#record?.head;
    // One that a completed catch-up has counted may still be in the memory of this process.
    return begun && last && isAfter(last, begun.position) ? undefined : begun;
  }

  /** A catch-up is completed. */
  async complete(record: CatchUpRecord): Promise<void> {
    await this.#keyValues.set(this.#keys.record, writeCatchUpRecord(record), RETENTION_SECONDS);
    await this.#keyValues.delete(this.#keys.unfinished);
    this.#record = record;
  }
}

const TOLERANCE_MS = 60_000;

/** How long a vendor's health is checked after its last use by a cache. */
const RELIED_MS = 900_000;

/** Longer than vendors list events for. */
const RETENTION_SECONDS = 31 * 24 * 3600;
