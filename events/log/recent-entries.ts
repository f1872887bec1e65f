import type { LogEntry } from './change-log.ts';
import { isAfter, type Position } from './position.ts';

/** The newest entries of a log, in memory and in order. */
export class RecentEntries {
  readonly #max: number;
  #entries: LogEntry[] = [];
  #before: Position;

  /** @param before is the position of the log's last entry so far. */
  constructor(max: number, before: Position) {
    this.#max = max;
    this.#before = before;
  }

  /** Entries up to here are not in memory. */
  get before(): Position {
    return this.#before;
  }

  add(entries: readonly LogEntry[]): void {
    for (const entry of entries) this.#entries.push(entry);
    if (this.#entries.length > this.#max * 1.1) this.#forget(this.#entries.length - this.#max);
  }

  /** Removes entries older than a time, possibly with some delay. */
  forgetBefore(ms: number): void {
    const oldest = this.#entries[0];
    if (oldest === undefined || oldest.position.ms >= ms) return;
    const count = this.#indexAfter({ ms: ms - 1, seq: Infinity });
    // Not one at a time: each removal moves the rest.
    if (count * 16 >= this.#entries.length) this.#forget(count);
  }

  after(position: Position, limit: number): readonly LogEntry[] {
    const first = this.#indexAfter(position);
    return this.#entries.slice(first, first + limit);
  }

  /** The index of the first entry after a position, by binary search. */
  #indexAfter(position: Position): number {
    let [low, high] = [0, this.#entries.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const entry = this.#entries[middle];
      if (entry !== undefined && isAfter(entry.position, position)) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #forget(count: number): void {
    this.#before = this.#entries[count - 1]?.position ?? this.#before;
    this.#entries = this.#entries.slice(count);
  }
}
