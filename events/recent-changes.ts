import type { CacheTags, LogPlace } from '../request/cache-tags.ts';
import { later, TypeMarks } from './change-marks.ts';
import type { LogEntry, LogHead } from './log/change-log.ts';
import { isAfter, ORIGIN, type Position } from './log/position.ts';

export interface RecentChangesOptions {
  /** How long changes are remembered. The first entries must reach back as far; milliseconds. */
  readonly rememberedMs: number;
  /** How many records of a type have a mark of their own. @default 50,000 */
  readonly maxRecords?: number;
}

/**
 * The positions of recent changes, which decide whether a response requested at a position is still valid. An evicted mark
 * counts as a change of the whole type, so that no stale response counts as valid.
 */
export class RecentChanges {
  readonly #rememberedMs: number;
  readonly #maxRecords: number;
  readonly #types = new Map<string, TypeMarks>();
  /** The changes without a type, by vendor: their number, and the latest. */
  readonly #all = new Map<string, { readonly count: number; readonly latest: Position }>();
  readonly #vendors = new Set<string>();
  #log: string | undefined;
  #reached: Position = ORIGIN;
  /** Since when all changes are known, by the log's clock. */
  #knownSinceMs = Infinity;

  constructor({ rememberedMs, maxRecords = 50_000 }: RecentChangesOptions) {
    this.#rememberedMs = rememberedMs;
    this.#maxRecords = maxRecords;
  }

  add(entries: readonly LogEntry[], { log, position, floor, time }: LogHead): void {
    if (this.#log === undefined) this.#knownSinceMs = Math.max(floor.ms, time - this.#rememberedMs);
    else if (this.#log !== log) {
      this.#types.clear();
      this.#all.clear();
      this.#knownSinceMs = time;
      // Entries up to the floor were trimmed unread.
    } else if (isAfter(floor, this.#reached))
      this.#knownSinceMs = Math.max(this.#knownSinceMs, floor.ms);
    this.#log = log;
    this.#reached = position;
    for (const entry of entries) this.#mark(entry);
    for (const marks of this.#types.values()) marks.forgetBefore(time - this.#rememberedMs);
  }

  /** Entries were lost: any record may have changed before now. */
  clear({ log, position, time }: LogHead): void {
    this.#types.clear();
    this.#all.clear();
    this.#log = log;
    this.#reached = position;
    this.#knownSinceMs = time;
  }

  /** Whether no received change affects a response since its request. */
  isUnchanged(vendor: string, { records, lists }: CacheTags, requestedAt: LogPlace): boolean {
    if (requestedAt.log !== this.#log || requestedAt.time < this.#knownSinceMs) return false;
    if (isAfter(this.#all.get(vendor)?.latest ?? ORIGIN, requestedAt.position)) return false;
    return (
      records.every(
        ({ type, id }) => this.#marksOf(vendor, type)?.hasRecordChanged(id, requestedAt) !== true,
      ) &&
      lists.every(
        (list) => this.#marksOf(vendor, list.type)?.hasListChanged(list, requestedAt) !== true,
      )
    );
  }

  /** Whether any change of a vendor was received. */
  hasChangesOf(vendor: string): boolean {
    return this.#vendors.has(vendor);
  }

  /** A revision of some types. It differs after each further change. */
  revisionOf(vendor: string, types: readonly string[]): string {
    let revision = this.#all.get(vendor)?.count ?? 0;
    for (const type of types) revision += this.#marksOf(vendor, type)?.count ?? 0;
    return `${this.#log ?? ''}/${String(revision)}`;
  }

  #marksOf(vendor: string, type: string): TypeMarks | undefined {
    return this.#types.get(`${vendor} ${type}`);
  }

  #mark({ change, position }: LogEntry): void {
    const { vendor, type } = change;
    this.#vendors.add(vendor);
    if (type === '') {
      const { count = 0, latest = ORIGIN } = this.#all.get(vendor) ?? {};
      this.#all.set(vendor, { count: count + 1, latest: later(latest, position) });
      return;
    }
    const key = `${vendor} ${type}`;
    const known = this.#types.get(key);
    const marks = known ?? new TypeMarks(this.#maxRecords);
    if (known === undefined) this.#types.set(key, marks);
    marks.mark(change, position);
  }
}
