/** The digests of the keys of stored events, for as long as their vendors may redeliver them. */
export class EventMarks {
  readonly #retentionMs: number;
  readonly #times = new Map<string, number>();

  constructor(retentionMs: number) {
    this.#retentionMs = retentionMs;
  }

  has(mark: string): boolean {
    return this.#times.has(mark);
  }

  /** @param at is the time at which the event was stored. */
  add(mark: string, at: number): void {
    this.#times.set(mark, at);
    for (const [oldest, time] of this.#times) {
      if (time > at - this.#retentionMs && this.#times.size <= MAX_MARKS) break;
      this.#times.delete(oldest);
    }
  }
}

/** Some 50 MB. Beyond it the oldest are evicted: if such an event is redelivered, it is stored again, which costs a read of its record. */
const MAX_MARKS = 500_000;
